"""What counts while a calendar is read, changed, lost and read again; and our own calendar, read back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.notify.channel import Channel
from core.oncall import units as oncall
from core.oncall.calendars import units
from core.oncall.calendars.calendar import Event
from core.oncall.calendars.reading import read
from core.oncall.config import ScheduleConfig, schedules
from core.oncall.ical import calendar
from core.oncall.schedule import Feed, Schedule
from core.people.person import Person
from core.place import Place
from core.store import events, outbox_rows
from core.store.engine import Store, Unit
from core.store.spread import spread
from core.world import World
from tests.stores import ENGINES, START, opened, sqlite_url

PEOPLE = {name: Person(id=name, name=f"{name.title()} X") for name in ("ana", "bo", "chi")}
OPS = Place(platform="slack", channel="C0OPS")
HOUR = timedelta(hours=1)


def plan(text: dict[str, object]) -> Schedule:
    config = ScheduleConfig.model_validate(text)
    return schedules({"primary": config}, "Europe/Berlin")["primary"]


FIRST = {"people": ["chi"], "start": "2026-01-05T09:00"}
WITH_CALENDAR = plan({"layers": [FIRST, {"ical": "https://calendar.test/a.ics"}]})


@dataclass
class Desk:
    """A store, its time and the world."""

    store: Store
    clock: ManualClock
    world: World

    @property
    def feed(self) -> Feed:
        (feed,) = units.feeds(self.world.schedules.values())
        return feed

    async def says(self, *found: Event) -> None:
        named = units.named(self.feed, self.world.people, found)
        await self.store.transact(units.keep, self.world, self.feed, named)

    async def fails(self) -> None:
        await self.store.transact(units.fail, self.world, self.feed, "It answers with status 503.")

    async def on_call(self, at: datetime | None = None) -> str:
        return (await self.store.read(oncall.on_call, self.world.schedules, at))["primary"]


@pytest.fixture(params=ENGINES)
async def desk(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Desk]:
    url = sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    channels = {"ops": Channel(name="ops", places=(OPS,))}
    world = World(workspace="acme", people=PEOPLE, schedules={"primary": WITH_CALENDAR}, channels=channels)
    async with opened(url, clock) as store:
        yield Desk(store, clock, world)


def event(who: str, begins: float, ends: float) -> Event:
    return Event(START + begins * HOUR, START + ends * HOUR, (who,))


def told(unit: Unit) -> list[str]:
    spread(unit)
    rows = unit.conn.execute(outbox_rows.OUTBOX.select().where(outbox_rows.OUTBOX.c.kind == "say"))
    return [str(row.payload["text"]) for row in rows]


async def test_a_calendar_goes_before_the_layers_below_it_wherever_it_names_somebody(desk: Desk) -> None:
    assert "chi" == await desk.on_call()
    await desk.says(event("ana", -1, 4), event("Nobody Known", 4, 8), event("bo", 8, 9))
    found = [await desk.on_call(START + hours * HOUR) for hours in (0, 3.9, 5, 8, 9)]
    assert ["ana", "ana", "chi", "bo", "chi"] == found
    (shift, then, *_) = await desk.store.read(oncall.ahead, WITH_CALENDAR, START, 4)
    assert ("ana", START + 4 * HOUR, 2) == (shift.person, shift.ends, shift.layer)
    assert ("chi", START + 8 * HOUR, 1) == (then.person, then.ends, then.layer)


async def test_of_two_events_at_once_the_later_one_holds(desk: Desk) -> None:
    await desk.says(event("ana", -5, 5), event("bo", -1, 1))
    assert ["bo", "ana"] == [await desk.on_call(), await desk.on_call(START + HOUR)]


async def test_what_a_calendar_says_anew_replaces_what_it_said_and_the_past_stays(desk: Desk) -> None:
    await desk.says(event("ana", -1, 1), event("bo", 1, 2))
    desk.clock.advance(timedelta(days=30))
    await desk.says(event("bo", 719, 721))
    assert ["ana", "bo"] == [await desk.on_call(START), await desk.on_call()]
    await desk.says()
    assert "chi" == await desk.on_call()


async def test_the_last_good_copy_counts_while_it_is_away_and_operators_hear_once(desk: Desk) -> None:
    await desk.says(event("ana", -1, 400))
    for _ in range(5):
        desk.clock.advance(HOUR)
        await desk.fails()
    assert "ana" == await desk.on_call()
    (copy,) = await desk.store.read(oncall.copies, WITH_CALENDAR)
    assert (START, 5, "It answers with status 503.") == (copy.good, copy.failures, copy.error)
    await desk.says(event("bo", -1, 400))
    assert [
        "The calendar of primary cannot be read: It answers with status 503. What it said at 2026-03-02 09:00 UTC counts on.",
        "The calendar of primary can be read again.",
    ] == await desk.store.transact(told)
    kinds = [row["kind"] for row in await desk.store.read(events.after, 0)]
    assert ["oncall.calendar_lost", "oncall.calendar_back"] == kinds
    (copy,) = await desk.store.read(oncall.copies, WITH_CALENDAR)
    assert (0, "") == (copy.failures, copy.error)


async def test_each_is_read_by_one_process_as_often_as_it_says_and_when_people_change(desk: Desk) -> None:
    assert [desk.feed] == await desk.store.transact(units.take, desk.world)
    assert [] == await desk.store.transact(units.take, desk.world)
    desk.clock.advance(timedelta(minutes=15))
    assert [desk.feed] == await desk.store.transact(units.take, desk.world)
    desk.world = replace(desk.world, people={**PEOPLE, "dev": Person(id="dev", name="Dev")})
    assert [desk.feed] == await desk.store.transact(units.take, desk.world)


async def test_what_no_schedule_names_any_more_is_forgotten(desk: Desk) -> None:
    await desk.says(event("ana", -1, 4))
    await desk.store.transact(units.tidy, replace(desk.world, schedules={}))
    assert "chi" == await desk.on_call()


async def test_only_those_whom_the_layer_names_can_be_named(desk: Desk) -> None:
    layer = {"ical": "https://calendar.test/a.ics", "people": ["bo"]}
    desk.world = replace(desk.world, schedules={"primary": plan({"layers": [FIRST, layer]})})
    await desk.says(event("ana", -1, 4))
    assert "chi" == await desk.on_call()
    (copy,) = await desk.store.read(oncall.copies, desk.world.schedules["primary"])
    assert ("ana",) == copy.unknown


async def test_our_own_calendar_read_back_is_the_same_schedule(desk: Desk) -> None:
    known = plan(
        {
            "layers": [
                {"people": ["ana", "bo"], "rotate": "weekly", "start": "2026-01-05T09:00"},
                {
                    "people": ["chi"],
                    "rotate": "daily",
                    "start": "2026-01-05T09:00",
                    "hours": {"days": "mon-fri", "from": "09:00", "to": "17:00"},
                },
            ]
        }
    )
    until = START + timedelta(days=60)
    shifts = await desk.store.read(oncall.between, known, START, until)
    names = {person.id: person.name for person in PEOPLE.values()}
    body = calendar(known, "platform", shifts, names, START)
    await desk.says(*read(body, units.span(START), "Europe/Berlin"))
    again = await desk.store.read(oncall.between, WITH_CALENDAR, START, until)
    assert [(one.person, one.begins, one.ends) for one in shifts[:-1]] == [
        (one.person, one.begins, one.ends) for one in again[: len(shifts) - 1]
    ]
    assert any(one.begins > datetime(2026, 3, 30, tzinfo=UTC) for one in shifts), "clocks change in between"
