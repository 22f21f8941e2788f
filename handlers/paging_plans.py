"""How whoever is named is called: by the escalation of a team, by a schedule, or alone."""

from core.paging.config import usual
from core.paging.page import Plan, Step
from core.wiring import World
from handlers.whom import find_person


def plan_of(world: World, platform: str, words: str) -> Plan:
    """The plan for a team, a schedule, an escalation or a person of this name, looked for in that order.

    Raises:
        NotFound: there is none.
    """
    wanted = words.strip().lstrip("@").casefold()
    team = next((one for name, one in world.teams.items() if name.casefold() == wanted), None)
    if team is not None:
        return world.escalations.get(team.escalation or "") or usual(team)
    schedule = next((name for name in world.schedules if name.casefold() == wanted), None)
    if schedule is not None:
        return Plan(name=schedule, steps=(Step(schedule=schedule), Step(following=schedule)))
    plan = next((one for name, one in world.escalations.items() if name.casefold() == wanted), None)
    if plan is not None:
        return plan
    return Plan(steps=(Step(people=(find_person(world, platform, words).id,)),))
