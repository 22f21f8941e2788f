"""When silence may approve: only what a policy lists, and only if nothing whatever speaks against it. Pure.

Source: rules 60, 61 and 2: off unless a policy says otherwise, never for what is grave, unusual or not known,
and judged afresh at the deadline by the policies that hold then.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.approvals import words
from core.approvals.policy import Answer, Verdict
from core.approvals.request import Choice, Finding, Request
from core.approvals.timing import Silence

NEVER = frozenset({"LOW_TRUST", "UNUSUAL_PATTERN", "CONCENTRATION", "CONCENTRATION_LIMIT", "DATA_GAP"})
"""What silence never approves, whatever a policy lists."""


@dataclass(frozen=True)
class Told:
    """Whether somebody was told that a decision is wanted, and whether it was found that nobody could be."""

    reached: bool
    unreachable: bool


def why_not(request: Request, told: Told, afresh: Verdict | None, now: datetime) -> list[str]:
    """Everything that speaks against approving this by silence; nothing if silence approves it.

    Args:
        request: as it stands when its time has passed.
        told: what became of its notices.
        afresh: what the present policies say about its subject now; None if they could not be heard.
        now: the moment.
    """
    silence = request.rules.silence
    if silence is None:
        return ["its policy leaves nothing to silence"]
    found = [
        *_standing(request),
        *_unfit(request.rules.findings, silence),
        *_untold(told),
        *_untrusted(request.subject, silence, now),
        *_afresh(afresh, request.subject, silence, now),
    ]
    return list(dict.fromkeys(found))


def _standing(request: Request) -> Iterator[str]:
    if request.priority != "NORMAL":
        yield f"its priority is {request.priority}"
    against = [vote.name for vote in request.votes if vote.choice is Choice.REJECT]
    if against:
        yield f"{words.list_of(against)} rejected it"


def _unfit(findings: Iterable[Finding], silence: Silence) -> Iterator[str]:
    codes = sorted({finding.code for finding in findings})
    for code in codes:
        if code in NEVER or code not in silence.triggers:
            yield f"{code} needs people"
    if not codes:
        yield "no policy says why it was asked"


def _untold(told: Told) -> Iterator[str]:
    if told.unreachable or not told.reached:
        yield "it is not known that anybody was told"


def _untrusted(subject: Mapping[str, Any], silence: Silence, now: datetime) -> Iterator[str]:
    agent = subject.get("agent")
    known = agent if isinstance(agent, Mapping) else {}
    score, as_of = _number(known.get("trust_score")), _moment(known.get("as_of"))
    if score is None or as_of is None:
        yield "how far the program can be trusted is not known"
    elif not now - silence.max_age <= as_of <= now:
        yield f"how far the program can be trusted was last known at {words.clock(as_of)}"
    elif not Decimal(str(silence.min_trust)) <= score <= 1:
        yield f"the program's trust score is {score}, and has to be {silence.min_trust}"


def _afresh(
    verdict: Verdict | None, subject: Mapping[str, Any], frozen: Silence, now: datetime
) -> Iterator[str]:
    """What the present policies say against it: nothing that was loosened since helps, all that is stricter counts."""
    if verdict is None:
        yield "the present policies could not be heard"
    elif verdict.answer is Answer.DENY:
        yield f"the present policies deny it: {verdict.findings[0].message}"
    elif verdict.terms is None or verdict.terms.silence is None:
        yield "the present policies leave nothing to silence"
    else:
        if verdict.terms.severity not in ("LOW", "MEDIUM"):
            yield f"it is {verdict.terms.severity} by now"
        yield from _unfit(verdict.findings, frozen)
        yield from _unfit(verdict.findings, verdict.terms.silence)
        yield from _untrusted(subject, verdict.terms.silence, now)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _moment(value: Any) -> datetime | None:
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
