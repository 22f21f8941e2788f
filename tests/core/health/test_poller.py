"""Whoever looks: in rhythm, a few at once, alone among several processes, and nothing twice after a crash."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from core.catalogue.model import HealthCheck, Service
from core.clock import ManualClock
from core.errors import Unavailable
from core.health import records, units
from core.health.check import Finding, Status, Watched
from core.health.config import HealthRules
from core.health.poller import Listener, Poller
from core.store import events, leases
from core.store.engine import Store
from core.world import World
from tests.stores import START, opened, sqlite_url

WELL, ILL = Finding(Status.HEALTHY, "well"), Finding(Status.UNHEALTHY, "ill")


def world(count: int, at_once: int = 32, interval: int = 10) -> World:
    check = HealthCheck(
        name="live", kind="liveness", means="x", target="x", interval=timedelta(seconds=interval)
    )
    services = {f"s{number}": Service(name=f"s{number}", health=(check,)) for number in range(count)}
    return World(workspace="acme", services=services, health=HealthRules(at_once=at_once))


class Eye:
    """Looks, and remembers at what; `ill` are the services that are not well."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.ill: set[str] = set()
        self.now = self.most = 0
        self.late: list[float] = []
        self.counts: dict[str, Status] = {}
        self.go = asyncio.Event()
        self.go.set()

    async def look(self, watched: Watched) -> Finding:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.go.wait()
        await asyncio.sleep(0)
        self.now -= 1
        self.seen[watched.service] += 1
        return ILL if watched.service in self.ill else WELL

    def poller(self, store: Store, given: World) -> Poller:
        listener = Listener(lambda late: self.late.append(late.total_seconds()), self.counts.update)
        return Poller(store, given, self.look, listener)


async def passes(clock: ManualClock, poller: Poller, seconds: float) -> None:
    """Time passes, from one moment at which something is due to the next."""
    end = clock.now() + timedelta(seconds=seconds)
    while clock.now() < end:
        clock.advance(max(timedelta(milliseconds=100), min(poller.next, end) - clock.now()))
        await poller.tick()
        await asyncio.sleep(0)  # what is due begins at once, as it does while time passes by itself
    await poller.settle()


@asynccontextmanager
async def looking(store: Store, given: World) -> AsyncIterator[tuple[Eye, Poller]]:
    eye = Eye()
    poller = eye.poller(store, given)
    yield eye, poller
    await poller.stop()


async def test_hundreds_of_checks_are_looked_at_in_rhythm_and_on_time(
    store: Store, clock: ManualClock
) -> None:
    async with looking(store, world(300)) as (eye, poller):
        await passes(clock, poller, 60)
        assert 300 == len(eye.seen)
        assert {5, 6, 7} >= set(eye.seen.values())
        assert 0.2 > max(eye.late)
        assert {Status.HEALTHY} == {count.status for count in (await store.read(records.counts)).values()}


async def test_no_more_are_looked_at_at_once_than_is_allowed(store: Store, clock: ManualClock) -> None:
    async with looking(store, world(50, at_once=7)) as (eye, poller):
        await poller.tick()
        clock.advance(timedelta(seconds=10, milliseconds=1))
        assert 50 == await poller.tick()
        await poller.settle()
        assert (7, 50) == (eye.most, len(eye.seen))


async def test_a_look_that_lasts_is_not_doubled(store: Store, clock: ManualClock) -> None:
    async with looking(store, world(1)) as (eye, poller):
        eye.go.clear()
        for _ in range(8):
            clock.advance(timedelta(seconds=5))
            await poller.tick()
            await asyncio.sleep(0)
        assert 1 == eye.now
        eye.go.set()
        await poller.settle()
        assert {"s0": 1} == eye.seen


async def test_of_two_processes_one_looks_and_the_other_takes_over_when_it_is_gone(
    tmp_path: Path, postgres_url: str
) -> None:
    clock, given = ManualClock(START), world(3)
    async with (
        opened(postgres_url, clock, process="one") as first,
        opened(postgres_url, clock, process="two") as second,
        looking(first, given) as (eye, one),
        looking(second, given) as (other, two),
    ):
        for _ in range(15):
            clock.advance(timedelta(seconds=2))
            await one.tick()
            await two.tick()
            await asyncio.gather(one.settle(), two.settle())
        assert (3, 0, True, False) == (len(eye.seen), len(other.seen), one.leads, two.leads)
        eye.seen.clear()
        for _ in range(15):
            clock.advance(timedelta(seconds=2))
            await two.tick()
            await two.settle()
        assert (0, 3, True) == (len(eye.seen), len(other.seen), two.leads)
        clock.advance(timedelta(seconds=1))
        await one.tick()
        await one.settle()
        assert (0, False) == (len(eye.seen), one.leads)
        assert 1 == len(await second.read(events.history, "s0")), "nothing was told twice"


async def test_a_process_that_gives_its_turn_back_is_followed_at_once(
    store: Store, clock: ManualClock
) -> None:
    async with looking(store, world(1)) as (_, poller):
        await poller.tick()
        await store.transact(leases.release, units.LEASE)
        assert not await store.read(lambda unit: (leases.until(unit, units.LEASE) or START) > clock.now())


async def test_after_a_crash_it_goes_on_where_it_was_and_nothing_is_told_twice(tmp_path: Path) -> None:
    clock, given = ManualClock(START), world(1)
    url = sqlite_url(tmp_path)
    async with opened(url, clock, process="first") as store:
        eye = Eye()
        poller = eye.poller(store, given)
        await passes(clock, poller, 30)
        eye.ill = {"s0"}
        await passes(clock, poller, 20)
        assert [] == await store.read(records.spells_of, "s0")
        eye.go.clear()
        clock.advance(timedelta(seconds=10))
        await poller.tick()  # it dies while it looks
    async with opened(url, clock, process="second") as store:
        await store.transact(leases.end_all)
        again = Eye()
        again.ill = {"s0"}
        poller = again.poller(store, given)
        await passes(clock, poller, 60)
        assert {"s0": Status.UNHEALTHY} == again.counts
        log = [one["data"]["to"] for one in await store.read(events.history, "s0")]
        assert ["healthy", "unhealthy"] == log
        assert ["HLT-1"] == [spell.id for spell in await store.read(records.spells_of, "s0")]
        await poller.stop()
    await eye_ends(eye)


async def eye_ends(eye: Eye) -> None:
    eye.go.set()
    await asyncio.sleep(0.05)


async def test_what_was_seen_while_the_database_was_away_is_kept_when_it_is_back(
    tmp_path: Path, store: Store, clock: ManualClock
) -> None:
    async with looking(store, world(1)) as (eye, poller):
        await passes(clock, poller, 15)
        eye.ill = {"s0"}
        eye.go.clear()
        while not eye.now:
            clock.advance(timedelta(seconds=1))
            await poller.tick()
            await asyncio.sleep(0)
        hidden = tmp_path / "elsewhere"
        hidden.mkdir()
        for file in tmp_path.glob("wardroom.db*"):
            file.rename(hidden / file.name)
        eye.go.set()
        with pytest.raises(Unavailable):
            await store.read(records.standings)
        await asyncio.sleep(0.4)  # by the machine's clock, the look is over and could not be kept
        for file in hidden.glob("wardroom.db*"):
            file.rename(tmp_path / file.name)
        await poller.settle()
        known = await store.read(records.standings)
        assert Status.UNHEALTHY is known["s0", "live"].latest
