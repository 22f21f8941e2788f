"""The language model over real HTTP: within its time, its budget and its breaker, and without secrets."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.model.llm import Kept, Llm, made
from bot.settings import Settings, load_settings
from bot.telemetry import Metrics
from core.clock import ManualClock
from core.conversation.config import Budget, ModelConfig, Prices
from core.conversation.llm import Model, Prompt
from core.conversation.spending import units as spending
from core.errors import TooMany, Unavailable
from core.store.engine import Store
from tests.platforms.llm import LlmServer, Turn, llm_server
from tests.stores import ENGINES, START, opened, sqlite_url

ASKED = Prompt("Answer in a word.", "How are you?", 200)
KEY = "sk-a-key-that-nobody-may-see"


def given(server: LlmServer, **more: Any) -> Settings:
    settings: dict[str, Any] = {
        "llm_model": "openai:test-model",
        "openai_base_url": server.url,
        "openai_api_key": SecretStr(KEY),
    }
    return load_settings(**(settings | more))


class Asking:
    """A model, and somebody who asks it."""

    def __init__(self, llm: Llm, store: Store, metrics: Metrics, clock: ManualClock) -> None:
        self.llm, self.store, self.metrics, self.clock = llm, store, metrics, clock

    async def fails(self) -> Unavailable:
        with pytest.raises(Unavailable) as caught:
            await self.llm.say("ana", ASKED)
        return caught.value

    def figure(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(name, labels)


@asynccontextmanager
async def asking(
    url: str, server: LlmServer, config: ModelConfig | None = None, secrets: dict[str, str] | None = None
) -> AsyncIterator[Asking]:
    clock = ManualClock(START)
    async with opened(url, clock) as store:
        metrics = Metrics()
        kept = Kept(given(server), secrets or {})
        llm = Llm(store, config or ModelConfig(), metrics, kept)
        try:
            yield Asking(llm, store, metrics, clock)
        finally:
            await llm.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return sqlite_url(tmp_path)


@pytest.mark.parametrize("engine", ENGINES)
async def test_what_was_used_is_counted_for_the_person_and_for_all(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = sqlite_url(tmp_path) if engine == "sqlite" else request.getfixturevalue("postgres_url")
    config = ModelConfig(prices=Prices(read=1.0, written=10.0))
    async with llm_server("Fine, thank you.") as server, asking(url, server, config) as it:
        heard: list[str] = []

        async def hear(words: str) -> None:
            heard.append(words)

        said = await it.llm.say("ana", ASKED, hear)
        assert ("Fine, thank you.", ["Fine, ", "thank ", "you."]) == (said.text, heard)
        await it.llm.say("bo", ASKED)
        mine, ours = await it.store.read(spending.today, "ana")
        assert (1, 100, 20, 300, 0) == (mine.calls, mine.read, mine.written, mine.price, mine.held)
        assert (2, 240) == (ours.calls, ours.tokens)
        assert 2 == it.figure("wardroom_model_calls_total", outcome="answered")
        assert 200 == it.figure("wardroom_model_tokens_total", which="read")
        assert {f"Bearer {KEY}"} == server.keys


async def test_a_budget_ends_asking_until_the_next_day_and_says_so(url: str) -> None:
    config = ModelConfig(budget=Budget(person=400))
    async with llm_server() as server, asking(url, server, config) as it:
        await it.llm.say("ana", ASKED)
        with pytest.raises(TooMany, match="120 of your 400 tokens"):
            await it.llm.say("ana", Prompt("", "", 300))
        await it.llm.say("bo", Prompt("", "", 300))
        assert 2 == len(server.asked)
        it.clock.advance(timedelta(hours=15))
        await it.llm.say("ana", Prompt("", "", 300))


async def test_everybody_together_has_a_budget_in_tokens_and_in_dollars(url: str) -> None:
    some = ModelConfig(budget=Budget(everybody=400))
    async with llm_server() as server, asking(url, server, some) as it:
        await it.llm.say("ana", ASKED)
        with pytest.raises(TooMany, match="Together"):
            await it.llm.say("bo", Prompt("", "", 300))
    rich = ModelConfig(budget=Budget(dollars=0.002), prices=Prices(read=1.0, written=5.0))
    async with llm_server() as server, asking(url, server, rich) as it:
        with pytest.raises(TooMany, match=r"\$0.00 of \$0.00"):
            await it.llm.say("bo", Prompt("", "", 500))
        assert [] == server.asked


async def test_what_a_call_may_take_is_set_aside_while_it_is_under_way(url: str) -> None:
    config = ModelConfig(budget=Budget(person=400))
    async with llm_server() as server, asking(url, server, config) as it:
        await it.store.transact(spending.hold, config, "ana", 100, 200)
        with pytest.raises(TooMany):
            await it.llm.say("ana", ASKED)


WRONG = (
    (Turn(status=401, text="bad key sk-evil <!channel>"), "refuses the key"),
    (Turn(status=404), "does not know this model"),
    (Turn(status=429), "too much was asked"),
    (Turn(status=400), "refuses what was asked"),
    (Turn(status=500), "fault of its own"),
    (Turn(raw=b"data: {broken\n\n"), "no answer"),
    (Turn(raw=b"<html>a proxy</html>"), "no answer"),
    (Turn(text=""), "no answer"),
    (Turn(text="only half", cut=True), "broke off in the middle"),
    (Turn(text="", cut=True), "cannot be reached"),
)


async def test_each_way_of_failing_is_told_in_words_of_ours(url: str) -> None:
    async with llm_server() as server, asking(url, server) as it:
        for turn, words in WRONG:
            server.says(turn)
            error = await it.fails()
            assert words in error.what, error.what
            assert ("evil" in error.sentence(), "<!" in error.sentence()) == (False, False)
        mine, _ = await it.store.read(spending.today, "ana")
        assert (len(WRONG), len(WRONG), 0) == (mine.calls, mine.failed, mine.held)


async def test_a_provider_that_has_had_too_much_is_left_alone_for_as_long_as_it_says(url: str) -> None:
    async with llm_server(Turn(status=429, retry_after="77")) as server, asking(url, server) as it:
        assert "It may be asked again in 77 s." in (await it.fails()).sentence()
        it.clock.advance(timedelta(seconds=30))
        assert "is not asked now. It may be asked again in 47 s." in (await it.fails()).sentence()
        assert 1 == len(server.asked)
        it.clock.advance(timedelta(seconds=47))
        server.says("Back.")
        assert "Back." == (await it.llm.say("ana", ASKED)).text


async def test_others_are_answered_while_it_is_loaded(url: str) -> None:
    begun, answered = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def make(settings: Settings) -> Model:
        loop.call_soon_threadsafe(begun.set)
        assert answered.wait(20), "nobody was answered meanwhile"
        return made(settings)

    async with llm_server("Fine.") as server, asking(url, server) as it:
        it.llm._make = make
        task = asyncio.create_task(it.llm.say("ana", ASKED))
        await begun.wait()
        await it.store.read(spending.today, "bo")
        answered.set()
        assert "Fine." == (await task).text


async def test_what_is_left_in_the_middle_counts_as_read(url: str) -> None:
    async with llm_server(Turn(wait=30)) as server, asking(url, server) as it:
        task = asyncio.create_task(it.llm.say("ana", ASKED))
        await server.was_asked.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        mine, _ = await it.store.read(spending.today, "ana")
        assert (1, 0, True) == (mine.failed, mine.held, mine.read > 0)


async def test_a_model_that_hangs_or_dawdles_is_left_at_its_time(url: str) -> None:
    config = ModelConfig(timeout=timedelta(milliseconds=300))
    for turn in (Turn(wait=30), Turn("word " * 100, slow=0.05)):
        async with llm_server(turn) as server, asking(url, server, config) as it:
            assert "did not answer within 0.3 s" in (await it.fails()).what
            mine, _ = await it.store.read(spending.today, "ana")
            assert (0, True) == (mine.held, mine.read > 0)


async def test_one_that_nobody_can_reach_is_not_asked_again_and_again(url: str) -> None:
    async with llm_server(Turn(status=503)) as server, asking(url, server) as it:
        for _ in range(8):
            assert "fault of its own" in (await it.fails()).what
        assert "not asked now" in (await it.fails()).what
        assert 8 == len(server.asked)
        it.clock.advance(timedelta(seconds=20))
        server.says("Back.")
        assert "Back." == (await it.llm.say("ana", ASKED)).text


async def test_a_price_that_is_published_counts_without_one_of_ours(url: str) -> None:
    async with llm_server() as server, asking(url, server) as it:
        it.llm._kept = Kept(given(server, llm_model="openai:gpt-4o-mini"), {})
        await it.llm.say("ana", ASKED)
        mine, _ = await it.store.read(spending.today, "ana")
        assert (0, True) == (mine.unpriced, 10 <= mine.price <= 100)


def test_a_house_that_never_asks_a_model_does_not_carry_it() -> None:
    code = "import sys, bot.app, bot.model.llm, bot.model.drafter; print(sorted({'pydantic_ai', 'openai'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == found.stdout.strip()


async def test_it_looks_up_what_it_is_let_and_no_more(url: str) -> None:
    looked: list[str] = []

    async def look(command: str) -> str:
        looked.append(command)
        return "the password is hunter2-and-more"

    turns = (Turn(look="/incident list"), "Nothing is wrong.")
    async with llm_server(*turns) as server, asking(url, server, secrets={"A": "hunter2-and-more"}) as it:
        said = await it.llm.say("ana", Prompt("Look.", "What is wrong?", 200, look))
        assert ("Nothing is wrong.", ["/incident list"]) == (said.text, looked)
        assert "hunter2" not in server.told
        assert 2 == len(server.asked)
        server.says(Turn(look="/incident list"))
        with pytest.raises(Unavailable):
            await it.llm.say("ana", Prompt("Look.", "For ever", 200, look))
        assert 7 == len(looked)


async def test_a_call_that_is_no_call_is_mended_once_and_then_given_up(url: str) -> None:
    async def look(command: str) -> str:
        return command

    async with (
        llm_server(Turn(arguments='{"order": 1}'), Turn(look="/help"), "Done.") as server,
        asking(url, server) as it,
    ):
        assert "Done." == (await it.llm.say("ana", Prompt("", "x", 200, look))).text
        server.says(Turn(arguments='{"order": 1}'))
        with pytest.raises(Unavailable, match="no answer"):
            await it.llm.say("ana", Prompt("", "x", 200, look))
        assert 5 == len(server.asked)


CHOICE = Prompt("Choose.", "A or B?", 100, choices=("A", "B"))


async def test_a_choice_is_one_of_the_given_ones_and_asked_for_once_more(url: str) -> None:
    async with llm_server() as server, asking(url, server) as it:
        server.chooses("C", "B")
        assert "B" == (await it.llm.say("ana", CHOICE)).text
        server.chooses("C")
        with pytest.raises(Unavailable, match="no answer"):
            await it.llm.say("ana", CHOICE)
        assert 4 == len(server.weighed)
        (tool,) = server.weighed[0]["tools"]
        assert ["A", "B"] == tool["function"]["parameters"]["properties"]["choice"]["enum"]
        mine, _ = await it.store.read(spending.today, "ana")
        assert (2, 1, 0) == (mine.calls, mine.failed, mine.held)


async def test_a_choice_waits_for_no_answer_and_no_longer_than_it_may(url: str) -> None:
    never = asyncio.Event()
    config = ModelConfig(opinion=timedelta(seconds=1))
    async with llm_server(Turn("late", after=never)) as server, asking(url, server, config) as it:
        answers = [asyncio.create_task(it.llm.say("bo", ASKED)) for _ in range(4)]
        await server.was_asked.wait()
        server.chooses("A")
        assert "A" == (await it.llm.say("ana", CHOICE)).text
        server.chooses(Turn(choose="A", after=never))
        late = await asyncio.gather(*(it.llm.say("ana", CHOICE) for _ in range(6)), return_exceptions=True)
        assert {"openai:test-model did not answer within 1 s."} == {getattr(one, "what", "") for one in late}
        never.set()
        await asyncio.gather(*answers)
