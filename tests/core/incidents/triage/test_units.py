from dataclasses import dataclass, field

import pytest

from core import wiring
from core.catalogue.model import Service
from core.clock import ManualClock
from core.errors import Conflict, Invalid, NotFound
from core.health import records as health
from core.health.aggregate import Count
from core.health.check import Status
from core.incidents import records
from core.incidents import units as incidents
from core.incidents.triage import units
from core.incidents.triage.hypothesis import Verdict
from core.incidents.triage.judge import Triage
from core.store import events
from core.store.engine import Store, Unit
from tests.core.incidents.test_units import ANA, BO, declared


@dataclass(frozen=True)
class Scene:
    services: dict[str, Service] = field(
        default_factory=lambda: {
            "checkout": Service(name="checkout", depends_on=("payments",), owner="platform"),
            "payments": Service(name="payments"),
        }
    )


SCENE = Scene()


def _sick(unit: Unit) -> None:
    health.put_count(unit, "payments", Count(Status.UNHEALTHY, unit.now, ""))


def _look(unit: Unit) -> Triage:
    return units.look(unit, SCENE, records.get(unit, "INC-1"))


async def test_what_is_known_is_gathered_and_written_down_when_it_begins(any_store: Store) -> None:
    await any_store.transact(_sick)
    await declared(any_store, title="payments time out", service="payments")
    await any_store.transact(incidents.resolve, "INC-1", BO, "a full pool")
    await declared(any_store, service="checkout")
    await any_store.transact(units.on_declared, SCENE, "INC-2", {})
    entry = (await any_store.read(records.timeline, "INC-2"))[-1]
    assert ("triage", "Wardroom") == (entry.kind, entry.author)
    assert entry.text == (
        "Triage: availability (“down” in its title). "
        "Suspected: payments is unhealthy (checkout depends on payments, by its checks)."
    )
    assert "incidents.on_declared" in wiring.BY_EVENT["incident.declared"]


async def test_people_add_confirm_and_rule_out_and_that_outlives_the_facts(
    any_store: Store, clock: ManualClock
) -> None:
    await any_store.transact(_sick)
    await declared(any_store, service="checkout")
    await any_store.transact(units.suspect, "INC-1", ANA, "the pool\nis full")
    await any_store.transact(units.judge, SCENE, "INC-1", BO, ("PAYMENTS", Verdict.RULED_OUT, "it is fine"))
    await any_store.transact(units.judge, SCENE, "INC-1", BO, ("h1", Verdict.CONFIRMED, "the graph shows it"))
    found = (await any_store.read(_look)).hypotheses
    assert [("H1", "confirmed", "Bo Lindqvist"), ("payments", "ruled out", "Bo Lindqvist")] == [
        (one.key, str(one.verdict), one.by) for one in found
    ]
    assert "the pool is full" == found[0].text
    await any_store.transact(incidents.resolve, "INC-1", BO, "the pool")
    assert found == (await any_store.read(_look)).hypotheses
    kinds = [row["kind"] for row in await any_store.read(events.history, "INC-1")]
    assert 3 == kinds.count("incident.suspected")
    story = [entry.text for entry in await any_store.read(records.timeline, "INC-1")]
    assert "Bo Lindqvist: the pool is full (H1) is confirmed: the graph shows it" in story


async def test_what_is_over_is_not_guessed_at_any_more(store: Store) -> None:
    await store.transact(_sick)
    await declared(store, service="checkout")
    assert ["payments"] == [one.key for one in (await store.read(_look)).hypotheses]
    await store.transact(incidents.resolve, "INC-1", BO, "x")
    assert () == (await store.read(_look)).hypotheses


async def test_what_cannot_be_said_is_refused_with_what_can(store: Store) -> None:
    await declared(store, service="checkout")
    with pytest.raises(Invalid, match="What do you suspect"):
        await store.transact(units.suspect, "INC-1", ANA, " \n ")
    with pytest.raises(NotFound, match="no hypothesis “H7”") as refused:
        await store.transact(units.judge, SCENE, "INC-1", ANA, ("H7", Verdict.CONFIRMED, ""))
    assert "none yet" in refused.value.mend
    await store.transact(units.suspect, "INC-1", ANA, "the disk")
    with pytest.raises(Conflict, match="H1 is suspected already"):
        await store.transact(units.judge, SCENE, "INC-1", ANA, ("H1", Verdict.SUSPECTED, ""))
