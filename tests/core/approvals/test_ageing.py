"""What time does: our own outages, what is good until a moment, hours, objections, and results that do not come."""

from datetime import datetime, time, timedelta

import pytest

from core.approvals import records
from core.approvals.ageing import units as ageing
from core.approvals.request import Ask, Choice, Rung, Status
from core.approvals.states import actor_kind
from core.approvals.timing import OpenTime
from core.approvals.using import units as using
from core.clock import ManualClock
from core.errors import Conflict, Invalid
from core.store import leases, outages
from core.store.engine import Store, Unit
from tests.core.approvals.ages import HOUR, TTL, VETO, agreed, asked, kinds, look, pass_time, says, terms
from tests.stores import START

# Our own outage


async def test_an_outage_of_ours_gives_people_the_time_back_once(
    any_store: Store, clock: ManualClock
) -> None:
    request = await asked(any_store)
    await any_store.transact(leases.beat, HOUR)
    await pass_time(any_store, clock, 5 * HOUR, alive=False)
    extended = await look(any_store, request)
    assert (Status.PENDING, request.expires + 4 * HOUR, 4 * 3600) == (
        extended.status,
        extended.expires,
        extended.extended,
    )
    assert "approval.extended" in await kinds(any_store, request)
    assert (await says(any_store, "ana", Choice.APPROVE, request)).refusal is None
    await any_store.transact(leases.beat, TTL)
    await pass_time(any_store, clock, 3 * HOUR, alive=False)
    assert Status.EXPIRED is (await look(any_store, request)).status, "a second outage gives nothing more"


async def test_an_outage_that_was_over_long_before_counts_too(store: Store, clock: ManualClock) -> None:
    request = await asked(store)
    await store.transact(leases.beat, TTL)
    await pass_time(store, clock, HOUR, alive=False)

    def comes_back(unit: Unit) -> None:
        outages.notice(unit)
        leases.beat(unit, TTL)

    await store.transact(comes_back)
    await pass_time(store, clock, 3 * HOUR)
    later = await look(store, request)
    assert later.expires - request.expires == HOUR - TTL


async def test_less_than_a_minute_is_no_outage_and_neither_is_a_first_start(
    store: Store, clock: ManualClock
) -> None:
    await store.transact(outages.notice)
    request = await asked(store)
    await store.transact(leases.beat, 4 * HOUR - timedelta(seconds=59))
    await pass_time(store, clock, 4 * HOUR, alive=False)
    assert Status.EXPIRED is (await look(store, request)).status


async def test_two_processes_that_come_back_together_find_one_outage(
    store: Store, clock: ManualClock
) -> None:
    await store.transact(leases.beat, TTL)
    clock.advance(HOUR)
    await store.transact(outages.notice)
    await store.transact(outages.notice)
    found = await store.transact(outages.between, START, clock.now())
    assert [(START + TTL, START + HOUR)] == found


async def test_no_outage_moves_a_deadline_past_what_the_thing_is_good_for(
    store: Store, clock: ManualClock
) -> None:
    request = await asked(store, terms(valid_until=START + 4.5 * HOUR))
    await store.transact(leases.beat, TTL)
    await pass_time(store, clock, 4 * HOUR, alive=False)
    assert START + 4.5 * HOUR == (await look(store, request)).expires


# What is good until a moment


async def test_nothing_is_decided_or_used_after_what_it_is_good_until(
    store: Store, clock: ManualClock
) -> None:
    rungs = (
        Rung(at=0.5, add=(Ask(role="manager"),)),
        Rung(at=1.0, add=(Ask(role="manager"),), timeout=9 * HOUR),
    )
    request = await asked(store, terms(valid_until=START + 2 * HOUR, escalation=rungs))
    assert START + 2 * HOUR == request.expires
    assert START + HOUR == request.rules.steps[0].at, "shares are of the time there is"
    await pass_time(store, clock, 1.9 * HOUR)
    assert (1, START + 2 * HOUR) == ((now := await look(store, request)).level, now.expires)
    approved = await agreed(store, request)
    assert START + 2 * HOUR == approved.approved_until
    await pass_time(store, clock, 0.1 * HOUR)
    assert Status.LAPSED is (await look(store, request)).status


async def test_what_is_over_cannot_be_asked(store: Store) -> None:
    with pytest.raises(Invalid, match="no time to decide"):
        await asked(store, terms(valid_until=START))
    with pytest.raises(Invalid, match="30 min are for objections"):
        await asked(store, terms(valid_until=START + HOUR / 2, objection=HOUR / 2))


# Hours


async def test_only_open_hours_count_for_deadline_reminders_and_steps(store: Store) -> None:
    hours = OpenTime(days=frozenset(range(5)), opens=time(9), closes=time(17), zone="UTC")
    rungs = (Rung(at=0.75, add=(Ask(role="manager"),)),)
    request = await asked(store, terms(timeout=12 * HOUR, hours=hours, escalation=rungs))
    day = timedelta(days=1)
    assert START + day + 4 * HOUR == request.expires
    assert START + day + HOUR == request.rules.steps[0].at
    assert (START + 6 * HOUR, START + day + 2.8 * HOUR) == request.rules.reminders


@pytest.mark.parametrize(
    ("start", "end", "open_for"),
    [
        (
            datetime.fromisoformat("2026-03-06T16:00+00:00"),
            datetime.fromisoformat("2026-03-09T10:00+00:00"),
            2,
        ),
        (
            datetime.fromisoformat("2026-03-07T10:00+00:00"),
            datetime.fromisoformat("2026-03-08T10:00+00:00"),
            0,
        ),
        (
            datetime.fromisoformat("2026-03-02T10:00+00:00"),
            datetime.fromisoformat("2026-03-02T11:30+00:00"),
            1.5,
        ),
    ],
)
def test_open_time_between_two_moments(start: datetime, end: datetime, open_for: float) -> None:
    hours = OpenTime(days=frozenset(range(5)), opens=time(9), closes=time(17), zone="UTC")
    assert open_for * HOUR == hours.between(start, end)
    if open_for:
        assert end == hours.later(start, hours.between(start, end))


# Objections


async def test_what_is_agreed_waits_and_then_takes_effect(any_store: Store, clock: ManualClock) -> None:
    request = await asked(any_store, VETO)
    waiting = await agreed(any_store, request)
    assert (Status.PENDING, START + HOUR / 2) == (waiting.status, waiting.takes_effect)
    with pytest.raises(Conflict):
        await any_store.transact(using.claim, request.id, "ex_1")
    await pass_time(any_store, clock, HOUR / 2)
    after = await look(any_store, request)
    assert after.final is not None
    assert (Status.APPROVED, "bo", "human", None) == (
        after.status,
        after.final.actor,
        actor_kind(after.final),
        after.takes_effect,
    )


async def test_a_veto_in_that_time_ends_it(store: Store, clock: ManualClock) -> None:
    request = await asked(store, VETO)
    await agreed(store, request)
    await says(store, "chi", Choice.REJECT, request)
    await pass_time(store, clock, HOUR)
    ended = await look(store, request)
    assert ended.final is not None
    assert (Status.REJECTED, "VETOED") == (ended.status, ended.final.code)


async def test_whoever_thinks_better_of_it_stops_it_and_it_can_be_agreed_again(
    store: Store, clock: ManualClock
) -> None:
    request = await asked(store, VETO)
    await agreed(store, request)
    await pass_time(store, clock, HOUR / 4)
    told = await says(store, "bo", Choice.ABSTAIN, request)
    assert told.request.takes_effect is None
    await pass_time(store, clock, HOUR / 2)
    assert Status.PENDING is (await look(store, request)).status
    await says(store, "bo", Choice.APPROVE, request)
    assert clock.now() + HOUR / 2 == (await look(store, request)).takes_effect
    assert ["approval.agreed", "approval.objected", "approval.agreed"] == [
        kind for kind in await kinds(store, request) if kind in ("approval.agreed", "approval.objected")
    ]


async def test_what_falls_apart_after_its_time_expires(store: Store, clock: ManualClock) -> None:
    request = await asked(store, VETO)
    await pass_time(store, clock, 3.9 * HOUR)
    await agreed(store, request)
    await pass_time(store, clock, 0.2 * HOUR)
    assert Status.PENDING is (await look(store, request)).status
    await says(store, "bo", Choice.ABSTAIN, request)
    await pass_time(store, clock, timedelta())
    assert Status.EXPIRED is (await look(store, request)).status


async def test_while_we_were_away_nobody_could_object(store: Store, clock: ManualClock) -> None:
    request = await asked(store, VETO)
    await agreed(store, request)
    await store.transact(leases.beat, TTL)
    await pass_time(store, clock, HOUR, alive=False)
    waiting = await look(store, request)
    assert (Status.PENDING, START + HOUR / 2 + HOUR - TTL) == (waiting.status, waiting.takes_effect)


async def test_the_end_of_the_wait_counts_once_more(store: Store, clock: ManualClock) -> None:
    """Whatever took the votes away in between: nothing takes effect that is not agreed at that moment."""
    request = await asked(store, VETO)
    await store.transact(lambda unit: records.save(unit, request, takes_effect=START + HOUR / 2))
    await pass_time(store, clock, HOUR / 2)
    await store.transact(ageing.on_due, request.id)
    assert (Status.PENDING, None) == ((now := await look(store, request)).status, now.takes_effect)
