"""A model sums up long conversations over real HTTP; ours stands where it does not."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.model.summariser import Summariser
from core.conversation.config import MemoryConfig
from core.conversation.memory import records, units
from core.conversation.memory.turn import Kept, Tier
from core.conversation.memory.units import Here, Mind
from core.people.person import Person
from core.place import Place
from core.store.engine import Store
from tests.bot.backends.test_llm import asking
from tests.platforms.llm import Turn, llm_server
from tests.stores import sqlite_url

ANA = Person(id="ana", name="Ana")
OPS = Place(platform="slack", workspace="T1", channel="C0OPS")
MIND = Mind(MemoryConfig(tokens=500), {"ana": ANA}, {})


async def talked(store: Store) -> None:
    for number in range(8):
        text = f"{'The replica of orders lags behind. ' * 4}<b> Number {number}."
        await store.transact(units.remember, MIND, Here(ANA, OPS), [(Tier.PERSON, text)])


async def summary(store: Store) -> Kept:
    (row,) = await store.read(records.of_person, "ana", (Tier.SUMMARY,))
    return row


async def test_a_model_writes_the_summary_anew_and_is_asked_once(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    async with (
        llm_server("The orders replica lags. token=abc123 was pasted.") as server,
        asking(url, server) as it,
    ):
        await talked(it.store)
        worker = Summariser(it.store, it.llm)
        assert await worker.work()
        assert not await worker.work()
        assert "The orders replica lags. token=••• was pasted." == (await summary(it.store)).text
        assert "Number 0" in server.told
        assert "<b>" not in server.told
        found = await it.store.read(units.recall, MIND, Here(ANA, OPS), "pasted", 500)
        assert "summary" == found[0].said.tier


@pytest.mark.parametrize("turn", [Turn(status=500), Turn(raw=b"no json"), Turn("")])
async def test_ours_stands_where_the_model_gives_none(tmp_path: Path, turn: Turn) -> None:
    async with llm_server("") as server, asking(sqlite_url(tmp_path), server) as it:
        server.says(turn)
        await talked(it.store)
        before = await summary(it.store)
        worker = Summariser(it.store, it.llm)
        assert await worker.work()
        assert replace(before, model=it.llm.name) == await summary(it.store)


async def test_a_summary_that_was_erased_meanwhile_does_not_come_back(tmp_path: Path) -> None:
    async with llm_server("fine") as server, asking(sqlite_url(tmp_path), server) as it:
        await talked(it.store)
        taken = await it.store.transact(units.take_summary, "a model")
        assert taken is not None
        await it.store.transact(units.forget, ANA)
        await it.store.transact(units.summed_up, taken[0], "It lags.", "a model")
        assert [] == await it.store.read(records.of_person, "ana")
