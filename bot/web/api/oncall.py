"""Who is on call, for programs."""

from typing import Any

from pydantic import Field

from bot.web.api.route import Answer, Asking, Moment, Page, Route
from core.oncall import moments, units
from core.oncall.schedule import Schedule, Shift
from core.store.engine import Unit
from core.world import World
from handlers.oncall.shifts import schedule_of, teams_of


class Which(Page):
    """For which team or schedule, and when: all of them, and now, if it is not said."""

    team: str = Field(default="", max_length=64)
    at: Moment | None = None


def routes() -> tuple[Route, ...]:
    """The one route: being known is enough, since anybody may have to know whom to wake."""
    return (
        Route(
            "GET",
            "/oncall",
            "Who is on call, until when, and who follows.",
            "",
            listing,
            query=Which,
            refuses=(404,),
        ),
    )


async def listing(asking: Asking) -> Answer:
    """One item for each schedule, by name."""
    query, world = asking.query, asking.world
    wanted = [schedule_of(world, query.team)] if query.team else sorted(world.schedules.values(), key=_name)
    left = [schedule for schedule in wanted if schedule.name > query.cursor]
    shown = left[: query.limit]
    items = await asking.store.read(_items, world, shown, query.at)
    return Answer({"items": items, "next": shown[-1].name if len(left) > len(shown) else None})


def _items(unit: Unit, world: World, schedules: list[Schedule], at: Any) -> list[dict[str, Any]]:
    moment = moments.within(at) if at else unit.now
    return [
        _item(world, schedule, moment, units.ahead(unit, schedule, moment, count=3)) for schedule in schedules
    ]


def _item(world: World, schedule: Schedule, at: Any, shifts: list[Shift]) -> dict[str, Any]:
    now, *later = shifts
    over = now.override
    follows = next((shift for shift in later if shift.person), None)
    return {
        "schedule": schedule.name,
        "teams": list(teams_of(world, schedule)),
        "timezone": schedule.zone,
        "at": at,
        **_shown(world, now),
        "layer": now.layer,
        "override": {"by": over.by, "reason": over.reason, "swapped_with": over.swapped_with or None}
        if over
        else None,
        "next": _shown(world, follows) | {"from": follows.begins} if follows else None,
    }


def _shown(world: World, shift: Shift) -> dict[str, Any]:
    known = world.people.get(shift.person)
    return {
        "person": shift.person or None,
        "name": known.name if known else shift.person or None,
        "until": shift.ends,
    }


def _name(schedule: Schedule) -> str:
    return schedule.name
