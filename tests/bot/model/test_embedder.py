"""What was said is found by what it means, through a server of vectors over real HTTP; without it, by its words."""

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.model.embedder import Embedder
from bot.telemetry import Metrics
from core.clock import ManualClock
from core.conversation.config import EmbeddingsConfig, MemoryConfig
from core.conversation.memory import records, units
from core.conversation.memory.nearness import near, packed
from core.conversation.memory.turn import Tier
from core.conversation.memory.units import Here, Mind
from core.errors import Unavailable
from core.people.person import Person
from core.place import Place
from core.store.engine import Store
from tests.platforms.llm import llm_server
from tests.stores import ENGINES, START, opened, sqlite_url
from tests.stories.house import running
from tests.stories.seats import seats
from tests.stories.test_a_drafted_runbook import with_model

ANA = Person(id="ana", name="Ana")
OPS = Place(platform="slack", workspace="T1", channel="C0OPS")
DEV = Place(platform="slack", workspace="T1", channel="C0DEV")
MIND = Mind(MemoryConfig(), {"ana": ANA}, {})
MEANINGS = (("cat", "feline", "purring"), ("money", "invoice", "cash"), ("rain", "weather"))


class Vectors:
    """A server that knows three meanings, and misbehaves where a test says so."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.raw: str | None = None
        self.status = 200
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body)
        self.keys.add(request.headers.get("Authorization", ""))
        if self.raw is not None or self.status != 200:
            return web.Response(text=self.raw or "no", status=self.status)
        rows = [{"index": n, "embedding": _meant(text)} for n, text in enumerate(body["input"])]
        return web.json_response({"data": rows[::-1]})


def _meant(text: str) -> list[float]:
    return [0.01 + float(any(word in text.lower() for word in words)) for words in MEANINGS]


@asynccontextmanager
async def serving(store: Store) -> AsyncIterator[tuple[Vectors, Embedder]]:
    vectors, app = Vectors(), web.Application()
    app.router.add_post("/v1/embeddings", vectors.answer)
    async with TestServer(app) as server:
        vectors.url = str(server.make_url("/v1"))
        config = EmbeddingsConfig(url=vectors.url, model="small", dimensions=16)
        yield vectors, Embedder(store, config, SecretStr("a-key"), Metrics())


@pytest.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    url = sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(url, ManualClock(START)) as made:
        yield made


async def says(store: Store, place: Place, *texts: str) -> None:
    said = [(Tier.PERSON, text) for text in texts]
    await store.transact(units.remember, MIND, Here(ANA, place), said)


async def recalled(store: Store, embedder: Embedder, question: str) -> list[str]:
    nearness = await embedder.near(MIND, Here(ANA, OPS), question)
    found = await store.read(units.recall, MIND, Here(ANA, OPS), question, 2_000, nearness)
    return [one.said.text for one in found]


async def test_what_shares_no_word_is_found_by_what_it_means_and_only_there(store: Store) -> None:
    async with serving(store) as (server, embedder):
        await says(store, OPS, *(f"number {n} of many" for n in range(20)), "The feline sleeps all day")
        await says(store, DEV, "A purring thing elsewhere")
        assert "The feline sleeps all day" not in await recalled(store, embedder, "cat?")
        while await embedder.work():
            pass
        found = await recalled(store, embedder, "cat?")
        assert "The feline sleeps all day" == found[0]
        assert "A purring thing elsewhere" not in found
        assert {"Bearer a-key"} == server.keys
        await recalled(store, embedder, "is password=hunter2 a cat?")
        assert ["is password=••• a cat?"] == server.asked[-1]["input"]
        assert ("small", 16) == (server.asked[0]["model"], server.asked[0]["dimensions"])


async def test_what_is_erased_has_no_vector_any_more(store: Store) -> None:
    async with serving(store) as (_, embedder):
        await says(store, OPS, "The feline sleeps")
        await embedder.work()
        assert 1 == len(await store.read(units.vectors, MIND, Here(ANA, OPS), "small"))
        await store.transact(units.forget, ANA)
        assert [] == await store.read(units.vectors, MIND, Here(ANA, OPS), "small")
        await store.transact(records.keep_vectors, "small", {1: packed([1.0])})
        assert [] == await store.read(units.vectors, MIND, Here(ANA, OPS), "small")


@pytest.mark.parametrize(
    ("status", "raw"),
    [
        (500, None),
        (200, "no json"),
        (200, '{"data": []}'),
        (200, '{"data": [{"index": 0, "embedding": [NaN]}]}'),
        (200, '{"data": [{"index": 0, "embedding": []}]}'),
        (200, '{"data": [{"index": 0, "embedding": [0, 0]}]}'),
        (200, '{"data": [{"index": "x", "embedding": "y"}]}'),
        (200, "[1]"),
    ],
)
async def test_without_an_answer_that_is_one_words_are_enough(
    tmp_path: Path, status: int, raw: str | None
) -> None:
    async with (
        opened(sqlite_url(tmp_path), ManualClock(START)) as store,
        serving(store) as (server, embedder),
    ):
        await says(store, OPS, "The cat sleeps")
        server.status, server.raw = status, raw
        with pytest.raises(Unavailable):
            await embedder.work()
        assert ["The cat sleeps"] == await recalled(store, embedder, "cats")


async def test_a_model_that_answers_is_told_what_means_the_same(tmp_path: Path) -> None:
    vectors, app = Vectors(), web.Application()
    app.router.add_post("/v1/embeddings", vectors.answer)
    async with TestServer(app) as server, llm_server("It sleeps.") as llm:
        given = with_model(tmp_path, llm.url)
        url = server.make_url("/v1")
        with given.config.open("a", encoding="utf-8") as config:
            config.write(f"\nmemory: {{embeddings: {{url: '{url}', model: small}}}}\n")
        async with running(given) as house, seats(house.url, "ana") as (ana,):
            await ana.says("@wardroom remember that the feline of the office eats at nine")
            await ana.sees("I remember that")
            assert house.parts.minding.embedder is not None
            await house.parts.minding.embedder.work()
            await ana.says("/ask is anything wrong with our cat these days, or what?")
            await ana.sees("It sleeps.")
            assert "the feline of the office eats at nine" in llm.told


def test_nearness_is_the_cosine_and_vectors_of_another_model_are_left_out() -> None:
    rows = [(1, packed([2.0, 0.0])), (2, packed([1.0, 1.0])), (3, packed([-1.0, 0.0])), (4, packed([1.0]))]
    found = near(packed([5.0, 0.0]), rows)
    assert [1, 2, 3] == sorted(found)
    assert [1.0, math.sqrt(0.5), 0.0] == pytest.approx([found[1], found[2], found[3]], abs=1e-6)
