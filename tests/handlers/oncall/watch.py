"""A house whose team is called by an escalation: who is on call, who is next, and then Dev."""

from dataclasses import replace

from core.paging.page import Plan, Step
from core.world import World
from tests.handlers.oncall.test_shifts import watched

PLAN = Plan(
    name="platform",
    steps=(Step(schedule="primary"), Step(following="primary"), Step(people=("dev",))),
    repeat=1,
)


def called() -> World:
    """Ana is on call, Bo is next, and Dev is called after them."""
    known = watched()
    team = known.teams["platform"].model_copy(update={"escalation": "platform"})
    return replace(known, teams={"platform": team}, escalations={"platform": PLAN})
