"""What is noticed about how somebody works, what they agreed to, and what they could do next: on both engines."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import ManualClock
from core.conversation.config import MemoryConfig
from core.conversation.learning import records, units
from core.conversation.learning.advice import MOST, Situation, Trouble, advise
from core.conversation.learning.habit import Kind, State, sure
from core.conversation.learning.units import Next
from core.conversation.memory import units as memory
from core.errors import NotFound
from core.people.person import Person
from core.store.engine import Store
from tests.stores import ENGINES, START, opened, sqlite_url

ANA, BO = Person(id="ana", name="Ana"), Person(id="bo", name="Bo")


@pytest.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    url = sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(url, ManualClock(START)) as made:
        yield made


def later(store: Store, **by: float) -> None:
    assert isinstance(store.clock, ManualClock)
    store.clock.advance(timedelta(**by))


async def test_what_is_preferred_takes_the_place_of_what_was(store: Store) -> None:
    await store.transact(units.prefer, ANA, "environment", "staging")
    await store.transact(units.prefer, ANA, "environment", "production")
    await store.transact(units.prefer, ANA, "restart.environment", "staging")
    assert {"environment": "production", "restart.environment": "staging"} == await store.read(
        units.preferred, "ana"
    )
    assert {"environment": "staging"} == await store.read(units.defaults, "ana", "restart")
    assert {"environment": "production"} == await store.read(units.defaults, "ana", "deploy")
    assert {} == await store.read(units.preferred, "bo")


async def test_a_value_that_is_always_chosen_is_offered_once_and_used_only_after_a_yes(store: Store) -> None:
    for _ in range(4):
        await store.transact(units.chose, ANA, "restart", {"environment": "staging"})
    assert None is await store.transact(units.due, "ana")
    await store.transact(units.chose, ANA, "restart", {"environment": "staging"})
    asked = await store.transact(units.due, "ana")
    assert asked is not None
    assert ("restart.environment", "staging", 5) == (asked.key, asked.value, asked.count)
    assert {} == await store.read(units.preferred, "ana")
    await store.transact(units.chose, ANA, "restart", {"environment": "staging"})
    assert None is await store.transact(units.due, "ana")
    await store.transact(units.answer, ANA, asked.id, yes=True)
    assert {"restart.environment": "staging"} == await store.read(units.preferred, "ana")


async def test_what_is_chosen_now_and_then_is_never_offered(store: Store) -> None:
    for number in range(20):
        value = "staging" if number % 2 else "production"
        await store.transact(units.chose, ANA, "restart", {"environment": value})
    assert None is await store.transact(units.due, "ana")


async def test_a_no_is_not_asked_again(store: Store) -> None:
    for _ in range(5):
        await store.transact(units.chose, ANA, "restart", {"environment": "staging"})
    asked = await store.transact(units.due, "ana")
    assert asked is not None
    await store.transact(units.answer, ANA, asked.id, yes=False)
    for _ in range(5):
        await store.transact(units.chose, ANA, "restart", {"environment": "staging"})
    assert None is await store.transact(units.due, "ana")
    assert {} == await store.read(units.preferred, "ana")


async def test_a_word_is_ones_own_after_two_corrections_and_a_yes(store: Store) -> None:
    await store.transact(units.corrected, ANA, "Pay", "payments")
    assert None is await store.transact(units.due, "ana")
    await store.transact(units.corrected, ANA, "pay", "payments")
    asked = await store.transact(units.due, "ana")
    assert asked is not None
    assert {} == await store.read(units.words, "ana")
    await store.transact(units.answer, ANA, asked.id, yes=True)
    assert {"pay": "payments"} == await store.read(units.words, "ana")
    assert {} == await store.read(units.words, "bo")


async def test_nobody_answers_for_somebody_else_or_what_was_not_asked(store: Store) -> None:
    await store.transact(units.corrected, ANA, "pay", "payments")
    (one,) = await store.read(records.find, "ana", (Kind.WORD,))
    for person in (ANA, BO):
        with pytest.raises(NotFound):
            await store.transact(units.answer, person, one.id, yes=True)


async def test_what_follows_what_is_counted_within_half_an_hour(store: Store) -> None:
    for _ in range(3):
        await store.transact(units.did, ANA, "/runbook run deploy")
        later(store, minutes=5)
        await store.transact(units.did, ANA, "/status")
        later(store, minutes=40)
    await store.transact(units.did, ANA, "/runbook run deploy")
    last, after = await store.read(units.follows, "ana")
    assert ("/runbook run deploy", [Next("/status", 3, 3)]) == (last, after)
    later(store, minutes=31)
    assert ("", []) == await store.read(units.follows, "ana")
    later(store, hours=22)
    assert [Next("/status", 2, 3)] == await store.read(units.usual, ANA)


async def test_forgetting_somebody_erases_their_habits_too(store: Store) -> None:
    await store.transact(units.prefer, ANA, "environment", "staging")
    await store.transact(units.prefer, BO, "environment", "staging")
    assert 1 == await store.transact(memory.forget, ANA)
    assert [] == await store.read(records.find, "ana")
    assert 1 == len(await store.read(records.find, "bo"))


async def test_what_was_noticed_long_ago_is_erased_and_what_was_said_stays(store: Store) -> None:
    await store.transact(units.prefer, ANA, "environment", "staging")
    await store.transact(units.did, ANA, "/status")
    later(store, days=181)
    await store.transact(memory.expire, MemoryConfig())
    assert [State.KEPT] == [one.state for one in await store.read(records.find, "ana")]


def test_advice_has_a_reason_each_and_is_five_at_most() -> None:
    troubles = [
        Trouble(f"INC-{n}", "slow", "checkout", n, ("restart",), ("restart",) if n == 1 else ())
        for n in range(1, 5)
    ]
    found = advise(Situation(troubles=troubles, waiting=("AP-1",), last="/x", after=[Next("/y", 9, 10)]))
    assert MOST == len(found)
    assert "/runbook plan restart service=checkout incident=INC-1" == found[0].command
    assert "it was run for an earlier incident there" in found[0].reason
    assert all(one.reason for one in found)
    assert sorted((one.confidence for one in found), reverse=True) == [one.confidence for one in found]


def test_advice_tells_what_usually_follows_and_nothing_from_one_time() -> None:
    (one,) = advise(Situation(last="/runbook run deploy", after=[Next("/status", 6, 8), Next("/x", 1, 8)]))
    assert "/status" == one.command
    assert "After /runbook run deploy you did this 6 of 8 times within half an hour" == one.reason
    assert () == advise(Situation())


@given(st.integers(0, 500), st.integers(0, 500))
def test_how_sure_a_share_is_lies_below_it(count: int, more: int) -> None:
    total = count + more
    assert 0.0 <= sure(count, total) <= (count / total if total else 0.0) + 1e-9
