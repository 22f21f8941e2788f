"""Using an approval, once, and saying what became of it; each public function is one transaction."""

from core.approvals import records, states, words
from core.approvals.request import Request, Status
from core.approvals.settling import units as settling
from core.approvals.states import Happening
from core.errors import Conflict
from core.store import events
from core.store.engine import Unit


def claim(unit: Unit, request_id: str, execution: str) -> Request:
    """Use an approval, once: whoever claims it runs what was approved.

    Raises:
        Conflict: it is not approved, has lapsed, or was used; `data["code"]` says which.
    """
    request = settling.caught_up(unit, records.get(unit, request_id))
    if request.status is not Status.APPROVED:
        code = {Status.LAPSED: "LAPSED", Status.STALE: "STALE"}.get(request.status, "ALREADY_CLAIMED")
        raise Conflict(f"{words.present(request)}; it cannot be used.", code=code)
    status = states.after(request.status, Happening.CLAIMED)
    saved = records.save(unit, request, status=status, execution=execution)
    events.append(unit, "approval.claimed", request.id, actor="system", data={"execution": execution})
    settling.announce(unit, saved)
    settling.arm(unit, saved)
    return saved


def go_stale(unit: Unit, request: Request, why: str) -> Request:
    """The world has moved on since this was approved: it can no longer be used.

    Raises:
        Conflict: it is not approved.
    """
    return settling.end(unit, request, Happening.WENT_STALE, "STALE", "system", why)


def report(unit: Unit, request_id: str, outcome: Happening, detail: str) -> Request:
    """Say what became of the thing that was approved: EXECUTED, FAILED or UNKNOWN.

    Raises:
        Conflict: it is not being executed.
    """
    request = records.get(unit, request_id)
    status = states.after(request.status, outcome)
    saved = records.save(unit, request, status=status, result=detail)
    facts = {"status": str(status), "detail": detail}
    events.append(unit, "approval.executed", request.id, actor="system", data=facts)
    settling.announce(unit, saved)
    return saved
