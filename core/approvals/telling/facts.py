"""What a request has to say in a notice: every fact by its name, and the line above them. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from core.approvals import words
from core.approvals.request import Request
from core.approvals.states import actor_kind
from core.approvals.tally import Tally

_HEADS = {
    "requested": "Approval needed",
    "escalated": "Approval needed, escalated to you",
    "reminded": "Reminder: approval needed",
    "amended": "Approval needed again, it was changed",
    "asked": "A question for you",
    "broken": "The glass was broken, approved by one person alone",
}
_EVENTS = {
    "requested": "approval.requested",
    "escalated": "approval.escalated",
    "reminded": "approval.reminded",
    "ended": "approval.closed",
    "amended": "approval.amended",
    "asked": "approval.asked",
    "broken": "approval.glass_broken",
}


def facts(request: Request, tally: Tally) -> dict[str, Any]:
    """Everything that a notice may say of a request as it stands now, in values of JSON."""
    final = request.final
    return {
        "id": request.id,
        "kind": request.kind,
        "title": request.title,
        "reason": request.reason,
        "requester": request.requester_name,
        "priority": request.priority,
        "severity": request.severity,
        "status": str(request.status),
        "why": "; ".join(finding.message for finding in request.rules.findings),
        "needed": tally.needed,
        "still_needed": words.still_needed(tally)
        if request.is_pending and request.takes_effect is None
        else "",
        "created": _time(request.created),
        "expires": _time(request.expires) if request.is_pending else "",
        "digest": request.digest,
        "outcome": "" if request.is_pending else words.outcome(request),
        "code": final.code if final else "",
        "actor_kind": actor_kind(final) if final else "",
        "approved_until": _time(request.approved_until) if request.approved_until else "",
        "approvers": list(tally.yes),
        "dissent": list(tally.no),
        "execution": request.execution or "",
        "result": request.result,
        "subject": request.subject,
    }


def headline(cause: str, listed: Mapping[str, Any]) -> str:
    """The first line of a notice, made of nothing but what its channel lists."""
    occasion = cause.partition(":")[0]
    head = _HEADS.get(occasion)
    if head is None:
        head = str(listed.get("status", "ended")).replace("_", " ").capitalize()
    name = str(listed.get("id", ""))
    title = str(listed.get("title", ""))
    of = f"{title} ({name})" if title and name else title or name
    return f"{head}: {of}" if of else head


def event_of(cause: str) -> str:
    """The event that programs are told of."""
    occasion, _, status = cause.partition(":")
    return "approval.executed" if status.startswith("EXECUT") else _EVENTS[occasion]


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
