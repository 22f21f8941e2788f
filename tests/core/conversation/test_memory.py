"""What is kept of conversations, found again, summed up, and erased: on both engines."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bench.conversations.compose import conversations
from bench.recall import _turns, ours
from core.clock import ManualClock
from core.conversation.config import MemoryConfig
from core.conversation.llm import estimate
from core.conversation.memory import records, units
from core.conversation.memory.compress import summary
from core.conversation.memory.turn import Tier
from core.conversation.memory.units import Here, Mind
from core.conversation.recalling.rank import corpus_of
from core.errors import NotFound
from core.notify.channel import Channel
from core.people.person import Person
from core.place import Place
from core.store import events
from core.store.engine import Store, Unit
from tests.stores import ENGINES, START, opened, sqlite_url

ANA, BO = Person(id="ana", name="Ana"), Person(id="bo", name="Bo")
OPS = Place(platform="slack", workspace="T1", channel="C0OPS")
SECRET_ROOM = Place(platform="slack", workspace="T1", channel="C0PRIVATE")
DIRECT = Place(platform="slack", workspace="T1", channel="D0ANA", direct=True)
MIND = Mind(MemoryConfig(), {"ana": ANA, "bo": BO}, {"ops": Channel(name="ops", places=(OPS,))})


@pytest.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    url = sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(url, ManualClock(START)) as made:
        yield made


async def says(store: Store, person: Person, place: Place, text: str, answer: str = "") -> None:
    said = ((Tier.PERSON, text), (Tier.BOT, answer))
    await store.transact(units.remember, MIND, Here(person, place), said)


async def recalled(store: Store, person: Person, place: Place, question: str, mind: Mind = MIND) -> list[str]:
    found = await store.read(units.recall, mind, Here(person, place), question, 2_000)
    return [one.said.text for one in found]


async def test_what_was_said_is_found_again_by_other_forms_of_its_words(store: Store) -> None:
    await says(store, ANA, OPS, "We are migrating the ledger to version 16.2", "Noted.")
    await says(store, ANA, OPS, "Lunch was fine")
    assert (
        "We are migrating the ledger to version 16.2"
        == (await recalled(store, BO, OPS, "ledger migration?"))[0]
    )
    assert "We are migrating the ledger to version 16.2" == (await recalled(store, BO, OPS, "16.2"))[0]
    assert [] == await recalled(store, BO, OPS, "giraffe")


async def test_nothing_is_recalled_from_another_place(store: Store) -> None:
    await says(store, ANA, SECRET_ROOM, "The merger closes on Friday", "I keep that.")
    await says(store, ANA, DIRECT, "The merger pays me well")
    assert [] == await recalled(store, ANA, OPS, "merger")
    assert [] == await recalled(store, BO, OPS, "merger")
    assert ["The merger pays me well"] == await recalled(store, ANA, DIRECT, "merger")
    assert ["The merger closes on Friday", "I keep that."] == await recalled(store, BO, SECRET_ROOM, "merger")


async def test_channels_that_are_shared_are_recalled_anywhere_and_direct_messages_never(store: Store) -> None:
    open_mind = replace(MIND, rules=MemoryConfig(shared=("ops",)))
    await says(store, ANA, OPS, "The window is on Tuesday")
    await says(store, ANA, OPS.model_copy(update={"direct": True}), "My window seat is taken")
    assert ["The window is on Tuesday"] == await recalled(store, BO, DIRECT, "window", open_mind)
    assert [] == await recalled(store, BO, DIRECT, "window")


async def test_the_turns_around_a_hit_come_with_it_but_not_across_hours(store: Store) -> None:
    await says(store, ANA, OPS, "Which region has the spare cluster?", "Oslo.")
    assert "Oslo." in await recalled(store, BO, OPS, "Where is the spare cluster?")
    assert isinstance(store.clock, ManualClock)
    store.clock.advance(timedelta(hours=7))
    await says(store, ANA, OPS, "Bergen")
    assert "Bergen" not in await recalled(store, BO, OPS, "Where is the spare cluster?")


async def test_the_store_finds_what_ranking_all_of_it_finds(store: Store) -> None:
    conversation = conversations("tuned")[0]
    turns = _turns(conversation)
    people = {name: Person(id=name, name=name) for name in {turn.speaker for turn in turns}}
    mind = replace(MIND, people=people)

    def fill(unit: Unit) -> None:
        for turn in turns:
            unit.now = turn.at
            place = OPS.under(turn.session)
            units.remember(unit, mind, Here(people[turn.speaker], place), [(Tier.PERSON, turn.text)])

    await store.transact(fill)
    corpus = corpus_of(turns)
    known = {turn.id: turn.text for turn in turns}
    for question in conversation["questions"][::7]:
        expected = [known[id_] for id_ in ours(question, turns, corpus, store.clock.now())][:10]
        found = await store.read(units.recall, mind, Here(BO, OPS), question["question"], 100_000)
        shared = set(expected) & {one.said.text for one in found[:10]}
        assert len(set(expected)) - 2 <= len(shared), question["question"]


async def test_secrets_are_taken_out_before_anything_is_kept(store: Store) -> None:
    mind = replace(MIND, conceal=lambda text: text.replace("hunter2", "•••"))
    said = [(Tier.PERSON, "my password is correct-horse and hunter2 is the other, xoxb-123-abcdef")]
    await store.transact(units.remember, mind, Here(ANA, OPS), said)
    (row,) = await store.read(records.of_person, "ana")
    assert "my password is ••• and ••• is the other, •••" == row.text


async def test_at_four_fifths_of_the_room_the_older_half_is_summed_up(store: Store) -> None:
    mind = replace(MIND, rules=MemoryConfig(tokens=500))
    words = "The replica of orders lags behind. " * 4
    for number in range(12):
        said = [(Tier.PERSON, f"{words}Number {number} is what counts here.")]
        await store.transact(units.remember, mind, Here(ANA, OPS), said)
    hand = await store.read(units.at_hand, mind, Here(ANA, OPS))
    assert "summary" == hand[0].tier
    assert "replica of orders" in hand[0].text
    assert 500 * 0.8 >= sum(estimate(turn.text) for turn in hand)
    assert 1 == len(await store.read(records.of_person, "ana", (Tier.SUMMARY,)))
    assert 12 == len(await store.read(records.of_person, "ana", (Tier.PERSON,)))


def test_a_summary_has_what_most_is_about_in_its_order_and_fits_the_room() -> None:
    turns = [
        ("Ana", "The payment queue is full because a message is poisoned."),
        ("Ana", "I had a sandwich."),
        ("Wardroom", "The payment queue has 4,000 messages, and one is poisoned."),
        ("Bo", "It rains in Lisbon."),
        ("Ana", "Let us move the poisoned message out of the payment queue."),
    ]
    told = summary(turns, 60).splitlines()
    poisoned = [f"{who}: {text}" for who, text in turns if "poisoned" in text]
    assert [line for line in poisoned if line in told] == told
    assert 2 <= len(told)
    assert 60 >= estimate("\n".join(told))
    assert "" == summary([], 100)


async def test_forgetting_somebody_erases_all_of_theirs_and_leaves_the_others(store: Store) -> None:
    await says(store, ANA, OPS, "The vault moved to Oslo", "Good to know.")
    await says(store, BO, OPS, "The vault is heavy")
    await store.transact(units.learn, MIND, Here(ANA, OPS), "The vault opens at nine")
    assert 3 == await store.transact(units.forget, ANA)
    assert [] == await store.read(records.of_person, "ana")
    assert ["The vault is heavy"] == await recalled(store, BO, OPS, "vault")
    (happened,) = await store.read(events.history, "ana")
    assert ("memory.forgotten", {}) == (happened["kind"], happened["data"])


async def test_nobody_erases_what_is_of_somebody_else(store: Store) -> None:
    await says(store, BO, OPS, "The vault is heavy")
    (row,) = await store.read(records.of_person, "bo")
    with pytest.raises(NotFound):
        await store.transact(units.erase, ANA, row.id)
    await store.transact(units.erase, BO, row.id)
    assert [] == await recalled(store, BO, OPS, "vault")


async def test_what_is_old_enough_is_erased_and_facts_stay(store: Store) -> None:
    rules = MemoryConfig(turns=timedelta(days=2))
    await says(store, ANA, OPS, "The vault moved")
    await store.transact(units.learn, MIND, Here(ANA, OPS), "The vault opens at nine")
    assert isinstance(store.clock, ManualClock)
    store.clock.advance(timedelta(days=1))
    assert 0 == await store.transact(units.expire, rules)
    store.clock.advance(timedelta(days=1, seconds=1))
    assert 1 == await store.transact(units.expire, rules)
    assert ["The vault opens at nine"] == await recalled(store, ANA, OPS, "vault")


async def test_where_nothing_is_to_be_kept_nothing_is(store: Store) -> None:
    mind = replace(MIND, rules=MemoryConfig(turns=timedelta()))
    await store.transact(units.remember, mind, Here(ANA, OPS), [(Tier.PERSON, "hello there vault")])
    assert [] == await store.read(records.of_person, "ana")


@pytest.mark.parametrize(
    "words",
    ["'; DROP TABLE memory; --", '" OR 1', "vault* NEAR(x)", "a:b & !c | (d)", "\\", "☃ 'x'", "x" * 9_000],
)
async def test_whatever_is_said_or_asked_is_words_and_nothing_else(store: Store, words: str) -> None:
    await says(store, ANA, OPS, f"vault {words}")
    assert 1 >= len(await recalled(store, ANA, OPS, words))
    assert 1 == len(await recalled(store, ANA, OPS, "vault"))
