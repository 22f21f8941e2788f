"""What looks lead to, on both engines: what is kept, which card there is, which event."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.catalogue.model import HealthCheck, Service
from core.clock import ManualClock
from core.health import records, units
from core.health.check import Finding, Sighting, Status, Watched
from core.health.config import HealthRules, check_health
from core.health.spell import Spell
from core.notify.channel import Channel
from core.people.team import Team
from core.place import Place
from core.source import load
from core.store import dispatch, events, leases, outbox_rows
from core.store.engine import Store, Unit
from core.store.spread import spread
from core.world import World

WORDS = {letter: status for status in Status for letter in [{"unknown": "k"}.get(status, status[0])]}
CHECK = HealthCheck(name="live", kind="liveness", means="http", target="x", interval=timedelta(seconds=10))
SLOW = CHECK.model_copy(update={"name": "quick", "critical": False})
OPS = Place(platform="slack", channel="C0OPS")
TEAM = Place(platform="discord", channel="2001")


def world(**more: Any) -> World:
    checkout = Service(
        name="checkout", owner="platform", depends_on=("payments",), tier=0, health=(CHECK, SLOW)
    )
    made = World(
        workspace="acme",
        teams={"platform": Team(name="platform", places=(TEAM,))},
        channels={"ops": Channel(name="ops", places=(OPS,))},
        services={
            "checkout": checkout,
            "payments": Service(name="payments", owner="platform", health=(CHECK,)),
        },
    )
    return replace(made, **more)


@dataclass
class Night:
    """A night in which results come in: of checkout's `live` unless another check is named."""

    store: Store
    clock: ManualClock
    world: World = field(default_factory=world)

    async def sees(self, results: str, service: str = "checkout", name: str = "live") -> dict[str, Status]:
        became: dict[str, Status] = {}
        for letter in results:
            self.clock.advance(timedelta(seconds=10))
            check = next(one for one in self.world.services[service].health if one.name == name)
            finding = Finding(WORDS[letter], f"{service} {letter}")
            seen = Sighting(Watched(service, check), self.clock.now(), timedelta(milliseconds=12), finding)
            kept = await self.store.transact(units.record, self.world, [seen])
            assert kept is not None
            became |= kept
        return became

    async def well(self) -> None:
        for service, name in (("checkout", "live"), ("checkout", "quick"), ("payments", "live")):
            await self.sees("hh", service, name)

    async def spells(self, service: str = "checkout") -> list[Spell]:
        return await self.store.read(records.spells_of, service)

    async def shown(self) -> list[tuple[str, str]]:
        """Which cards there are, and where."""
        copy = outbox_rows.COPY
        query = sa.select(copy.c.ref, copy.c.channel).order_by(copy.c.seq)
        found = await self.store.read(lambda unit: unit.conn.execute(query).all())
        return [(ref, channel) for ref, channel in found]

    async def happened(self, ref: str = "checkout") -> list[tuple[str, str]]:
        log = await self.store.read(events.history, ref)
        return [(one["data"]["from"], one["data"]["to"]) for one in log if one["kind"] == units.CHANGED]


@pytest.fixture
def night(store: Store, clock: ManualClock) -> Night:
    return Night(store, clock)


@pytest.fixture
def either(any_store: Store, clock: ManualClock) -> Night:
    """A night on each engine."""
    return Night(any_store, clock)


async def test_what_is_healthy_from_the_beginning_is_an_event_and_no_card(night: Night) -> None:
    assert {} == await night.sees("hh")
    assert {"checkout": Status.HEALTHY} == await night.sees("hh", name="quick")
    assert [("unknown", "healthy")] == await night.happened()
    assert [] == await night.shown()


async def test_one_card_for_one_spell_edited_until_it_is_over(either: Night) -> None:
    await either.well()
    assert {} == await either.sees("uu")
    assert {"checkout": Status.UNHEALTHY} == await either.sees("u")
    (spell,) = await either.spells()
    assert ("HLT-1", None, Status.UNHEALTHY) == (spell.id, spell.ended, spell.status)
    assert [("HLT-1", "2001")] == await either.shown()
    await either.sees("uuu")
    assert {"checkout": Status.HEALTHY} == await either.sees("hh")
    (spell,) = await either.spells()
    assert (either.clock.now(), Status.HEALTHY) == (spell.ended, spell.status)
    assert [("HLT-1", "2001")] == await either.shown()
    assert [
        ("unknown", "healthy"),
        ("healthy", "unhealthy"),
        ("unhealthy", "healthy"),
    ] == await either.happened()


async def test_the_event_says_what_whoever_reacts_needs(night: Night) -> None:
    await night.well()
    await night.sees("uuu", "payments")
    *_, last = await night.store.read(events.history, "payments")
    assert {
        "from": "healthy",
        "to": "unhealthy",
        "reasons": ["live: payments u"],
        "spell": "HLT-1",
        "tier": 2,
        "needed_by": ["checkout"],
    } == last["data"]
    assert [("unknown", "healthy")] == await night.happened(), "a neighbour has no event for it"
    reports = await night.store.read(units.reports, night.world.services, ["checkout", "payments"])
    assert [Status.DEGRADED, Status.UNHEALTHY] == [one.status for one in reports]


async def test_what_comes_back_soon_is_the_same_spell_and_later_another(either: Night) -> None:
    await either.well()
    await either.sees("uuuhh")
    either.clock.advance(timedelta(minutes=10))
    await either.sees("uuuhh")
    assert ["HLT-1"] == [spell.id for spell in await either.spells()]
    either.clock.advance(timedelta(minutes=16))
    await either.sees("uuu")
    assert ["HLT-2", "HLT-1"] == [spell.id for spell in await either.spells()]
    assert [("HLT-1", "2001"), ("HLT-2", "2001")] == await either.shown()


async def test_a_spell_that_grows_worse_or_has_other_reasons_says_so_on_its_card(night: Night) -> None:
    await night.well()
    await night.sees("ddd", name="quick")
    await night.sees("uuu")
    await night.sees("uuu", name="quick")
    (spell,) = await night.spells()
    assert [
        ("degraded", ("quick: checkout d",)),
        ("unhealthy", ("live: checkout u", "quick: checkout d")),
        ("unhealthy", ("live: checkout u", "quick: checkout u")),
    ] == [(change.status, change.why) for change in spell.changes]


async def test_what_could_not_be_found_out_has_no_card_until_something_is_seen_to_be_wrong(
    night: Night,
) -> None:
    await night.well()
    await night.sees("kkk")
    (spell,) = await night.spells()
    assert (Status.UNKNOWN, []) == (spell.status, await night.shown())
    await night.sees("uuu")
    assert [("HLT-1", "2001")] == await night.shown()
    assert [
        ("unknown", "healthy"),
        ("healthy", "unknown"),
        ("unknown", "unhealthy"),
    ] == await night.happened()


async def test_a_check_that_is_taken_out_takes_what_it_said_with_it(night: Night) -> None:
    await night.well()
    await night.sees("uuu", name="quick")
    checkout = night.world.services["checkout"].model_copy(update={"health": (CHECK,)})
    left = {**night.world.services, "checkout": checkout}
    taken = await night.store.transact(units.take, world(services=left), begins=True)
    assert taken is not None
    assert Status.HEALTHY is taken["checkout"]
    (spell,) = await night.spells()
    assert night.clock.now() == spell.ended


async def test_configured_channels_are_told_in_the_place_of_the_team(night: Night) -> None:
    night.world = world(health=HealthRules(notify=("ops",)))
    await night.well()
    await night.sees("uuu")
    assert [("HLT-1", "C0OPS")] == await night.shown()


async def test_a_thread_tells_each_change_in_words(night: Night) -> None:
    await night.well()
    await night.sees("uuuhh")
    told = await night.store.transact(_told)
    assert ["✓ checkout is healthy again, after 20s."] == told


async def test_a_process_that_has_lost_its_turn_keeps_nothing(either: Night) -> None:
    assert {} == await either.store.transact(units.take, either.world, begins=True)
    seen = Sighting(Watched("checkout", CHECK), either.clock.now(), timedelta(), Finding(Status.HEALTHY, ""))

    def other(unit: Unit) -> None:
        unit.process = "other"
        either.clock.advance(units.TTL)
        unit.now = either.clock.now()
        assert leases.hold(unit, units.LEASE, units.TTL)

    await either.store.transact(other)
    assert await either.store.transact(units.record, either.world, [seen]) is None
    assert await either.store.transact(units.take, either.world, begins=True) is None
    assert {} == await either.store.read(records.standings)


async def test_what_is_not_watched_any_more_is_forgotten_and_its_spell_ends(either: Night) -> None:
    await either.well()
    await either.sees("uuu")
    left = {"payments": either.world.services["payments"]}
    taken = await either.store.transact(units.take, world(services=left), begins=True)
    assert {"payments": Status.HEALTHY} == taken
    (spell,) = await either.spells()
    assert (either.clock.now(), Status.UNKNOWN) == (spell.ended, spell.status)
    assert [("payments", "live")] == list(await either.store.read(records.standings))
    assert ["payments"] == list(await either.store.read(records.counts))


async def test_results_of_one_moment_are_one_commit_in_their_order(night: Night) -> None:
    batch = [
        Sighting(Watched("payments", CHECK), night.clock.now(), timedelta(), Finding(WORDS[letter], letter))
        for letter in "hhuuu"
    ]
    assert {"payments": Status.UNHEALTHY} == await night.store.transact(units.record, night.world, batch)


def _told(unit: Unit) -> Sequence[str]:
    for out in dispatch.claim(unit, leader=True):
        dispatch.sent(unit, out, "1700.1")
        if out.copy_id:
            dispatch.shown(unit, out.copy_id, "1700.1", 1)
    spread(unit)
    rows = unit.conn.execute(sa.select(outbox_rows.OUTBOX).where(outbox_rows.OUTBOX.c.kind == "say"))
    return [row.payload["text"] for row in rows]


def test_a_channel_without_a_chat_cannot_be_told() -> None:
    source = load("health: {notify: [ops, mail, nobody]}", "wardroom.yaml")
    rules = HealthRules(notify=("ops", "mail", "nobody"))
    channels = {"ops": Channel(name="ops", places=(OPS,)), "mail": Channel(name="mail")}
    problems = check_health(source, rules, channels)
    assert ["The channel mail has no chat, where a card could be.", "Unknown channel `nobody`."] == [
        problem.what for problem in problems
    ]
