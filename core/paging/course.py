"""Which step of a plan comes next, and when. Pure.

The steps are gone through `repeat` times more after the first. Then comes the final step, which is also when the
alarm is raised, and from then on once more after each `again`: a page ends only when somebody answers.
"""

from collections.abc import Mapping
from datetime import timedelta

from core.paging.page import Plan, Position, Step

FIRST = Position()


def following(plan: Plan, at: Position | None) -> Position:
    """The position after this one; None: before the first."""
    if at is None:
        return FIRST
    last = len(plan.steps) - 1
    if at.step < last:
        return Position(round=at.round, step=at.step + 1)
    if at.step == last and at.round >= plan.repeat:
        return Position(round=at.round, step=last + 1)
    return Position(round=at.round + 1, step=0)


def is_final(plan: Plan, at: Position) -> bool:
    """Whether every step has been gone through as often as the plan says."""
    return at.step >= len(plan.steps)


def step_at(plan: Plan, at: Position) -> Step:
    """What is done at this position; a plan without a final step does nothing more there."""
    if is_final(plan, at):
        return plan.final or Step(wait=plan.again)
    return plan.steps[at.step]


def patience(plan: Plan, at: Position) -> timedelta:
    """How long to wait at this position until the next one is due."""
    return plan.again if is_final(plan, at) else plan.steps[at.step].wait


def passed_on(instead: Mapping[str, str], who: str, to: str) -> dict[str, str]:
    """Who is called in whose place once `who` has named `to`.

    Whoever stood in for others has `to` called for them as well, and `to` is called under their own name again.
    """
    kept = {one: to if other == who else other for one, other in instead.items() if one != to}
    return {**kept, who: to}
