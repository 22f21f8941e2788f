"""Unsure words of programs are weighed by a language model as those of people are: an intent and nothing else, logged, in its budget."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.conversation.spending import units as spending
from core.runbooks import records as runs
from core.store import events
from tests.bot.web.api.house import World, serving
from tests.bot.web.api.test_ask import said
from tests.bot.web.api.test_ask_on import model, streamed
from tests.platforms.llm import LlmServer, llm_server

UNSURE = "is the latency of checkout still so high"


@asynccontextmanager
async def patient(folder: Path, server: LlmServer) -> AsyncIterator[World]:
    """A house whose model may think longer than a busy machine takes."""
    async with serving(folder, more=model(server)) as world:
        llm: Any = world.house.parts.llm
        llm._config = llm._config.model_copy(update={"opinion": timedelta(seconds=30)})
        yield world


async def test_what_the_model_takes_them_for_is_answered_from_what_they_name(tmp_path: Path) -> None:
    async with llm_server() as server, patient(tmp_path, server) as world:
        server.chooses("STATUS_QUERY")
        ana = await world.program("ana")
        told = await said(ana, UNSURE)
        assert ("health.show", 0.75, "rules") == (told["intent"], told["confidence"], told["by"])
        assert "checkout" in told["answer"]
        assert (1, 0) == (len(server.weighed), len(server.asked))
        assert f"<message>\\n{UNSURE}\\n</message>" in str(server.weighed[0])
        (kept,) = [
            one
            for one in await world.house.store.read(events.history, "ana")
            if one["kind"] == "message.weighed"
        ]
        assert ("model:openai:test-model", {"intent": "STATUS_QUERY"}) == (kept["actor"], kept["data"])
        mine, _ = await world.house.store.read(spending.today, "ana")
        assert 1 == mine.calls
        assert ["understood", "words", "answer", "done"][1:] == [
            name for name, _ in await streamed(ana, UNSURE)
        ][-3:]


async def test_what_would_change_something_is_shown_and_not_done(tmp_path: Path) -> None:
    async with llm_server() as server, patient(tmp_path, server) as world:
        server.chooses("RUNBOOK_EXECUTE")
        ana = await world.program("ana")
        told = await said(ana, "restart or not restart checkout")
        assert "Nothing was done. What you say would be `/runbook run`" in told["answer"]
        assert 1 == len(server.weighed)
        assert [] == await world.house.store.read(runs.find)


@pytest.mark.parametrize("opinion", ["NONE", "purple"])
async def test_without_an_opinion_they_are_a_question_to_the_model(tmp_path: Path, opinion: str) -> None:
    async with (
        llm_server("I cannot see that.") as server,
        patient(tmp_path, server) as world,
    ):
        server.chooses(opinion)
        told = await said(await world.program("ana"), UNSURE)
        assert ("I cannot see that.", "openai:test-model") == (told["answer"], told["by"])


async def test_what_is_sure_or_forbids_is_not_weighed(tmp_path: Path) -> None:
    async with llm_server("No.") as server, patient(tmp_path, server) as world:
        ana = await world.program("ana")
        for text in ("is checkout healthy?", "don't restart checkout", "/nothing of that"):
            await said(ana, text)
        assert [] == server.weighed
