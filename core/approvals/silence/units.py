"""What speaks against approving something by silence now: gathered in the unit that ends it, and logged."""

from core.approvals.draft import Judge
from core.approvals.policy import Verdict
from core.approvals.request import Request
from core.approvals.silence.rule import Told, why_not
from core.notify import units as notices
from core.store import events
from core.store.engine import Unit


def against(unit: Unit, request: Request, judge: Judge | None) -> list[str]:
    """Everything that speaks against it; nothing if silence approves it. Without a judge, that is against it."""
    told = Told(notices.has_reached(unit, request.id), notices.is_unreachable(unit, request.id))
    return why_not(request, told, _afresh(unit, request, judge), unit.now)


def _afresh(unit: Unit, request: Request, judge: Judge | None) -> Verdict | None:
    if judge is None:
        return None
    try:
        verdict = judge(request.kind, request.subject, unit.now)
    except Exception:  # noqa: BLE001 - whatever goes wrong with the policies, silence approves nothing then
        return None
    facts = verdict.facts() | {"kind": request.kind, "title": request.title}
    events.append(unit, "policy.evaluated", request.id, actor="system", data=facts)
    return verdict
