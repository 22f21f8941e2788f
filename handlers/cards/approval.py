"""A request as a card: what exactly, why, who asks, who decides, who has, until when. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.approvals import words
from core.approvals.request import Choice, Request, Seat, Status, Vote
from core.approvals.settling.units import tally_of
from core.approvals.strength import has_factor
from core.approvals.talking.remark import Remark
from core.approvals.tally import Tally
from core.digest import short
from core.people.availability import Standing, There
from core.text import cut, one_line
from core.world import World
from handlers.cards import course, discussion, review, subject
from handlers.cards.card import (
    Bold,
    Button,
    Card,
    Code,
    Control,
    Fields,
    Line,
    Part,
    Quote,
    Rule,
    Span,
    Table,
    Text,
    When,
    Who,
    line,
    plain,
)
from handlers.cards.link import page_url

_MARK = {Choice.APPROVE: "✓", Choice.REJECT: "✗", Choice.ABSTAIN: "–"}
_SHOWN_FIELDS = 6
# Frozen facts that the details show and the card need not.
_QUIET = frozenset({"Plan", "Destructive"})


def card(
    world: World,
    request: Request,
    untold: str = "",
    remarks: Sequence[Remark] = (),
    there: Mapping[str, There] | None = None,
) -> Card:
    """The live card, the same on every platform.

    `untold` is the line that says whom it did not reach, `remarks` is what was said about it, and `there` says of
    those who are asked who is likely to answer.
    """
    tally = tally_of(request)
    word, tone = course.head(request)
    if request.is_pending and request.votes:
        tone = "partial"
    parts: list[Part] = [Fields(items=tuple(_facts(world, request, tally))), *_why(request)]
    if request.subject.get("draft"):
        # It is in no file that anybody knows: whoever decides sees what exactly would run.
        parts += subject.tables(request.subject)
    parts += [*discussion.changed(request), *discussion.questions(remarks)]
    parts += [Text(line=spans) for spans in _votes(world, request, tally, there or {})]
    parts += [Text(line=told) for told in course.lines(request)]
    if untold:
        parts.append(Text(line=line(one_line(untold, 300)), small=True))
    if request.final is not None and not request.is_pending:
        parts.append(Text(line=line(Bold(text=words.ended(request)))))
    if request.result:
        label = "So far: " if request.status is Status.EXECUTING else "Result: "
        parts.append(Text(line=line(label, one_line(request.result, 300))))
    return Card(
        title=f"{word}: {cut(request.title, 120)}",
        tone=tone,
        parts=tuple(parts),
        controls=_controls(world, request, remarks),
        footer=line(f"{request.id} · asked by {request.requester_name} · digest {short(request.digest)}"),
        summary=_summary(request, tally),
        link=page_url(world.public_url, world.secret_key, request.id),
        hint=f"/approvals show {request.id}",
        revision=request.version,
        digest=request.digest,
    )


def details(
    world: World,
    request: Request,
    history: Iterable[dict[str, Any]],
    told: str = "",
    remarks: Sequence[Remark] = (),
) -> Card:
    """Everything that was frozen, and everything that happened, for whoever wants to look closer.

    `told` is the line that says who was told of it, and whom it did not reach; `remarks` is what was said.
    """
    live = card(world, request)
    frozen = tuple(
        (name, line(Code(text=one_line(subject.shown(value), 200))))
        for name, value in subject.values(request.subject)
    )
    rows = tuple(
        (line(When(at=event["at"], style="date_time")), line(event["actor"]), line(_event(event)))
        for event in history
    )
    parts: list[Part] = [*live.parts, Rule(), Fields(items=frozen)]
    if not request.subject.get("draft"):
        parts += subject.tables(request.subject)
    parts += discussion.everything(remarks)
    parts += [_findings(request), Table(head=("When", "Who", "What"), rows=rows)]
    parts += [Text(line=line(one_line(told, 600)))] if told else []
    policies = words.list_of(list(request.rules.policies)) or "none"
    parts.append(Text(line=line(f"Policy: {policies} ({short(request.rules.policy_hash)})"), small=True))
    parts.append(Text(line=line("Digest: ", Code(text=request.digest)), small=True))
    return live.model_copy(
        update={"parts": tuple(parts), "controls": (), "title": f"{request.id}: {live.title}"}
    )


def who(world: World, person: str, name: str, *, ping: bool = False) -> Who:
    """A person as a span; platforms turn it into their own mention."""
    known = world.people.get(person)
    return Who(name=name, ids=dict(known.accounts) if known else {}, ping=ping)


def _facts(world: World, request: Request, tally: Tally) -> list[tuple[str, Line]]:
    must = f", with {words.list_of(list(request.rules.must))}" if request.rules.must else ""
    own = "; whoever asks may decide too" if request.rules.own_request else ""
    sure = ", each with a second factor" if request.rules.second_factor else ""
    items: list[tuple[str, Line]] = [
        ("Priority", line(request.priority)),
        ("Needs", line(f"{tally.needed} of {len(_present(request))}{must}{own}{sure}")),
        ("Asked by", line(who(world, request.requester, request.requester_name))),
    ]
    if request.is_pending:
        # A time of day says nothing where people have days.
        day = request.expires - request.created > timedelta(days=1)
        until = When(at=request.expires, style="date_time" if day else "time", ago=True)
        items.append(("Until", line(until)))
    if request.is_review:
        return items + _reviewed(world, request)
    told = [(name, value) for name, value in subject.values(request.subject) if name not in _QUIET]
    # What the head and the reason say already, the fields need not repeat.
    said = (request.title, request.reason)
    shown = [
        (name, line(Code(text=one_line(subject.shown(value), 120))))
        for name, value in told
        if value not in said
    ]
    return items + shown[:_SHOWN_FIELDS]


def _reviewed(world: World, request: Request) -> list[tuple[str, Line]]:
    """What a review is about: which request, who decided it alone, and when."""
    told = request.subject
    person = str(told["person"])
    known = world.people.get(person)
    return [
        ("About", line(Code(text=str(told["request"])))),
        ("Approved alone by", line(who(world, person, known.name if known else person))),
        ("At", line(When(at=datetime.fromisoformat(str(told["at"])), style="date_time"))),
    ]


def _why(request: Request) -> list[Part]:
    reasons = [finding.message for finding in request.rules.findings]
    parts: list[Part] = []
    if reasons:
        parts.append(
            Text(line=line(Bold(text="Why: "), " · ".join(one_line(reason, 160) for reason in reasons)))
        )
    if request.is_review:
        parts.append(Quote(label="Their reason", text=str(request.subject["reason"])))
    elif request.reason:
        parts.append(Quote(label=f"Written by {request.requester_name}", text=request.reason))
    return parts


def _standing(world: World, seat: Seat) -> str:
    principal = world.people.get(seat.stands_for)
    instead = f" for {principal.name if principal else seat.stands_for}" if seat.stands_for else ""
    return f"{instead} ({', '.join(seat.groups)})"


def _votes(world: World, request: Request, tally: Tally, there: Mapping[str, There]) -> list[Line]:
    spans: list[str | Span] = [Bold(text=f"Votes: {tally.approvals} of {tally.needed}")]
    for vote in request.votes:
        spans += _vote(world, vote)
    lines = [line(*spans)]
    if request.is_pending and request.takes_effect is None:
        lines.append(_still_needed(world, tally, there))
    return lines


def _still_needed(world: World, tally: Tally, there: Mapping[str, There]) -> Line:
    """Who is missing, the likeliest to answer first, with when those come back who are not there."""
    usual = There(Standing.IN_HOURS)
    seats = sorted(words.useful(tally), key=lambda seat: there.get(seat.person, usual).standing)
    count = "" if words.how_many(tally) == len(seats) else f"{words.how_many(tally)} of "
    spans: list[str | Span] = [Bold(text="Still needed: "), count or "" if seats else "nobody that is left"]
    for number, seat in enumerate(seats, start=1):
        spans += [who(world, seat.person, seat.name, ping=True), _standing(world, seat)]
        back = there.get(seat.person, usual).back
        spans += [" (away until ", When(at=back, style="date_time"), ")"] if back else []
        spans.append(words.joint(number, len(seats)))
    return line(*spans, words.must_include(tally))


def _vote(world: World, vote: Vote) -> list[str | Span]:
    reason = f" “{one_line(vote.reason, 160)}”" if vote.reason else ""
    sure = " with a second factor" if has_factor(vote.strength) else ""
    return [
        f"  {_MARK[vote.choice]} ",
        who(world, vote.person, vote.name),
        " ",
        When(at=vote.at),
        sure,
        reason,
    ]


def _controls(world: World, request: Request, remarks: Sequence[Remark]) -> tuple[Control, ...]:
    look = Button(
        label="Details", verb="approval.details", object=request.id, speak=f"Details of {request.id}"
    )
    if not request.is_pending:
        asker = world.people.get(request.requester)
        doing = course.doing(request) if asker is not None and asker.is_human else ()
        return (*doing, *course.looking(request), look)
    if request.is_review:
        return (*review.verdicts(request), look, *discussion.more(request, remarks))
    why = request.rules.reason_to_approve
    grave = request.priority != "NORMAL" and not why
    approve = Button(
        label="Approve…" if why else "Approve",
        verb="approval.approve",
        object=request.id,
        args={"why": "1"} if why else {},
        style="primary",
        confirm=f"Approve {request.id}: {cut(request.title, 150)}?" if grave else "",
        speak=f"Approve {request.id}: {cut(request.title, 50)}",
    )
    reject = Button(
        label="Reject…",
        verb="approval.reject",
        object=request.id,
        style="danger",
        speak=f"Reject {request.id}: {cut(request.title, 50)}",
    )
    return (approve, reject, look, *discussion.more(request, remarks))


def _summary(request: Request, tally: Tally) -> str:
    word, _ = course.head(request)
    head = f"{word}: {request.title} ({request.id}), asked by {request.requester_name}."
    if not request.is_pending:
        return f"{head} {words.ended(request)}"
    if request.takes_effect is not None:
        return f"{head} {words.agreed(request)}"
    until = plain(line(When(at=request.expires, style="date_time")))
    return f"{head} {tally.approvals} of {tally.needed} approvals. Still needed: {words.still_needed(tally)}. Until {until}."


def _findings(request: Request) -> Table:
    rows = tuple(
        (line(finding.severity), line(finding.policy), line(one_line(finding.message, 200)))
        for finding in request.rules.findings
    )
    return Table(head=("Severity", "Policy", "Because"), rows=rows)


def _present(request: Request) -> list[str]:
    return [seat.person for seat in request.seats if seat.level <= request.level and not seat.gone]


def _event(event: dict[str, Any]) -> str:
    data = event["data"]
    said = " ".join(
        str(data[key])
        for key in ("choice", "status", "said", "code", "reason", "detail", "why", "text")
        if data.get(key)
    )
    return one_line(f"{event['kind'].split('.', 1)[-1]} {said}", 160)
