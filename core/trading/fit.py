"""Whether an approved order still fits the world: prices, hard limits and trust as they are when it is to be used.

Source: rule 54. What does not fit makes the approval stale; what cannot be known refuses the claim, which can be tried
again while the approval holds.
"""

from collections.abc import Mapping
from typing import Any

from core.approvals.drift import drifted
from core.approvals.policy import Answer, Verdict
from core.approvals.request import Request
from core.errors import Unavailable
from core.trading.look import Look
from core.trading.reading import decimal
from core.trading.triggers.low_trust import CODE as LOW_TRUST

_PRICES = ("mark", "quote", "fx_rate", "multiplier")
_MOST = 5


def misfit(request: Request, look: Look, verdict: Verdict) -> str:
    """Why the approval must not be used any more; empty if it may.

    Args:
        request: the approval.
        look: the order as it is now.
        verdict: what the policies say of it now.

    Raises:
        Unavailable: the book does not tell what has to be known for that.
    """
    if verdict.answer is Answer.DENY:
        return "; ".join(finding.message for finding in verdict.findings)
    if "book" in look.subject:
        _refuse_unknown(request, look)
        moved = drifted(_prices(request.subject), _prices(look.subject), request.rules.drift)
        if moved:
            return "; ".join(moved[:_MOST])
    return _mistrust(request, look, verdict)


def _refuse_unknown(request: Request, look: Look) -> None:
    read, unknown = look.read, look.unknown()
    if not read.unanswered and not unknown:
        return
    why = read.unanswered or "; ".join(f"{path} {why}" for path, why in sorted(unknown.items())[:_MOST])
    raise Unavailable(
        f"{request.id} cannot be used now, because the book does not tell what has to be known: {why}.",
        "Claim it again while it is approved.",
        code="BOOK_UNAVAILABLE",
    )


def _mistrust(request: Request, look: Look, verdict: Verdict) -> str:
    """Whether the agent is trusted too little, and less than when people approved of it."""
    if not any(finding.code == LOW_TRUST for finding in verdict.findings):
        return ""
    now, before = look.read.agent.trust_score, decimal(_at(request.subject, "agent").get("trust_score"))
    if now is None:
        known_then = before is not None
        return "how far the agent can be trusted is no longer known" if known_then else ""
    if before is not None and now >= before:
        return ""
    return f"the agent's trust score is {now} now" + (f", and was {before}" if before is not None else "")


def _prices(subject: Mapping[str, Any]) -> dict[str, Any]:
    market = _at(subject, "market")
    return {"market": {name: market[name] for name in _PRICES if name in market}}


def _at(subject: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = subject.get(name)
    return found if isinstance(found, Mapping) else {}
