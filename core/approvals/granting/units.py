"""An approval that needs nobody, because no policy speaks: recorded like any other, used once like any other."""

from datetime import timedelta

from core.approvals import records
from core.approvals.draft import Draft, Frozen, facts_of, request_of
from core.approvals.request import Final, Request, Rules, Status
from core.approvals.settling import units as settling
from core.approvals.states import actor_kind
from core.approvals.units import asked_before
from core.errors import Invalid
from core.store import events
from core.store.engine import Unit
from core.store.numbers import next_number

_PASSED = "APPROVED"


def grant(unit: Unit, draft: Draft, actor: str, window: timedelta = timedelta(minutes=15)) -> Request:
    """Record that a policy lets this pass, so that it can be claimed, reported on and looked at later.

    Args:
        unit: the transaction.
        draft: what was asked.
        actor: which policy let it pass: `policy:<name>`; never a person.
        window: how long it may be used.

    Raises:
        Conflict: the same key was used for something else.
        Invalid: what it is about is over.
    """
    known = records.by_key(unit, draft.requester.id, draft.key)
    if known is not None:
        return asked_before(known, draft.kind, draft.subject)
    until = unit.now + window
    valid_until = draft.terms.valid_until
    if valid_until is not None and valid_until <= unit.now:
        raise Invalid("What this is about is over.", "Ask about something that is still good.")
    until = min(until, valid_until or until)
    rules = Rules(
        needed=0,
        execution_window=window,
        findings=draft.findings,
        valid_until=valid_until,
        named=draft.terms.named,
    )
    made = request_of(draft, Frozen(next_number(unit, "AP"), rules, (), unit.now, until))
    final = Final(status=Status.APPROVED, code=_PASSED, actor=actor, at=unit.now)
    request = made.model_copy(update={"status": Status.APPROVED, "final": final, "approved_until": until})
    records.add(unit, request, draft.key)
    events.append(unit, "approval.requested", request.id, actor=draft.requester.id, data=facts_of(request))
    facts = {"status": str(request.status), "code": final.code, "reason": "", "actor_kind": actor_kind(final)}
    events.append(unit, "approval.closed", request.id, actor=actor, data=facts)
    settling.arm(unit, request)
    return request
