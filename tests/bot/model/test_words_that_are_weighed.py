"""Words that a model weighs come back through the same door: counted once, handled once; on both engines."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.inbox import Inbox
from bot.model.llm import Kept, Llm
from bot.model.weigher import Weigher
from bot.settings import Settings, load_settings
from bot.telemetry import Metrics
from core import wiring
from core.clock import ManualClock
from core.conversation.config import ModelConfig
from core.resilience.config import MessageRates
from core.store import events
from handlers.inbound import Command, Message
from handlers.limits import Limiter
from handlers.registry import REGISTRY
from tests.handlers.house import HERE, OPS, House, actor, said
from tests.platforms.llm import LlmServer, Turn, llm_server
from tests.stores import ENGINES, START, opened, sqlite_url

UNSURE = "is the latency of checkout still so high"
PATIENT = ModelConfig(opinion=timedelta(seconds=30))  # a busy machine makes no difference


@pytest.fixture(params=ENGINES)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """A house on each engine, with a model."""
    url = sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(url, ManualClock(START), reactions=wiring.BY_EVENT) as store:
        made = House(store)
        made.world = replace(made.world, llm_model="openai:test-model")
        yield made


def given(server: LlmServer) -> Settings:
    return load_settings(llm_model="openai:test-model", openai_base_url=server.url)


@pytest.mark.parametrize("kind", ["message", "command"])
async def test_words_that_come_back_weighed_count_once_and_are_answered_once(house: House, kind: str) -> None:
    metrics = Metrics()
    limiter = Limiter(MessageRates(person=1, workspace=1), house.store.clock)
    async with llm_server() as server:
        server.chooses("STATUS_QUERY")
        llm = Llm(house.store, PATIENT, metrics, Kept(given(server), {}))
        door = Inbox(house.store, house.world, REGISTRY, limiter, metrics, Weigher(house.store, llm))
        words: Message | Command = Message(
            key="k", actor=actor("gus"), place=HERE, text=UNSURE, addressed=True
        )
        if kind == "command":
            words = Command(key="k", actor=actor("gus"), place=HERE, area="ask", text=UNSURE)
        assert await door.receive(words)
        assert not await door.receive(words)
        await door.idle()
        await llm.close()
    assert 1 == len(server.weighed)
    (answer,) = [row for row in await house.queued("whisper") if row["answering"] == "k"]
    assert "/status checkout" in str(answer)
    assert ["message.weighed"] == [one["kind"] for one in await house.store.read(events.history, "gus")]


async def test_whoever_stops_what_is_still_weighed_is_told_so_and_nothing_is_made_of_it(house: House) -> None:
    metrics, held = Metrics(), asyncio.Event()
    limiter = Limiter(MessageRates(), house.store.clock)
    async with llm_server() as server:
        server.chooses(Turn(choose="STATUS_QUERY", after=held))
        llm = Llm(house.store, PATIENT, metrics, Kept(given(server), {}))
        door = Inbox(house.store, house.world, REGISTRY, limiter, metrics, Weigher(house.store, llm))
        unsure = Message(key="k", actor=actor("gus"), place=HERE, text=UNSURE, addressed=True)
        assert await door.receive(unsure)
        await server.was_to_choose.wait()
        assert "Nothing is open between us here" in said(await house.say("ana", "stop"))
        assert "Nothing is open between us here" in said(await house.say("gus", "stop", OPS))
        assert f"Stopped: “{UNSURE}”. Nothing of it was done." in said(await house.say("gus", "stop"))
        assert "Nothing is open between us here" in said(await house.say("gus", "stop"))
        held.set()
        await door.idle()
        await llm.close()
    assert "k" not in [row["answering"] for row in await house.queued("whisper")]
