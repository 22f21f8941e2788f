"""Seats that change while a request is open: people who leave, and people who stand in."""

from datetime import timedelta
from typing import Any

import pytest

from core.approvals import records, units
from core.approvals.delegations.delegation import Delegation
from core.approvals.request import Ask, Choice, Request, Rung, Status, Terms
from core.approvals.seating import units as seating
from core.approvals.settling import units as settling
from core.clock import ManualClock
from core.errors import Conflict, Forbidden, Invalid, NotAnApprover
from core.people.person import Person
from core.store import audit, deadlines, events
from core.store.engine import Store, Unit
from core.wiring import DEADLINES
from core.world import World
from tests.core.approvals.people import PEOPLE, TEAMS, draft, person

FAY = person("fay", "security")
GUS = person("gus", "auditor")
MORE = {**PEOPLE, "fay": FAY, "gus": GUS}
ONE_OFFICER = Terms(
    ask=(Ask(role="sre"), Ask(person="chi", must=True)),
    approvals=2,
    severity="HIGH",
    timeout=timedelta(hours=12),
)


async def asked(store: Store, terms: Terms = ONE_OFFICER, people: dict[str, Person] = MORE) -> Request:
    return await store.transact(units.ask, draft(terms=terms), people, TEAMS)


async def says(store: Store, request: Request, who: str, choice: Choice = Choice.APPROVE) -> Any:
    reason = "no" if choice is Choice.REJECT else ""
    return await store.transact(units.decide, request.id, MORE[who], choice, reason, request.digest)


def away(store: Store, who: str, deputy: str, hours: float = 8) -> Delegation:
    now = store.clock.now()
    return Delegation(who, deputy, now, now + timedelta(hours=hours), "on holiday")


async def lets(store: Store, who: str, deputy: str, **more: Any) -> list[str]:
    return await store.transact(
        seating.delegate, MORE, away(store, who, deputy, **more), {"security": frozenset({"auditor"})}
    )


async def without(store: Store, *gone: str) -> int:
    people = {one: MORE[one].model_copy(update={"active": one not in gone}) for one in MORE}
    return await store.transact(seating.people_changed, people, TEAMS)


async def now(store: Store, request: Request) -> Request:
    return await store.read(records.get, request.id)


async def test_whoever_leaves_is_not_counted_while_it_is_open(any_store: Store) -> None:
    request = await asked(any_store)
    await says(any_store, request, "ana")
    assert 1 == await without(any_store, "ana")
    left = await now(any_store, request)
    assert 0 == settling.tally_of(left).approvals
    assert ["ana"] == [vote.person for vote in left.votes]
    await says(any_store, request, "chi")
    assert Status.PENDING is (await now(any_store, request)).status
    await says(any_store, request, "bo")
    assert Status.APPROVED is (await now(any_store, request)).status
    assert () == (await any_store.transact(_sealed)).findings


def _sealed(unit: Unit) -> audit.Verdict:
    audit.seal(unit)
    return audit.verify(unit)


async def test_whoever_left_cannot_decide(store: Store) -> None:
    request = await asked(store)
    await without(store, "ana")
    told = await says(store, request, "ana")
    assert isinstance(told.refusal, NotAnApprover)


async def test_a_decision_that_was_made_stands_when_people_leave(store: Store) -> None:
    request = await asked(store)
    for who in ("ana", "chi"):
        await says(store, request, who)
    assert 0 == await without(store, "ana", "chi")
    assert Status.APPROVED is (await now(store, request)).status


async def test_a_quorum_that_leavers_make_impossible_ends_it_in_words_of_its_own(store: Store) -> None:
    request = await asked(store)
    await without(store, "chi")
    final = (await now(store, request)).final
    assert final is not None
    assert ("REJECTED", "QUORUM_UNREACHABLE", "system") == (final.status, final.code, final.actor)


async def test_a_quorum_that_leavers_make_impossible_goes_to_the_next_level_first(store: Store) -> None:
    terms = ONE_OFFICER.model_copy(
        update={
            "ask": (Ask(role="security"),),
            "approvals": 2,
            "escalation": (Rung(at=0.75, add=(Ask(role="manager"),)),),
        }
    )
    request = await asked(store, terms)
    await without(store, "chi")
    widened = await now(store, request)
    assert (Status.PENDING, 1) == (widened.status, widened.level)


async def test_a_lost_role_takes_the_seat_it_gave(store: Store) -> None:
    request = await asked(store)
    people = {**MORE, "ana": MORE["ana"].model_copy(update={"roles": frozenset({"developer"})})}
    assert 1 == await store.transact(seating.people_changed, people, TEAMS)
    assert (await now(store, request)).seat_of("ana") is None
    assert 0 == await store.transact(seating.people_changed, people, TEAMS)


async def test_a_deputy_fills_a_must_seat_in_the_name_of_the_other(any_store: Store) -> None:
    request = await asked(any_store)
    assert [request.id] == await lets(any_store, "chi", "gus")
    await says(any_store, request, "ana")
    told = await says(any_store, request, "gus")
    done = await now(any_store, request)
    assert Status.APPROVED is done.status
    assert "Gus for Chi" in told.words
    kinds = [event["kind"] for event in await any_store.read(events.history, request.id)]
    assert "approval.delegated" in kinds


async def test_somebody_and_their_deputy_count_once_and_their_own_word_wins(store: Store) -> None:
    both = Terms(
        ask=(Ask(role="security"), Ask(role="sre")), approvals=3, severity="LOW", timeout=timedelta(hours=1)
    )
    request = await asked(store, both)
    await lets(store, "chi", "gus")
    for who in ("gus", "chi", "ana"):
        await says(store, request, who)
    still = await now(store, request)
    assert (Status.PENDING, 2) == (still.status, settling.tally_of(still).approvals)
    await says(store, request, "chi", Choice.ABSTAIN)
    assert 1 == settling.tally_of(await now(store, request)).approvals


async def test_a_delegation_holds_for_what_is_asked_later_and_until_its_end(
    store: Store, clock: ManualClock
) -> None:
    await lets(store, "chi", "gus", hours=2)
    request = await asked(store)
    assert (await now(store, request)).seat_of("gus") is not None
    clock.advance(timedelta(hours=2))
    world = World(workspace="acme", people=MORE, teams=TEAMS)
    await store.transact(lambda unit: DEADLINES[seating.DEADLINE](unit, world, "chi"))
    assert (await now(store, request)).seat_of("gus") is None
    assert isinstance((await says(store, request, "gus")).refusal, NotAnApprover)


async def test_a_delegation_that_begins_later_joins_what_is_open_then(
    any_store: Store, clock: ManualClock
) -> None:
    request = await asked(any_store)
    begins = clock.now() + timedelta(hours=3)
    later = Delegation("chi", "gus", begins, begins + timedelta(hours=2), "a holiday")
    deputies = {"security": frozenset({"auditor"})}
    assert [] == await any_store.transact(seating.delegate, MORE, later, deputies)
    assert isinstance((await says(any_store, request, "gus")).refusal, NotAnApprover)
    world = World(workspace="acme", people=MORE, teams=TEAMS)
    there = []
    for hours in (3, 2):
        clock.advance(timedelta(hours=hours))
        for due in [one for one in await any_store.read(deadlines.due) if one.kind == seating.DEADLINE]:
            await any_store.transact(DEADLINES[due.kind], world, due.ref)
        there.append((await now(any_store, request)).seat_of("gus"))
    assert [("Gus for Chi", "chi"), None] == [seat and (seat.name, seat.stands_for) for seat in there]
    kinds = [event["kind"] for event in await any_store.read(events.history, request.id)]
    assert "approval.delegated" in kinds


async def test_a_deputy_who_leaves_decides_for_nobody(store: Store) -> None:
    request = await asked(store)
    await lets(store, "chi", "gus")
    await says(store, request, "gus")
    assert 1 == await without(store, "gus")
    assert (None, 0) == (
        (left := await now(store, request)).seat_of("gus"),
        settling.tally_of(left).approvals,
    )
    assert left.is_pending, "the person they stood for is here"


async def test_a_deputy_who_stood_in_before_can_stand_in_again(any_store: Store) -> None:
    request = await asked(any_store)
    for _ in range(2):
        assert [request.id] == await lets(any_store, "chi", "gus")
        seat = (await now(any_store, request)).seat_of("gus")
        assert ("chi", False) == (seat and seat.stands_for, seat and seat.gone)
        await any_store.transact(seating.take_back, MORE["chi"])
        assert (await now(any_store, request)).seat_of("gus") is None


async def test_whoever_is_named_instead_decides_and_the_deputy_before_does_not(store: Store) -> None:
    request = await asked(store, ONE_OFFICER.model_copy(update={"approvals": 3}))
    await lets(store, "chi", "gus")
    await says(store, request, "gus")
    await lets(store, "chi", "gus", hours=9)
    assert 1 == settling.tally_of(await now(store, request)).approvals, "for longer, the same deputy stays"
    assert [request.id] == await lets(store, "chi", "fay")
    changed = await now(store, request)
    assert (None, "chi") == (changed.seat_of("gus"), (seat := changed.seat_of("fay")) and seat.stands_for)
    assert 0 == settling.tally_of(changed).approvals
    assert isinstance((await says(store, request, "gus")).refusal, NotAnApprover)


async def test_coming_back_ends_it(store: Store) -> None:
    request = await asked(store)
    await lets(store, "chi", "gus")
    assert 1 == await store.transact(seating.take_back, MORE["chi"])
    assert (await now(store, request)).seat_of("gus") is None
    assert 0 == await store.transact(seating.take_back, MORE["chi"])


async def test_the_requester_never_stands_in_for_an_approver(store: Store) -> None:
    people = {**MORE, "dev": MORE["dev"].model_copy(update={"roles": frozenset({"security"})})}
    request = await store.transact(units.ask, draft(terms=ONE_OFFICER), people, TEAMS)
    joined = await store.transact(seating.delegate, people, away(store, "chi", "dev"), {})
    assert [] == joined
    assert (await now(store, request)).seat_of("dev") is None


@pytest.mark.parametrize(
    ("deputy", "hours", "error"),
    [
        ("chi", 8, Invalid),
        ("gus", 0, Invalid),
        ("gus", 24 * 61, Invalid),
        ("ana", 8, Forbidden),
        ("rex", 8, Forbidden),
    ],
)
async def test_an_unfit_delegation_is_refused(
    store: Store, deputy: str, hours: float, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await lets(store, "chi", deputy, hours=hours)


async def test_a_delegation_goes_one_hop(store: Store) -> None:
    await lets(store, "fay", "chi")
    with pytest.raises(Conflict, match="away too"):
        await lets(store, "chi", "fay")


async def test_a_deputy_hands_on_nothing_that_was_given_to_them(store: Store) -> None:
    request = await asked(store)
    await lets(store, "chi", "gus")
    hal = person("hal", "auditor")
    handed = away(store, "gus", "hal")
    assert [] == await store.transact(seating.delegate, {**MORE, "hal": hal}, handed, {})
    assert (await now(store, request)).seat_of("hal") is None
