"""`GET /oncall/{schedule}.ics?k=…`: who is on call, for the calendars of people and of other programs."""

from datetime import timedelta

from aiohttp import web

from bot.web.problems import explain
from core.oncall import ical, units
from core.oncall.schedule import Schedule
from core.store.engine import Store, Unit
from core.world import World
from handlers.cards.link import calendar_ref, opens
from handlers.oncall.shifts import teams_of

_BEHIND, _AHEAD = timedelta(days=7), timedelta(days=90)


def routes(store: Store, world: World) -> list[web.RouteDef]:
    """The one route. Whoever holds its link may read it, as with the page of an object; nothing in it is changed."""

    async def feed(request: web.Request) -> web.Response:
        name, key = request.match_info["schedule"], request.query.get("k", "")
        if not world.secret_key or not opens(world.secret_key, calendar_ref(name), key):
            return explain(request, 403)
        schedule = world.schedules.get(name)
        if schedule is None:
            return explain(request, 404)
        body = await store.read(_calendar, world, schedule)
        kept = {"Cache-Control": "private, max-age=300"}
        return web.Response(body=body, content_type=ical.TYPE, charset="utf-8", headers=kept)

    return [web.get("/oncall/{schedule}.ics", feed)]


def _calendar(unit: Unit, world: World, schedule: Schedule) -> bytes:
    shown = units.between(unit, schedule, unit.now - _BEHIND, unit.now + _AHEAD)
    names = {person.id: person.name for person in world.people.values()}
    title = ", ".join(teams_of(world, schedule)) or schedule.name
    return ical.calendar(schedule, title, shown, names, unit.now)
