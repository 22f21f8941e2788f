from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import ManualClock
from core.errors import Conflict, Invalid, NotFound
from core.incidents import records as incidents
from core.incidents import units as incidents_units
from core.incidents.incident import Entry
from core.incidents.timeline import marks, seen, units
from core.incidents.timeline.units import Quote
from core.place import Place
from core.store import events
from core.store.engine import Store, Unit
from tests.core.incidents.test_units import ANA, BO, declared
from tests.stores import START

SPOT = Place(platform="slack", channel="C0OPS", message="17.2")
NAMES = {"ana": "Ana Ruiz", "bo": "Bo Lindqvist"}


async def said(store: Store, incident: str) -> list[str]:
    found = await store.read(page, incident)
    return [line.text for line in found]


def page(unit: Unit, incident: str, mark: str = "", limit: int = 50, *, newest: bool = False) -> list[Entry]:
    cut = marks.read(mark, limit=limit, newest=newest)
    return units.read(unit, NAMES, incidents.get(unit, incident), cut)


def happened(unit: Unit, kind: str, ref: str, data: dict[str, object]) -> None:
    events.append(unit, kind, ref, actor="system", data=data)


async def test_what_was_said_stands_at_the_moment_it_was_said(store: Store, clock: ManualClock) -> None:
    incident = await declared(store)
    earlier = clock.now() - timedelta(minutes=5)
    await store.transact(units.keep, incident, ANA, Quote("errors rise", earlier, "Bo", "slack:C0OPS:17.2"))
    late = clock.now() + timedelta(days=1)
    await store.transact(units.keep, incident, ANA, Quote("from the future", late))
    first, _, last = await store.read(page, incident)
    assert ("errors rise", earlier, "Bo", "ana") == (first.text, first.at, first.author, first.by)
    assert clock.now() == last.at, "nothing is said later than now"


async def test_a_line_that_people_kept_is_changed_and_struck_and_the_log_keeps_both(any_store: Store) -> None:
    incident = await declared(any_store)
    await any_store.transact(units.keep, incident, ANA, Quote("rolled bak"))
    (line,) = [one for one in await any_store.read(page, incident) if one.kind == "quote"]
    await any_store.transact(units.reword, incident, line.id, BO, "rolled back")
    assert "rolled back" in await said(any_store, incident)
    with pytest.raises(Conflict, match="says so already"):
        await any_store.transact(units.reword, incident, line.id, BO, "rolled back")
    with pytest.raises(Invalid, match="needs words"):
        await any_store.transact(units.reword, incident, line.id, BO, " ")
    await any_store.transact(units.strike, incident, line.id, BO)
    assert ["Declared SEV3: checkout is down"] == await said(any_store, incident)
    told = [event["kind"] for event in await any_store.read(events.history, incident)]
    assert ["incident.entry_changed", "incident.entry_struck"] == told[-2:]
    with pytest.raises(NotFound):
        await any_store.transact(units.strike, incident, line.id, BO)


async def test_what_the_house_saw_stays_as_it_is(store: Store) -> None:
    incident = await declared(store)
    (line,) = await store.read(page, incident)
    with pytest.raises(Conflict, match="I saw that by myself"):
        await store.transact(units.strike, incident, line.id, ANA)
    with pytest.raises(Conflict, match="I saw that by myself"):
        await store.transact(units.reword, incident, line.id, ANA, "another story")


async def test_of_words_that_are_gone_nothing_is_kept(store: Store) -> None:
    incident = await declared(store)
    await store.transact(units.keep, incident, ANA, Quote("my password is x", source=units.source_of(SPOT)))
    assert 1 == await store.transact(units.follow, SPOT, None, "slack:U0BO")
    assert 0 == await store.transact(units.follow, SPOT, None, "slack:U0BO")
    assert "password" not in str(await store.read(events.history, incident))
    await store.transact(units.keep, incident, ANA, Quote("said again", source=units.source_of(SPOT)))
    assert "said again" in await said(store, incident)


async def test_only_whoever_kept_a_message_lets_it_go(store: Store) -> None:
    incident = await declared(store)
    await store.transact(units.keep, incident, ANA, Quote("a fact", source=units.source_of(SPOT)))
    assert 0 == await store.transact(units.let_go, SPOT, BO)
    assert 1 == await store.transact(units.let_go, SPOT, ANA)


async def test_health_and_other_changes_of_its_service_stand_on_it_from_two_hours_before(
    any_store: Store, clock: ManualClock
) -> None:
    worse: dict[str, object] = {"from": "healthy", "to": "unhealthy", "reasons": ["live: HTTP 500"]}
    await any_store.transact(happened, "health.changed", "checkout", {"from": "unknown", "to": "degraded"})
    clock.advance(timedelta(hours=2, minutes=1))
    await any_store.transact(happened, "health.changed", "checkout", worse)
    await any_store.transact(happened, "health.changed", "payments", worse)
    incident = await declared(any_store, service="checkout")
    assert [
        "checkout became unhealthy, it was healthy (live: HTTP 500).",
        "Declared SEV3: checkout is down",
    ] == await said(any_store, incident)


async def test_page_after_page_everything_is_read_once_in_order(store: Store, clock: ManualClock) -> None:
    incident = await declared(store, service="checkout")
    for number in range(7):
        if number % 3 == 0:
            clock.advance(timedelta(seconds=1))
        await store.transact(units.keep, incident, ANA, Quote(f"line {number}"))
        await store.transact(happened, "health.changed", "checkout", {"to": str(number)})
    whole = await store.read(page, incident)
    assert 15 == len(whole)
    read: list[Entry] = []
    mark = ""
    while found := await store.read(page, incident, mark, 4):
        read += found
        mark = marks.write(found[-1])
    assert whole == read
    back: list[Entry] = []
    mark = ""
    while found := await store.read(lambda unit, at: page(unit, incident, at, 4, newest=True), mark):
        back = [*found, *back]
        mark = marks.write(found[0])
    assert whole == back


def test_what_the_house_began_by_itself_says_so_in_words() -> None:
    event = {"seq": 1, "actor": "trigger:remediation", "ref": "AP-1", "data": {}, "at": START}
    assert {"Automation"} == {seen.entry(event | {"kind": kind}, NAMES).author for kind in seen.KINDS}


async def test_runs_are_signed_with_names(store: Store) -> None:
    incident = await declared(store)
    for who in ("ana", "trigger:remediation"):
        await store.transact(incidents_units.note, incident, "run", who, "Run RUN-1 (restart): running.")
    assert ["Ana Ruiz", "Automation"] == [one.author for one in (await store.read(page, incident))[-2:]]


@given(st.text(max_size=60))
def test_whatever_comes_as_a_mark_is_read_or_refused(mark: str) -> None:
    try:
        cut = marks.read(mark, limit=5)
    except Invalid:
        return
    assert mark == "" or marks.write(Entry(id=cut.number, at=cut.at or START, kind="", author="", text=""))


@given(st.integers(min_value=-(10**15), max_value=10**15), st.integers(min_value=0, max_value=10**16))
def test_a_mark_reads_as_it_was_written(number: int, micros: int) -> None:
    at = START + timedelta(microseconds=micros)
    cut = marks.read(marks.write(Entry(id=number, at=at, kind="", author="", text="")), limit=5)
    assert (at, number) == (cut.at, cut.number)
