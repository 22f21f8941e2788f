from datetime import timedelta

from core import wiring
from core.clock import ManualClock
from core.store import anchor, audit, deadlines, events, export
from core.store.config import AnchorConfig, AuditConfig
from core.store.engine import Store, Unit
from core.store.export import Part
from core.world import World

HOURLY = timedelta(hours=1)


def happens(unit: Unit, number: int = 1) -> None:
    for _ in range(number):
        events.append(unit, "thing.happened", "T-1", actor="ana")


async def serve(store: Store, world: World) -> None:
    """What the scheduler does."""
    for due in await store.read(deadlines.due):
        await store.transact(_serve, due, world)


def _serve(unit: Unit, due: deadlines.Deadline, world: World) -> None:
    assert deadlines.take(unit, due)
    wiring.DEADLINES[due.kind](unit, world, due.ref)


async def test_a_deadline_makes_an_anchor_for_each_place_and_sets_the_next(
    any_store: Store, clock: ManualClock
) -> None:
    config = AnchorConfig.model_validate({"file": "a", "webhook": {"url": "http://x.test"}, "every": "1h"})
    world = World("acme", audit=AuditConfig(anchor=config))
    await any_store.transact(happens, 3)
    await any_store.transact(audit.seal)
    await any_store.transact(anchor.arm, HOURLY)
    await serve(any_store, world)
    waiting = await any_store.read(anchor.waiting)
    assert [(3, "file"), (3, "webhook")] == sorted((it.anchor.number, it.target) for it in waiting)
    assert clock.now() + HOURLY == await any_store.read(deadlines.pending, anchor.KIND, "audit")
    assert "" == await any_store.read(anchor.disagreement, [it.anchor for it in waiting])
    for each in waiting:
        await any_store.transact(anchor.written, each, "there")
    await any_store.transact(audit.seal)
    clock.advance(HOURLY)
    await serve(any_store, world)
    assert [] == await any_store.read(anchor.waiting), "its own event is no news"


async def test_what_failed_waits_for_its_time(any_store: Store, clock: ManualClock) -> None:
    await any_store.transact(happens)
    await any_store.transact(audit.seal)
    await any_store.transact(anchor.make, ("file",))
    (each,) = await any_store.read(anchor.waiting)
    await any_store.transact(anchor.failed, each, "no disk", clock.now() + HOURLY)
    assert [] == await any_store.read(anchor.waiting)
    assert clock.now() + HOURLY == await any_store.read(anchor.next_due)
    clock.advance(HOURLY)
    assert [1] == [it.attempts for it in await any_store.read(anchor.waiting)]


async def test_without_a_place_there_is_no_deadline(store: Store) -> None:
    await store.transact(anchor.arm, HOURLY)
    await store.transact(anchor.arm, None)
    assert await store.read(deadlines.earliest) is None


async def test_arming_again_leaves_what_is_set_and_draws_nearer_what_is_too_far(
    store: Store, clock: ManualClock
) -> None:
    await store.transact(deadlines.set, anchor.KIND, "audit", clock.now() + HOURLY)
    await store.transact(anchor.arm, HOURLY)
    assert clock.now() + HOURLY == await store.read(deadlines.earliest)
    await store.transact(anchor.arm, HOURLY / 2)
    assert clock.now() == await store.read(deadlines.earliest)


async def test_pages_follow_each_other_and_keep_to_their_part(any_store: Store, clock: ManualClock) -> None:
    start = clock.now()
    await any_store.transact(happens, 5)
    clock.advance(HOURLY)
    await any_store.transact(audit.seal)
    await any_store.transact(happens, 2)
    unsealed = [row["seq"] for row in await any_store.read(export.unsealed, Part(), 0)]
    assert unsealed in ([], [6, 7]), "where a worker seals, what it has not reached is told apart"
    await any_store.transact(audit.seal)
    first = await any_store.read(export.links, Part(), 0, 3)
    second = await any_store.read(export.links, Part(), 3, 3)
    assert [1, 2, 3, 4, 5, 6] == [row["number"] for row in (*first, *second)]
    late = await any_store.read(export.links, Part(since=start + HOURLY), 0)
    assert [6, 7] == [row["number"] for row in late]
    assert [] == await any_store.read(export.links, Part(refs=("T-2",)), 0)
    assert 5 == len(await any_store.read(export.refs, "thing.happened", start, 2))
