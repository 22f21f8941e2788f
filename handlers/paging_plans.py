"""How whoever is named is called: by the escalation of a team, by a schedule, or alone."""

from core.errors import Invalid
from core.paging.config import plan_of_team
from core.paging.page import Plan, Step
from core.world import World
from handlers.whom import find_person

ON_CALL = "on-call"
"""Whoever is on call, without a word of for what."""


def _only(world: World) -> str:
    """The one schedule that there is, or the one team."""
    known = list(world.schedules) or list(world.teams)
    if len(known) != 1:
        raise Invalid(
            "I do not know whose call you mean.",
            f"Name one: {', '.join(known)}." if known else "Nobody is on call here: name a person.",
        )
    return known[0].casefold()


def plan_of(world: World, platform: str, words: str) -> Plan:
    """The plan for a team, a schedule, an escalation or a person of this name, looked for in that order.

    Raises:
        NotFound: there is none.
        Invalid: whoever is on call is meant, and there is more than one team for which somebody may be.
    """
    wanted = words.strip().lstrip("@").casefold()
    if wanted.replace(" ", "-") == ON_CALL:
        wanted = _only(world)
    team = next((one for name, one in world.teams.items() if name.casefold() == wanted), None)
    if team is not None:
        return plan_of_team(world.escalations, team)
    schedule = next((name for name in world.schedules if name.casefold() == wanted), None)
    if schedule is not None:
        return Plan(name=schedule, steps=(Step(schedule=schedule), Step(following=schedule)))
    plan = next((one for name, one in world.escalations.items() if name.casefold() == wanted), None)
    if plan is not None:
        return plan
    return Plan(steps=(Step(people=(find_person(world, platform, words).id,)),))
