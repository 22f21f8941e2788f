"""What is said about a request in the thread and in private, in whole sentences. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.approvals.change import Amendment
from core.approvals.request import Choice, Request, Seat, Status, Vote
from core.approvals.tally import Tally
from core.text import one_line

_NOTHING = "Nothing was run."
_OURS = ("runbook", "step")
_TOLD = 5
_DONE = {Choice.APPROVE: "approved", Choice.REJECT: "rejected", Choice.ABSTAIN: "abstained from"}


def clock(at: datetime) -> str:
    """The time of day, for lines that are read later."""
    return f"{at:%H:%M:%S} UTC"


def escalated(request: Request, added: Sequence[Seat], why: str, *, emergency: bool) -> str:
    """The line in the thread when more people are asked."""
    names = list_of([seat.name for seat in added]) or "nobody new"
    if not emergency:
        return f"{request.id} now also asks {names}: {why}."
    must = f", with {list_of(list(request.rules.must))} among them" if request.rules.must else ""
    needed = f"{request.rules.needed} approval{'s' if request.rules.needed > 1 else ''}"
    return f"🚨 Emergency: {request.id} now asks {names}, because {why}. It still takes {needed}{must}."


def did(choice: Choice) -> str:
    """The verb in the past tense."""
    return _DONE[choice]


def how_many(tally: Tally) -> int:
    """How many yes-votes are missing at least."""
    return max(tally.needed - tally.approvals, len(tally.missing))


def still_needed(tally: Tally) -> str:
    """Who is missing: `Chi Okafor (security)`, or `1 of Bo Lindqvist (sre) and Chi Okafor (security)`."""
    seats = useful(tally)
    people = list_of([f"{seat.name} ({', '.join(seat.groups)})" for seat in seats])
    count = "" if how_many(tally) == len(seats) else f"{how_many(tally)} of "
    return f"{count}{people or 'nobody that is left'}{must_include(tally)}"


def must_include(tally: Tally) -> str:
    """Which groups must be among those who are missing, where the names alone do not say it."""
    if not tally.missing or all(set(seat.groups) & set(tally.missing) for seat in useful(tally)):
        return ""
    return f"; {list_of(list(tally.missing))} must be among them"


def useful(tally: Tally) -> list[Seat]:
    """Whose yes would bring it further: everyone, or only the missing groups when no more seats are free."""
    if tally.missing and tally.needed - tally.approvals <= len(tally.missing):
        return [seat for seat in tally.open if set(seat.groups) & set(tally.missing)]
    return list(tally.open)


def open_still(tally: Tally) -> str:
    """What it takes for a request to be decided."""
    return f"Still needed: {still_needed(tally)}."


def voted(request: Request, vote: Vote, tally: Tally, needed: str) -> str:
    """The line in the thread after a vote that left the request open; `needed` is what it still takes."""
    reason = f" “{vote.reason}”" if vote.reason else ""
    count = f" ({tally.approvals} of {tally.needed})" if vote.choice is Choice.APPROVE else ""
    return f"{vote.name} {did(vote.choice)} {request.id}{count}.{reason} {needed}"


_ENDED = {
    "APPROVED": "{id} is approved by {who}. {next}",
    "AUTO_APPROVED": (
        "{id} is approved by its policy ({policies}), and by no person: nobody answered in time, and nothing "
        "spoke against it. {next}"
    ),
    "BREAK_GLASS": "{id} is approved by {alone} alone, who broke the glass.{reason} {next}",
    "QUORUM_UNREACHABLE": f"{{id}} cannot reach its quorum any more, so it is refused. {_NOTHING}",
    "REJECTED": f"{{id}} was rejected by {{who}}.{{reason}} {_NOTHING}",
    "VETOED": f"{{id}} was vetoed by {{who}}.{{reason}} {_NOTHING}",
    "EXPIRED": f"{{id}} expired: not enough people answered in time.{{because}} {_NOTHING}",
    "TOO_LATE": f"{{id}} expired: it was agreed, and could not take effect in time. {_NOTHING}",
    "SUPERSEDED": f"{{id}} was replaced by {{by}}.{{because}} {_NOTHING}",
    "WITHDRAWN": f"{{id}} was withdrawn by {{by}}.{{reason}} {_NOTHING}",
    "STALE": f"The approval {{id}} no longer fits.{{reason}} Ask again. {_NOTHING}",
    "LAPSED": f"The approval {{id}} was not used in time and has lapsed. {_NOTHING}",
}


def ended(request: Request) -> str:
    """The line in the thread when a request has ended, and what that means."""
    final = request.final
    if final is None:
        return f"{request.id} is open."
    told = (_REVIEWED if request.is_review else _ENDED).get(final.code)
    if told is None:
        return f"{present(request)}."
    return told.format(
        id=request.id,
        who=_by(request, Choice.APPROVE if final.code == "APPROVED" else Choice.REJECT),
        by=request.requester_name,
        alone=final.name or final.actor,
        title=request.title,
        reason=f" “{final.reason}”" if final.reason else "",
        because=f" {final.reason}." if final.reason else "",
        policies=", ".join(request.rules.policies) or "the program's own terms",
        next=_next(request),
    )


def _next(request: Request) -> str:
    """What follows from an approval: our own runs go on by themselves, anything else waits for whoever asked."""
    if request.kind in _OURS or request.approved_until is None:
        return "It goes ahead now."
    return f"{request.requester_name} may use it once, until {clock(request.approved_until)}."


def agreed(request: Request) -> str:
    """What is said while an agreement waits for objections."""
    at = clock(request.takes_effect) if request.takes_effect else "once"
    return f"{request.id} is agreed, and takes effect at {at} unless somebody objects."


def objected(request: Request) -> str:
    """What is said when an agreement does not stand any more."""
    return f"{request.id} is not agreed any more, and does not take effect."


def extended(request: Request, gone: timedelta) -> str:
    """What is said when our own outage has moved the deadline."""
    return (
        f"{request.id} can be decided until {clock(request.expires)}: nobody could reach Wardroom "
        f"for {left(gone)} of its time."
    )


def unreported(request: Request) -> str:
    """What is said when whoever used an approval has not said what became of it."""
    by = f" by {clock(request.report_by)}" if request.report_by else ""
    return (
        f"Nobody knows what became of {request.id}: it was used, and no result came{by}. {reconcile(request)}"
    )


_CAME = {
    "EXECUTED": "{id} is done. {result}",
    "EXECUTION_FAILED": "{id} was approved and failed. {result}",
    "EXECUTION_UNKNOWN": "Nobody knows what became of {id}. {result} {mend}",
}


def came_of(request: Request) -> str:
    """The line in the thread when it is known, or cannot be known, what became of an approval."""
    told = _CAME[request.status].format(id=request.id, result=request.result, mend=reconcile(request))
    return " ".join(told.split())


def outcome(request: Request) -> str:
    """How it ended, and what came of it where that is known to be unknown, or known."""
    return came_of(request) if request.status in _CAME else ended(request)


def plainly(status: Status) -> str:
    """What became of something, in a word: `executed`, `failed`."""
    return "failed" if status is Status.EXECUTION_FAILED else "executed"


def stands(request: Request) -> str:
    """What is known of it: `failed (order 4711 is not in the book)`."""
    return plainly(request.status) + (f" ({request.result})" if request.result else "")


def late(request: Request, said: Status, detail: str) -> str:
    """The line in the thread when a program says what became of something after that was known."""
    told = f"{request.requester_name} reports {request.id} as {plainly(said)}"
    told += f": “{detail}”" if detail else ""
    if said is request.status:
        return f"{told}. That is how it stands."
    return f"⚠ {told}, and it stands as {stands(request)}. Nothing is changed by it: look again where it happened."


def reconcile(request: Request) -> str:
    """What to do about an outcome that nobody knows."""
    return (
        f"Look where it would have happened (execution {request.execution}), then say it here: "
        f"`/approvals reconcile {request.id} executed` or `failed`, and how you know. It is not tried again by itself."
    )


_REVIEWED = {
    "APPROVED": "{id}: {who} found it justified.",
    "REJECTED": "{id}: {who} did not find it justified.{reason}",
    "VETOED": "{id}: {who} did not find it justified.{reason}",
    "EXPIRED": "{id}: nobody said in time whether it was justified that {title}.",
    "QUORUM_UNREACHABLE": "{id}: nobody is left who would say whether it was justified that {title}.",
}


def thanks(request: Request, vote: Vote, told: str) -> str:
    """The private answer to a vote that was counted; `told` is what it led to."""
    if request.is_review and vote.choice is not Choice.ABSTAIN:
        found = "justified" if vote.choice is Choice.APPROVE else "not justified"
        return f"You said that it was {found}. {told}"
    return f"You {did(vote.choice)} {request.id}. {told}"


def changed(request: Request) -> str:
    """The line in the thread when what is asked was changed: by whom, what, why, and whose votes that voids."""
    amended = request.amended
    if amended is None:
        return f"{request.id} is as it was asked."
    void = f" Votes before that do not count: {list_of(list(amended.void))}." if amended.void else ""
    said = f"{amended.name} changed {request.id}: {differences(amended)}. “{amended.reason}”{void}"
    return f"{said} Those who are asked decide anew."


def differences(amended: Amendment) -> str:
    """`quantity 1,000 → 1,200, venue XETRA → LSE`; what is long is cut."""
    told = [f"{one.path} {_value(one.before)} → {_value(one.after)}" for one in amended.changes]
    more = f" and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
    return f"{', '.join(told[:_TOLD])}{more}"


def _value(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else one_line(str(value), 60)


def left(span: timedelta) -> str:
    """A span of time as one says it: `2 h 5 min`, `12 min`."""
    hours, minutes = divmod(max(0, int(span.total_seconds() // 60)), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def span_of(seconds: int) -> str:
    """So many seconds as one says them."""
    return left(timedelta(seconds=seconds))


def present(request: Request) -> str:
    """How a request stands, in one clause, for somebody who comes late."""
    final = request.final
    if final is None:
        return f"{request.id} is open"
    word = request.status.lower().replace("_", " ")
    return f"{request.id} is {word} since {clock(final.at)}"


def joint(number: int, total: int) -> str:
    """What stands behind the nth of so many names in a list: `, `, ` and `, `, and `, or nothing."""
    if number >= total:
        return ""
    comma = "," if total > 2 else ""  # noqa: PLR2004 - two names need no comma
    return f"{comma} and " if number == total - 1 else ", "


def list_of(names: list[str]) -> str:
    """`Ana`, `Ana and Bo`, `Ana, Bo, and Chi`."""
    *before, last = names or [""]
    comma = "," if before[1:] else ""
    return f"{', '.join(before)}{comma} and {last}" if before else last


def _by(request: Request, choice: Choice) -> str:
    return list_of([vote.name for vote in request.votes if vote.choice is choice])
