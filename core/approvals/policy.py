"""Policies: does this need people, whom, how many. All that speak are heard; what fails, asks.

Source: the trading design's gate (1.1), with three outcomes, every finding kept, and bad data never passing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from core import cel
from core.approvals.config import EXPRESSION_NAMES, Policy
from core.approvals.request import SEVERITIES, Ask, Finding, Rung, Severity, Terms
from core.digest import digest
from core.errors import WardroomError


class Answer(StrEnum):
    """What the policies say."""

    ALLOW = "ALLOW"
    REQUIRE = "REQUIRE"
    DENY = "DENY"


@dataclass(frozen=True)
class Verdict:
    """What the policies say about a subject, and each reason. `terms` is set where people are needed."""

    answer: Answer
    findings: tuple[Finding, ...]
    terms: Terms | None


def evaluate(policies: Sequence[Policy], kind: str, subject: dict[str, Any], now: datetime) -> Verdict:
    """Ask every policy for this kind of subject.

    A condition that fails, or says something else than yes or no, counts as a finding DATA_GAP of severity
    HIGH of its policy: an error never lets anything pass.
    """
    spoken = []
    for policy in policies:
        finding = _hear(policy, subject, now) if policy.applies_to == kind else None
        if finding is not None:
            spoken.append((policy, finding))
    findings = tuple(finding for _, finding in spoken)
    if not spoken:
        return Verdict(Answer.ALLOW, (), None)
    return Verdict(Answer.REQUIRE, findings, _together([policy for policy, _ in spoken], findings))


def _hear(policy: Policy, subject: dict[str, Any], now: datetime) -> Finding | None:
    seen = {"subject": subject}
    if not policy.when:
        return _finding(policy, policy.name, policy.severity, policy.reason, seen)
    try:
        fires = cel.compile(policy.when, EXPRESSION_NAMES).run({"subject": subject, "now": now})
    except (ValueError, WardroomError) as error:
        return _finding(policy, "DATA_GAP", "HIGH", f"Its condition could not be judged ({error}).", seen)
    if not isinstance(fires, bool):
        return _finding(policy, "DATA_GAP", "HIGH", "Its condition says neither yes nor no.", seen)
    return _finding(policy, policy.name, policy.severity, policy.reason, seen) if fires else None


def _finding(policy: Policy, code: str, severity: Severity, message: str, seen: dict[str, Any]) -> Finding:
    return Finding(
        policy=policy.name, code=code, severity=severity, message=message or policy.name, inputs=seen
    )


def _together(policies: list[Policy], findings: tuple[Finding, ...]) -> Terms:
    """The strictest of everything: union of people, most approvals, shortest time, highest severity."""
    asks: dict[str, Ask] = {}
    for ask in (ask for policy in policies for ask in policy.ask):
        known = asks.get(ask.name)
        asks[ask.name] = ask if known is None else known.model_copy(update={"must": known.must or ask.must})
    severity = max((finding.severity for finding in findings), key=SEVERITIES.index)
    timeouts = [policy.timeout for policy in policies if policy.timeout]
    blocks = [policy.rejections_to_block for policy in policies if policy.rejections_to_block]
    rungs: list[tuple[Rung, ...]] = [policy.escalation for policy in policies if policy.escalation]
    return Terms(
        ask=tuple(asks.values()),
        approvals=max(policy.approvals for policy in policies),
        veto=tuple(dict.fromkeys(ask for policy in policies for ask in policy.veto)),
        rejections_to_block=min(blocks) if blocks else None,
        severity=severity,
        timeout=min(timeouts) if timeouts else None,
        remind=policies[0].remind,
        escalation=max(rungs, key=len) if rungs else (),
        execution_window=min(policy.execution_window for policy in policies),
        notify=tuple(dict.fromkeys(name for policy in policies for name in policy.notify)),
        policies=tuple(policy.name for policy in policies),
        policy_hash=digest([policy.model_dump(mode="json") for policy in policies]),
    )
