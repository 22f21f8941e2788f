"""The house dies around a language model's opinion on unsure words, at each commit: the next one answers them once."""

import asyncio
import multiprocessing
import sqlite3
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from bot.app import build
from bot.settings import Settings
from core.runbooks import records as runs
from tests.crash.life import When, count_commits
from tests.crash.program import answers
from tests.platforms.llm import Turn, llm_server
from tests.stories.house import audited, running
from tests.stories.seats import seats
from tests.stories.test_a_drafted_runbook import with_model
from tests.stories.test_a_second_opinion import HOSTILE

pytestmark = pytest.mark.crash

_FORKS = multiprocessing.get_context("forkserver")
_KILLED = -9
_LIMIT = 60.0
# The commits after the model was asked: what it took is counted, what it says is kept, and the words are handled; what
# becomes of an answer after that is another story.
_COMMITS = [(1, "before"), (1, "after"), (2, "before"), (2, "after"), (3, "before")]


def live(given: Settings, at: int, when: When, counts: Callable[[], bool]) -> None:
    """Serve until killed at commit number `at` of those that count."""
    count_commits(at, when, counts)
    asyncio.run(build(given).run(lambda _url: None))


def is_open(folder: Path) -> tuple[bool, bool]:
    """Whether the words wait to be handled, and whether there is an opinion with them."""
    with sqlite3.connect(folder / "wardroom.db") as base:
        (row,) = base.execute("SELECT state, payload ->> 'opinion' FROM inbox WHERE key LIKE '%weigh-me%'")
    return row[0] == "new", row[1] is not None


@pytest.mark.parametrize(("at", "when"), _COMMITS)
async def test_whenever_it_dies_the_words_are_answered_once(tmp_path: Path, at: int, when: When) -> None:
    may_choose = asyncio.Event()
    armed = tmp_path / "armed"
    async with llm_server() as server:
        server.chooses(Turn(choose="RUNBOOK_EXECUTE", after=may_choose))
        given = with_model(tmp_path, server.url)
        # A busy machine may take longer to load what asks a model than people are let wait for its opinion.
        given.config.write_text(f"{given.config.read_text()}\nllm: {{opinion: 30s}}\n", encoding="utf-8")
        process: ForkServerProcess = _FORKS.Process(target=live, args=(given, at, when, armed.exists))
        process.start()
        url = f"http://127.0.0.1:{given.http_port}"
        await asyncio.to_thread(answers, given.http_port)
        async with seats(url, "ana") as (ana,):
            await ana.says(f"@wardroom {HOSTILE}", key="weigh-me")
            async with asyncio.timeout(_LIMIT):
                await server.was_to_choose.wait()
            armed.touch()
            may_choose.set()
            await asyncio.to_thread(process.join, _LIMIT)
        assert _KILLED == process.exitcode
        waits, is_weighed = is_open(tmp_path)
        async with running(with_model(tmp_path, server.url)) as house, seats(house.url, "ana") as (ana,):
            await ana.sees("Run deploy?", "Nothing was done yet")
            await house.inbox.idle()
            assert 1 == ana.count("Run deploy?")
            assert (2 if waits and not is_weighed else 1) == len(server.weighed)
            assert [] == await house.store.read(runs.find)
            await audited(house)
