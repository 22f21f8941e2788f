from datetime import datetime, timedelta

from core.oncall import units
from core.oncall.schedule import Layer, Override, Schedule
from core.people.person import Person
from core.store.engine import Store
from tests.stores import START

PRIMARY = Schedule("primary", "UTC", (Layer(("ana", "bo"), "weekly", datetime(2026, 1, 5, 9)),))  # noqa: DTZ001 - a time on the wall
BO = Person(id="bo", name="Bo")


async def test_an_override_is_kept_and_the_newest_of_two_holds(any_store: Store) -> None:
    for person, hours in (("bo", 8), ("chi", 2)):
        made = Override("primary", person, START, START + timedelta(hours=hours), by="ana", reason="ill")
        await any_store.transact(units.override, PRIMARY, BO, made)
    schedules = {"primary": PRIMARY}
    for hours, person in ((0, "chi"), (2, "bo"), (8, "ana")):
        at = START + timedelta(hours=hours)
        assert {"primary": person} == await any_store.read(units.on_call, schedules, at)
    now, then, *_ = await any_store.read(units.ahead, PRIMARY, START)
    assert now.override is not None
    assert ("ill", "bo") == (now.override.reason, then.person)
