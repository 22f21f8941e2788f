from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import wiring
from core.clock import ManualClock
from core.errors import Conflict
from core.incidents import records as incidents_rows
from core.incidents import units as incidents
from core.incidents.config import IncidentsConfig
from core.incidents.incident import Incident, State
from core.incidents.reminding import records, units
from core.incidents.reminding.pace import Pace, follows, span
from core.incidents.units import News
from core.people.person import Person
from core.store import deadlines, outbox, outbox_rows
from core.store.engine import Store, Unit
from core.store.spread import spread
from tests.core.incidents.test_units import ANA, BO, declared

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
EVERY = {1: timedelta(minutes=30), 2: timedelta(hours=1)}
INCIDENT = Incident(
    id="INC-1", title="x", severity=1, state=State.OPEN, declared_by="a", declared_name="A", created=NOW
)


@dataclass(frozen=True)
class Scene:
    incidents: IncidentsConfig
    people: dict[str, Person] = field(
        default_factory=lambda: {
            one.id: one.model_copy(update={"accounts": {"slack": f"U{one.id}"}}) for one in (ANA, BO)
        }
    )


SCENE = Scene(IncidentsConfig())


def changed(**changes: Any) -> Incident:
    return INCIDENT.model_copy(update=changes)


@given(
    state=st.sampled_from(State),
    severity=st.integers(1, 5),
    after=st.integers(0, 300),
    due=st.none() | st.integers(-300, 300),
    is_off=st.booleans(),
)
def test_what_is_due_is_always_ahead_and_never_further_than_people_wait(
    state: State, severity: int, after: int, due: int | None, *, is_off: bool
) -> None:
    now = NOW + timedelta(minutes=after)
    incident = changed(state=state, severity=severity)
    known = Pace(None if due is None else now + timedelta(minutes=due), NOW, is_off)
    found = follows(incident, known, EVERY, now)
    patience = span(incident, EVERY)
    if is_off and incident.is_open:
        assert found == known
    elif patience is None:
        assert found == Pace()
    else:
        assert found.due is not None
        assert found.due <= now + patience
        assert found.due > now or found == known


def test_news_begins_it_anew_and_a_graver_incident_is_waited_for_less() -> None:
    first = follows(changed(severity=2), Pace(), EVERY, NOW)
    assert NOW + timedelta(hours=1) == first.due
    ten = NOW + timedelta(minutes=10)
    assert ten + timedelta(minutes=30) == follows(INCIDENT, first, EVERY, ten).due
    assert ten + timedelta(hours=1) == follows(changed(severity=2, updated=ten), first, EVERY, ten).due


def test_what_somebody_put_off_stays_so_until_there_is_news() -> None:
    late = Pace(NOW + timedelta(hours=3), NOW, by="Ana")
    assert late == follows(INCIDENT, late, EVERY, NOW)
    assert (
        NOW + timedelta(minutes=31)
        == follows(changed(updated=NOW + timedelta(minutes=1)), late, EVERY, NOW).due
    )


def test_what_is_watched_may_take_twice_as_long_and_a_test_reminds_nobody() -> None:
    assert timedelta(hours=1) == span(changed(state=State.MONITORING), EVERY)
    assert span(changed(is_test=True), EVERY) is None
    assert span(changed(severity=4), EVERY) is None


async def handed(store: Store) -> list[str]:
    def work(unit: Unit) -> list[str]:
        shown = (outbox.places(unit, units.CARD, ref) for ref in outbox.refs(unit, units.CARD, "INC-1:"))
        return [place.channel.removeprefix("@") for places in shown for place in places]

    return await store.transact(work)


async def test_whoever_leads_is_reminded_and_again_until_there_is_news(
    any_store: Store, clock: ManualClock
) -> None:
    await declared(any_store, severity=1)
    await any_store.transact(incidents.acknowledge, "INC-1", BO)
    await any_store.transact(units.on_changed, SCENE, "INC-1", {})
    for number in (1, 2):
        clock.advance(timedelta(minutes=30))
        await any_store.transact(units.on_due, SCENE, "INC-1")
        assert ["Ubo"] * number == await handed(any_store)
    await any_store.transact(incidents.tell, "INC-1", BO, News(text="still looking"))
    await any_store.transact(units.on_changed, SCENE, "INC-1", {})
    clock.advance(timedelta(minutes=29))
    await any_store.transact(units.on_due, SCENE, "INC-1")
    assert ["Ubo", "Ubo"] == await handed(any_store)
    assert clock.now() + timedelta(minutes=1) == await any_store.read(
        deadlines.pending, units.REMIND, "INC-1"
    )


async def test_it_is_put_off_and_switched_off_and_ends_with_the_incident(
    store: Store, clock: ManualClock
) -> None:
    await declared(store, severity=1)
    await store.transact(units.on_changed, SCENE, "INC-1", {})
    when = await store.transact(units.put_off, "INC-1", ANA, timedelta(minutes=45))
    assert clock.now() + timedelta(minutes=45) == when
    clock.advance(timedelta(minutes=44))
    await store.transact(units.on_due, SCENE, "INC-1")
    assert [] == await handed(store)
    assert await store.transact(lambda unit: units.switch(unit, SCENE, "INC-1", ANA, on=False)) is None
    assert await store.read(deadlines.pending, units.REMIND, "INC-1") is None
    await store.transact(units.on_changed, SCENE, "INC-1", {})
    assert (await store.read(records.of, "INC-1")).off
    with pytest.raises(Conflict, match="off already"):
        await store.transact(lambda unit: units.switch(unit, SCENE, "INC-1", ANA, on=False))
    back = await store.transact(lambda unit: units.switch(unit, SCENE, "INC-1", ANA, on=True))
    assert clock.now() + timedelta(minutes=30) == back
    await store.transact(incidents.resolve, "INC-1", BO, "x")
    await store.transact(units.on_changed, SCENE, "INC-1", {})
    assert Pace() == await store.read(records.of, "INC-1")
    assert await store.read(deadlines.pending, units.REMIND, "INC-1") is None
    with pytest.raises(Conflict, match="nobody waits for news"):
        await store.transact(units.put_off, "INC-1", ANA, timedelta(minutes=45))


async def test_where_nobody_leads_its_thread_is_told(store: Store, clock: ManualClock) -> None:
    await declared(store, severity=1)
    await store.transact(units.on_changed, SCENE, "INC-1", {})
    clock.advance(timedelta(minutes=30))
    await store.transact(units.on_due, SCENE, "INC-1")
    assert [] == await handed(store)
    said = await store.transact(_said)
    assert "News of INC-1 is due, and nobody leads it: `/incident update`." in said
    assert (await store.read(incidents_rows.get, "INC-1")).version == 1


def _said(unit: Unit) -> list[str]:
    spread(unit)
    rows = unit.conn.execute(outbox_rows.OUTBOX.select().where(outbox_rows.OUTBOX.c.kind == "say"))
    return [str(row.payload.get("text")) for row in rows]


def test_it_follows_from_whatever_happens() -> None:
    for what in ("declared", "acknowledged", "updated", "resolved", "reopened", "closed"):
        assert "incidents.on_changed" in wiring.BY_EVENT[f"incident.{what}"]
