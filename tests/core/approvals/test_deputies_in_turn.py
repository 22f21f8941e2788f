"""Several delegations of one person: each holds in its time."""

from datetime import timedelta

from core.approvals.delegations.delegation import Delegation
from core.approvals.seating import units as seating
from core.clock import ManualClock
from core.store import deadlines, events
from core.store.engine import Store
from core.wiring import DEADLINES
from core.world import World
from tests.core.approvals.people import TEAMS
from tests.core.approvals.test_seating import MORE, ONE_OFFICER, asked, lets, now


async def test_who_decides_later_takes_nothing_from_who_decides_now(
    any_store: Store, clock: ManualClock
) -> None:
    """Gus today, nobody tonight, Fay tomorrow until Gus again: each in turn, and then Chi."""
    request = await asked(any_store, ONE_OFFICER.model_copy(update={"timeout": timedelta(days=3)}))
    await lets(any_store, "chi", "gus", hours=8)
    start = clock.now()

    async def names(deputy: str, begins: int, ends: int) -> None:
        span = (start + timedelta(hours=begins), start + timedelta(hours=ends))
        made = Delegation("chi", deputy, *span, "a holiday")
        await any_store.transact(seating.delegate, MORE, made, {"security": frozenset({"auditor"})})

    await names("fay", 12, 24)
    await names("gus", 20, 30)
    world = World(workspace="acme", people=MORE, teams=TEAMS)
    seated = []
    for hour in range(1, 32):
        clock.advance(timedelta(hours=1))
        for due in [one for one in await any_store.read(deadlines.due) if one.kind == seating.DEADLINE]:
            assert await any_store.transact(deadlines.take, due)
            await any_store.transact(DEADLINES[due.kind], world, due.ref)
        there = [
            one.person for one in (await now(any_store, request)).seats if one.stands_for and not one.gone
        ]
        seated.append((hour, there))
    turns = [turn for at, turn in enumerate(seated) if not at or turn[1] != seated[at - 1][1]]
    assert [(1, ["gus"]), (8, []), (12, ["fay"]), (20, ["gus"]), (30, [])] == turns
    assert [] == await any_store.read(deadlines.due)
    kinds = [event["kind"] for event in await any_store.read(events.history, "chi")]
    assert ["delegation.made"] * 3 + ["delegation.ended"] * 3 == kinds


async def test_a_deputy_who_is_away_another_time_can_be_named(store: Store, clock: ManualClock) -> None:
    later = clock.now() + timedelta(days=5)
    away_then = Delegation("fay", "chi", later, later + timedelta(days=1), "")
    await store.transact(seating.delegate, MORE, away_then, {})
    assert [] == await lets(store, "chi", "fay")
