"""Using an approval, once, and saying what became of it; each public function is one transaction."""

from core.approvals import records, states, words
from core.approvals.ageing import units as ageing
from core.approvals.request import Request, Status
from core.approvals.settling import units as settling
from core.approvals.states import Happening
from core.errors import Conflict, Invalid, StaleDigest, WardroomError
from core.people.person import Person
from core.store import events
from core.store.engine import Unit

_SHORTEST = 8
_USED = (Status.EXECUTING, Status.EXECUTED, Status.EXECUTION_FAILED, Status.EXECUTION_UNKNOWN)
_WHY_NOT = {
    Status.LAPSED: "LAPSED",
    Status.STALE: "STALE",
    **dict.fromkeys(_USED, "ALREADY_CLAIMED"),
}


def claim(
    unit: Unit, request_id: str, execution: str, shown: str = "", *, awaits_report: bool = False
) -> Request:
    """Use an approval, once: whoever claims it runs what was approved.

    Args:
        unit: the transaction.
        request_id: the approval.
        execution: the id of this use.
        shown: the digest of what is going to be run; it may be left out as long as nobody has changed what is asked.
        awaits_report: whatever runs elsewhere; if no report comes within the policy's time, people have to look.
            Our own runs report by themselves, also after a crash.

    Raises:
        Conflict: it is not approved, has lapsed, or was used; `data["code"]` says which.
        StaleDigest: what was approved is something else than what is going to be run.
    """
    request = ageing.caught_up(unit, records.get(unit, request_id))
    if request.status is not Status.APPROVED:
        raise Conflict(
            f"{words.present(request)}; it cannot be used.", code=_WHY_NOT.get(request.status, "NOT_APPROVED")
        )
    refuse_outdated(request, shown)
    status = states.after(request.status, Happening.CLAIMED)
    by = unit.now + request.rules.report_within if awaits_report else None
    saved = records.save(unit, request, status=status, execution=execution, report_by=by)
    facts = {"execution": execution, "report_by": by}
    events.append(unit, "approval.claimed", request.id, actor="system", data=facts)
    settling.announce(unit, saved)
    settling.arm(unit, saved)
    return saved


def refuse_outdated(request: Request, shown: str) -> None:
    """Check that whoever wants to use it knows what was approved.

    Raises:
        StaleDigest: it was changed, and they do not show that they know; `data` has the subject and its digest.
    """
    knows = len(shown) >= _SHORTEST and request.digest.startswith(shown)
    if knows or (not shown and request.amended is None):
        return
    by = f" by {request.amended.name}" if request.amended else ""
    raise StaleDigest(
        f"{request.id} was changed{by}: what was approved is not what was asked at first.",
        "Look at its subject, and claim it with the digest of that.",
        subject=request.subject,
        digest=request.digest,
    )


def go_stale(unit: Unit, request: Request, why: str) -> Request:
    """The world has moved on since this was approved: it can no longer be used.

    Raises:
        Conflict: it is not approved.
    """
    return settling.end(unit, request, Happening.WENT_STALE, "STALE", "system", why)


def report(unit: Unit, request_id: str, outcome: Happening, detail: str, actor: str = "system") -> Request:
    """Say what became of the thing that was approved: EXECUTED, FAILED or UNKNOWN.

    Raises:
        Conflict: it is not being executed.
    """
    request = ageing.caught_up(unit, records.get(unit, request_id))
    status = states.after(request.status, outcome)
    saved = records.save(unit, request, status=status, result=detail, report_by=None)
    facts = {"status": str(status), "detail": detail}
    events.append(unit, "approval.executed", request.id, actor=actor, data=facts)
    # A run of ours tells whoever asked by itself, and once is enough.
    ping = () if actor == "system" else (request.requester,)
    settling.announce(unit, saved, words.came_of(saved), ping=ping)
    settling.arm(unit, saved)
    return saved


def reported_late(
    unit: Unit, request: Request, outcome: Happening, detail: str, actor: str
) -> WardroomError | None:
    """Keep what a program says of something of which it is known already what became of it.

    What is known stands. If the program says otherwise, people are told, and so is the program: it is returned and not
    raised, so that what it said is kept.
    """
    said = states.TABLE[Status.EXECUTING, outcome]
    facts = {"said": str(said), "detail": detail, "stands": str(request.status)}
    history = events.history(unit, request.id)
    before = [event for event in history if event["kind"] == "approval.reported_late"]
    if not before or before[-1]["data"] != facts:
        events.append(unit, "approval.reported_late", request.id, actor=actor, data=facts)
        # Whoever said what stands has to know that somebody sees it otherwise.
        by = [event["actor"] for event in history if event["kind"] == "approval.executed"]
        people = [person for person in (*by[-1:], request.requester) if person != "system"]
        ping = tuple(people) if said is not request.status else ()
        settling.announce(unit, records.save(unit, request), words.late(request, said, detail), ping=ping)
    if said is request.status:
        return None
    return Conflict(
        f"{request.id} stands as {words.stands(request)}, and {words.plainly(said)} was not taken. It is kept, and people are told.",
        f"Look together where it happened; `/approvals details {request.id}` shows both.",
        code="ALREADY_KNOWN",
    )


def progress(unit: Unit, request_id: str, detail: str) -> Request:
    """A part of it is done, such as a partial fill: it goes on, and so does the time for its result.

    Raises:
        Conflict: it is not being executed.
    """
    request = ageing.caught_up(unit, records.get(unit, request_id))
    if request.status is not Status.EXECUTING:
        raise Conflict(f"{words.present(request)}, so nothing of it goes on.", "Say executed or failed.")
    by = unit.now + request.rules.report_within if request.report_by else None
    saved = records.save(unit, request, result=detail, report_by=by)
    facts = {"detail": detail, "report_by": by}
    events.append(unit, "approval.progressed", request.id, actor="system", data=facts)
    settling.announce(unit, saved, f"{request.id} so far: {detail}")
    settling.arm(unit, saved)
    return saved


def reconcile(unit: Unit, request_id: str, outcome: Happening, person: Person, reason: str) -> Request:
    """Somebody has looked, and says what became of an approval of which nobody knew.

    Before the time for its result is over too: people may know that the program which used it is gone. Our own runs
    say what became of them also after a crash, so nobody says it for them.

    Raises:
        Invalid: they do not say how they know.
        Conflict: what became of it is known, it was not used, or it is a run of ours.
    """
    request = ageing.caught_up(unit, records.get(unit, request_id))
    if not reason:
        raise Invalid(
            "Say how you know.", f"`/approvals reconcile {request_id} executed found at the venue`."
        )
    is_awaited = request.status is Status.EXECUTING and request.report_by is not None
    if request.status is not Status.EXECUTION_UNKNOWN and not is_awaited:
        raise Conflict(
            f"{words.present(request)}: there is nothing to find out.", f"`/approvals show {request_id}`."
        )
    return report(unit, request_id, outcome, f"{reason} ({person.name} looked)", person.id)
