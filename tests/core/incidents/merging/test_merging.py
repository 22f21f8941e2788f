from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

import pytest

from core import wiring
from core.catalogue.model import Service
from core.clock import ManualClock
from core.errors import Conflict, Invalid
from core.incidents import records
from core.incidents import units as incidents
from core.incidents.incident import State
from core.incidents.links import records as links
from core.incidents.links import units as linking
from core.incidents.merging import units
from core.incidents.summaries import units as summaries
from core.incidents.summaries.summary import Audience
from core.incidents.tasks import records as tasks
from core.incidents.tasks import units as jobs
from core.incidents.tasks.units import Wanted
from core.incidents.triage import records as triage
from core.incidents.triage import units as judging
from core.store import deadlines, outbox
from core.store.engine import Store, Unit
from tests.core.incidents.test_units import ANA, BO, MIRROR, declared


async def test_everything_that_belongs_to_one_belongs_to_the_other_then(
    any_store: Store, clock: ManualClock
) -> None:
    await declared(any_store, severity=3)
    await declared(any_store, title="payments are down", severity=1, service="payments", places=(MIRROR,))
    due = clock.now() + timedelta(hours=1)
    await any_store.transact(jobs.add, "INC-1", ANA, Wanted("a"))
    await any_store.transact(jobs.add, "INC-2", ANA, Wanted("b", BO, due))
    await any_store.transact(linking.link, "INC-2", ANA, "https://acme.test/x")
    await any_store.transact(linking.link, "INC-2", ANA, "INC-1")
    for number in (1, 2):
        await any_store.transact(judging.suspect, f"INC-{number}", ANA, f"the disk {number}")
    kept = await any_store.transact(units.merge, "INC-2", "INC-1", BO)
    gone = await any_store.read(records.get, "INC-2")
    assert (State.CLOSED, "INC-1") == (gone.state, gone.merged_into)
    assert (1, "payments", State.OPEN) == (kept.severity, kept.service, kept.state)
    assert ["a", "b"] == [one.text for one in await any_store.read(tasks.of, "INC-1")]
    assert [due, None] == [
        await any_store.read(deadlines.pending, tasks.DUE, ref) for ref in ("INC-1/2", "INC-2/1")
    ]
    assert ["https://acme.test/x"] == [one.to for one in await any_store.read(links.of, "INC-1")]
    assert [] == await any_store.read(links.of, "INC-2")
    assert ["the disk 1", "the disk 2"] == sorted(
        one.text for one in await any_store.read(triage.kept, "INC-1")
    )
    assert {"C0OPS", "2001"} == {
        place.channel for place in await any_store.read(outbox.places, "incident", "INC-1")
    }
    story = [entry.text for entry in await any_store.read(records.timeline, "INC-1")]
    assert "Declared SEV1: payments are down" in story
    assert "Bo Lindqvist made INC-2 a part of it: payments are down" == story[-1]
    assert ["Bo Lindqvist made it a part of INC-1. Go on there: /incident show INC-1"] == [
        entry.text for entry in await any_store.read(records.timeline, "INC-2")
    ]


def test_what_goes_on_by_itself_hears_that_it_is_over() -> None:
    for follows in ("paging.on_incident", "incidents.on_changed", "remedies.on_incident", "rooms.on_closed"):
        assert follows in wiring.BY_EVENT["incident.closed"]


async def test_whoever_asks_for_its_words_gets_those_of_the_one_that_goes_on(store: Store) -> None:
    await declared(store, title="checkout is down")
    await declared(store, title="payments are down")
    await store.transact(units.merge, "INC-2", "INC-1", ANA)
    for audience in Audience:
        said = [await store.read(_words, name, audience) for name in ("INC-1", "INC-2")]
        assert said[0] == said[1]
        assert "again" not in said[0]


async def test_what_cannot_be_merged_says_why_and_what_can_be_done(store: Store) -> None:
    for _ in range(4):
        await declared(store)
    await store.transact(units.merge, "INC-2", "INC-1", ANA)
    await store.transact(incidents.resolve, "INC-3", ANA, "x")
    for source, target, why in (
        ("INC-2", "INC-4", "INC-2 is a part of INC-1 already"),
        ("INC-4", "INC-2", "INC-2 is a part of INC-1 already"),
        ("INC-4", "INC-3", "INC-3 is resolved"),
    ):
        with pytest.raises(Conflict, match=why) as refused:
            await store.transact(units.merge, source, target, ANA)
        assert refused.value.mend
    with pytest.raises(Invalid, match="part of itself"):
        await store.transact(units.merge, "INC-4", "INC-4", ANA)
    await store.transact(units.merge, "INC-3", "INC-4", ANA)


async def test_a_merge_is_not_taken_back_and_says_so(store: Store) -> None:
    await declared(store)
    await declared(store)
    await store.transact(units.merge, "INC-2", "INC-1", ANA)
    with pytest.raises(Conflict, match="INC-2 is a part of INC-1") as refused:
        await store.transact(incidents.reopen, "INC-2", ANA, "that was wrong")
    assert "declare a new one" in refused.value.mend


def _words(unit: Unit, incident: str, audience: Audience) -> str:
    return summaries.tell(unit, Street(), records.get(unit, incident), audience)


class Street:
    """A world without services."""

    services: Mapping[str, Service] = MappingProxyType({})
    timezone: str = "UTC"


async def test_news_of_what_went_into_another_one_is_told_where_it_went(any_store: Store) -> None:
    await declared(any_store)
    await declared(any_store, title="the same")
    await any_store.transact(units.merge, "INC-2", "INC-1", BO)
    with pytest.raises(Conflict, match="INC-2 is a part of INC-1") as refused:
        await any_store.transact(incidents.tell, "INC-2", ANA, incidents.News("still there"))
    assert "/incident update INC-1" in refused.value.mend
