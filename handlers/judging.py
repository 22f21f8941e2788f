"""Judging what is asked once more, when it was changed or somebody wants to act at once: by the policies of now. Pure."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from core.approvals.config import Policy
from core.approvals.draft import Cast
from core.approvals.policy import Verdict, evaluate
from core.approvals.request import Request
from core.runbooks.gate import judge_subject
from core.wiring import PACKS, World


def policies_for(world: World, kind: str, named: Collection[str]) -> tuple[Policy, ...]:
    """The policies that speak about this kind; those that the program named speak, whatever they were written for."""
    return tuple(
        one.model_copy(update={"applies_to": kind}) if one.name in named else one for one in world.policies
    )


def cast_for(world: World, request: Request) -> Cast:
    """Who there is, and what judges this request."""
    named = frozenset(request.rules.policies)

    def judge(kind: str, subject: dict[str, Any], now: datetime) -> Verdict:
        if kind == "runbook":
            book = world.runbooks.get(str(subject.get("runbook", "")))
            return judge_subject(world.policies, subject, book.owners if book else (), now)
        return evaluate(policies_for(world, kind, named), kind, subject, now, PACKS)

    return Cast(world.people, world.teams, judge, world.schedules)
