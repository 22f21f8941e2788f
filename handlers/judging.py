"""Judging what is asked once more, when it was changed or somebody wants to act at once: by the policies of now. Pure."""

from datetime import datetime
from typing import Any

from core.approvals.draft import Cast
from core.approvals.policy import Verdict, evaluate
from core.approvals.request import Request
from core.runbooks.gate import judge_subject
from core.wiring import PACKS, World


def cast_for(world: World, request: Request) -> Cast:
    """Who there is, and what judges this request."""
    named = frozenset(request.rules.policies)

    def judge(kind: str, subject: dict[str, Any], now: datetime) -> Verdict:
        if kind == "runbook":
            book = world.runbooks.get(str(subject.get("runbook", "")))
            return judge_subject(world.policies, subject, book.owners if book else (), now)
        # A policy that the program named itself speaks again, whatever kind it was written for.
        spoke = (
            one.model_copy(update={"applies_to": kind}) if one.name in named else one
            for one in world.policies
        )
        return evaluate(tuple(spoke), kind, subject, now, PACKS)

    return Cast(world.people, world.teams, judge)
