"""Policies: does this need people, whom, how many. All that speak are heard; what fails, asks.

Source: the trading design's gate (1.1), with three outcomes, every finding kept, and bad data never passing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.approvals.alone import BreakGlass
from core.approvals.config import Policy
from core.approvals.hearing import Heard, Pack, closing, hear, scene
from core.approvals.request import SEVERITIES, Ask, Finding, Rung, Terms
from core.approvals.timing import OpenTime, Silence
from core.digest import digest
from core.errors import Denied


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

    def facts(self) -> dict[str, Any]:
        """What the log keeps of an evaluation: the answer, and every reason with its inputs."""
        return {
            "answer": str(self.answer),
            "findings": [finding.model_dump(mode="json") for finding in self.findings],
            "policy_hash": self.terms.policy_hash if self.terms else "",
        }

    def refusal(self) -> Denied:
        """The words for whoever asked for what is denied."""
        reasons = "; ".join(finding.message for finding in self.findings)
        return Denied(f"A policy does not allow this: {reasons}.", "No approval can change that.")


def evaluate(
    policies: Sequence[Policy],
    kind: str,
    subject: Mapping[str, Any],
    now: datetime,
    packs: Mapping[str, Pack] | None = None,
) -> Verdict:
    """Ask every policy for this kind of subject. All are heard; one that denies decides.

    Args:
        policies: in the order of the file.
        kind: what the subject is: runbook, trade ...
        subject: what it is about.
        now: the moment.
        packs: the built-in triggers, by the name that a policy gives as its `pack`.
    """
    asked = [policy for policy in policies if policy.applies_to == kind]
    if not asked:
        return Verdict(Answer.ALLOW, (), None)
    seen = scene(subject, now)
    spoken = [(policy, heard) for policy in asked for heard in hear(policy, seen, packs or {})]
    denials = tuple(heard.finding for _, heard in spoken if heard.denies)
    if denials:
        return Verdict(Answer.DENY, denials, None)
    findings = tuple(heard.finding for _, heard in spoken)
    if not spoken:
        return Verdict(Answer.ALLOW, (), None)
    return Verdict(Answer.REQUIRE, findings, _together(spoken, closing(subject)))


def _together(spoken: Sequence[tuple[Policy, Heard]], closes: datetime | None) -> Terms:
    """The strictest of everything: union of people, most approvals, shortest time, highest severity."""
    policies = list({policy.name: policy for policy, _ in spoken}.values())
    wanted = [*(ask for policy in policies for ask in policy.ask), *(a for _, h in spoken for a in h.ask)]
    asks: dict[str, Ask] = {}
    for ask in wanted:
        known = asks.get(ask.name)
        asks[ask.name] = ask if known is None else known.model_copy(update={"must": known.must or ask.must})
    severity = max((heard.finding.severity for _, heard in spoken), key=SEVERITIES.index)
    timeouts = [policy.timeout for policy in policies if policy.timeout]
    blocks = [policy.rejections_to_block for policy in policies if policy.rejections_to_block]
    lists = [policy.changes for policy in policies if policy.changes is not None]
    return Terms(
        ask=tuple(asks.values()),
        approvals=max([policy.approvals for policy in policies] + [heard.approvals for _, heard in spoken]),
        minimum=max(policy.minimum_approvers for policy in policies),
        veto=tuple(dict.fromkeys(ask for policy in policies for ask in policy.veto)),
        rejections_to_block=min(blocks) if blocks else None,
        severity=severity,
        timeout=min(timeouts) if timeouts else None,
        remind=policies[0].remind,
        escalation=(*_steps(policies), *_emergency(policies)),
        execution_window=min(policy.execution_window for policy in policies),
        drift=min(policy.drift for policy in policies),
        second_factor=any(policy.second_factor for policy in policies),
        notify=tuple(dict.fromkeys(name for policy in policies for name in policy.notify)),
        changes=tuple(path for path in lists[0] if all(path in more for more in lists)) if lists else None,
        own_request=all(policy.own_request for policy in policies),
        break_glass=BreakGlass(
            allowed=all(policy.break_glass.allowed for policy in policies),
            own=all(policy.break_glass.own for policy in policies),
        ),
        policies=tuple(policy.name for policy in policies),
        policy_hash=digest([policy.digest for policy in policies]),
        valid_until=closes if any(policy.within_session for policy in policies) else None,
        objection=max((policy.objection for policy in policies if policy.objection), default=None),
        report_within=min(policy.report_within for policy in policies),
        silence=_silence([_left_to_silence(policy) for policy in policies]),
        hours=_hours([policy.open_time for policy in policies]),
    )


def _steps(policies: Sequence[Policy]) -> tuple[Rung, ...]:
    """The steps of all of them: at each moment everybody whom one of them adds, and the longest time it gives.

    Several steps at the deadline follow each other, so the first of one goes together with the first of another.
    """
    together: dict[tuple[float, int], Rung] = {}
    for policy in policies:
        for number, rung in enumerate(policy.escalation):
            nth = sum(before.at == rung.at for before in policy.escalation[:number])
            known = together.get((rung.at, nth), rung)
            add = tuple(dict.fromkeys((*known.add, *rung.add)))
            timeout = max(known.timeout, rung.timeout) if known.timeout and rung.timeout else rung.timeout
            together[rung.at, nth] = known.model_copy(update={"add": add, "timeout": timeout})
    return tuple(together[key] for key in sorted(together))


def _emergency(policies: Sequence[Policy]) -> tuple[Rung, ...]:
    """The last step: everybody whom one of them names for an emergency, with the longest time."""
    named = [policy.emergency for policy in policies if policy.emergency]
    if not named:
        return ()
    add = tuple(dict.fromkeys(ask for one in named for ask in one.ask))
    return (Rung(at=1.0, add=add, timeout=max(one.timeout for one in named), emergency=True),)


def _hours(named: Sequence[OpenTime | None]) -> OpenTime | None:
    """The hours on which all of them agree; else every hour counts, which is the shorter time."""
    return named[0] if all(one == named[0] for one in named) else None


def _left_to_silence(policy: Policy) -> Silence | None:
    """What a policy leaves to silence, which shows no second factor."""
    return policy.auto_approve if policy.on_timeout == "approve" and not policy.second_factor else None


def _silence(left: Sequence[Silence | None]) -> Silence | None:
    """What all of them leave to silence; nothing if one of them leaves nothing."""
    agreed = [one for one in left if one is not None]
    if len(agreed) < len(left):
        return None
    listed = set(agreed[0].triggers).intersection(*(one.triggers for one in agreed))
    return Silence(
        triggers=tuple(sorted(listed)),
        min_trust=max(one.min_trust for one in agreed),
        max_age=min(one.max_age for one in agreed),
    )
