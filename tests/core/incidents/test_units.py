import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core.clock import ManualClock
from core.errors import Conflict, Invalid, NotFound
from core.incidents import records, units
from core.incidents.incident import State
from core.incidents.timeline import units as timeline
from core.incidents.timeline.units import Quote
from core.incidents.units import Declaration, News
from core.people.person import Person
from core.place import Place
from core.store import events, outbox, outbox_rows
from core.store.engine import Store, Unit
from core.store.spread import spread

ANA = Person(id="ana", name="Ana Ruiz")
BO = Person(id="bo", name="Bo Lindqvist")
REX = Person(id="rex", name="Rex", kind="agent", owner="bo")
OPS = Place(platform="slack", channel="C0OPS", workspace="T1")
MIRROR = Place(platform="discord", channel="2001")


def declaration(**more: Any) -> Declaration:
    usual: dict[str, Any] = {"title": "checkout is down", "severity": 3, "by": ANA, "places": (OPS,)}
    return Declaration(**(usual | more))


async def declared(store: Store, **more: Any) -> str:
    return (await store.transact(units.declare, declaration(**more))).id


async def test_a_declaration_is_one_commit_of_state_event_timeline_and_cards(any_store: Store) -> None:
    incident = await any_store.transact(units.declare, declaration(places=(OPS, MIRROR), service="checkout"))
    assert ("INC-1", State.OPEN, 3, "checkout") == (
        incident.id,
        incident.state,
        incident.severity,
        incident.service,
    )
    assert await any_store.read(records.get, "INC-1") == incident
    assert [e["kind"] for e in await any_store.read(events.history, "INC-1")] == ["incident.declared"]
    assert [e.kind for e in await any_store.read(records.timeline, "INC-1")] == ["declared"]
    assert {p.channel for p in await any_store.read(outbox.places, "incident", "INC-1")} == {"C0OPS", "2001"}


async def test_a_title_is_needed_and_made_one_clean_line(store: Store) -> None:
    with pytest.raises(Invalid, match="needs a title"):
        await store.transact(units.declare, declaration(title=" \u202e\n "))
    incident = await store.transact(
        units.declare, declaration(title="check\u202eout\nis\x00 down " + "x" * 500)
    )
    assert incident.id == "INC-1"
    assert incident.title.startswith("checkout is down x")
    assert len(incident.title) == 200


async def test_whoever_acknowledges_leads_and_nobody_can_after(any_store: Store, clock: ManualClock) -> None:
    incident_id = await declared(any_store)
    clock.advance(timedelta(minutes=3))
    taken = await any_store.transact(units.acknowledge, incident_id, BO)
    assert (State.ACKNOWLEDGED, "bo", clock.now()) == (taken.state, taken.lead, taken.acknowledged)
    with pytest.raises(Conflict, match="INC-1 is acknowledged already; Bo Lindqvist leads"):
        await any_store.transact(units.acknowledge, incident_id, ANA)


async def test_an_update_changes_what_it_names_and_tells_it_in_every_thread(any_store: Store) -> None:
    incident_id = await declared(any_store, places=(OPS, MIRROR))
    news = News(text="failing over", state=State.MITIGATING, severity=1, service="user-db")
    told = await any_store.transact(units.tell, incident_id, BO, news)
    assert (State.MITIGATING, 1, "user-db", "failing over", "Bo Lindqvist") == (
        told.state,
        told.severity,
        told.service,
        told.update,
        told.update_by,
    )
    assert (told.lead, told.version) == ("bo", 2)
    words = "Bo Lindqvist: now mitigating · SEV3 → SEV1 · service user-db · failing over"
    assert [words, words] == await any_store.transact(_said)


async def test_a_program_that_tells_news_does_not_lead(store: Store) -> None:
    incident_id = await declared(store)
    told = await store.transact(units.tell, incident_id, REX, News(state=State.MITIGATING))
    assert told.lead == ""


async def test_an_update_that_changes_nothing_says_so(store: Store) -> None:
    incident_id = await declared(store)
    with pytest.raises(Conflict, match="is so already"):
        await store.transact(units.tell, incident_id, ANA, News(severity=3))


@pytest.mark.parametrize("state", [State.RESOLVED, State.CLOSED, State.OPEN])
async def test_an_update_does_not_end_or_reopen(store: Store, state: State) -> None:
    incident_id = await declared(store)
    await store.transact(units.acknowledge, incident_id, BO)
    with pytest.raises(Conflict, match="not set by an update"):
        await store.transact(units.tell, incident_id, ANA, News(state=state))


async def test_an_incident_is_resolved_once_with_its_cause_and_reopened(
    any_store: Store, clock: ManualClock
) -> None:
    incident_id = await declared(any_store)
    ended = await any_store.transact(units.resolve, incident_id, ANA, "a bad deploy", "test the roll-back")
    assert (State.RESOLVED, "a bad deploy", clock.now()) == (ended.state, ended.cause, ended.resolved)
    assert await any_store.read(records.find) == []
    with pytest.raises(Conflict, match="is resolved cannot be resolved"):
        await any_store.transact(units.resolve, incident_id, BO, "again")
    again = await any_store.transact(units.reopen, incident_id, BO, "it is back")
    assert (State.OPEN, None) == (again.state, again.resolved)
    assert [one.id for one in await any_store.read(records.find)] == [incident_id]
    kinds = [e["kind"] for e in await any_store.read(events.history, incident_id)]
    assert ["incident.declared", "incident.resolved", "incident.reopened"] == kinds


async def test_a_message_is_kept_on_the_timeline_once(any_store: Store) -> None:
    incident_id = await declared(any_store)
    said = Quote("rolled\u202e back", source="slack:C0OPS:17.2")
    await any_store.transact(timeline.keep, incident_id, BO, said)
    with pytest.raises(Conflict, match="already"):
        await any_store.transact(timeline.keep, incident_id, ANA, said)
    kept = (await any_store.read(records.timeline, incident_id))[-1]
    assert ("quote", "Bo Lindqvist", "rolled back", "slack:C0OPS:17.2") == (
        kept.kind,
        kept.author,
        kept.text,
        kept.source,
    )


async def test_what_does_not_exist_is_told_with_the_way_to_find_it(store: Store) -> None:
    with pytest.raises(NotFound, match="no incident INC-7"):
        await store.transact(units.acknowledge, "INC-7", ANA)


async def test_words_wait_until_their_incident_is_chosen_and_are_used_once(any_store: Store) -> None:
    words_id = await any_store.transact(records.keep_words, "ana", {"text": "failing over"})
    with pytest.raises(NotFound):
        await any_store.transact(records.take_words, "bo", words_id)
    assert {"text": "failing over"} == await any_store.transact(records.take_words, "ana", words_id)
    with pytest.raises(NotFound):
        await any_store.transact(records.take_words, "ana", words_id)


async def test_two_at_once_take_it_on_and_one_leads(any_store: Store) -> None:
    incident_id = await declared(any_store)
    done = await asyncio.gather(
        any_store.transact(units.acknowledge, incident_id, ANA),
        any_store.transact(units.acknowledge, incident_id, BO),
        return_exceptions=True,
    )
    assert [isinstance(one, Conflict) for one in done].count(True) == 1
    leads = [one.lead for one in done if not isinstance(one, BaseException)]
    assert [(await any_store.read(records.get, incident_id)).lead] == leads


def _said(unit: Unit) -> list[str]:
    spread(unit)
    rows = unit.conn.execute(outbox_rows.OUTBOX.select().where(outbox_rows.OUTBOX.c.kind == "say"))
    return [row.payload["text"] for row in rows]
