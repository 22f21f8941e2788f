"""The main story with the process killed at every commit, before and after it is durable, and started again."""

import multiprocessing
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from bot.demo.seed import free_port
from core.clock import SystemClock
from core.store import audit
from core.store.bus import Bus
from core.store.sqlite import SqliteStore
from handlers.cards.card import Card
from handlers.cards.words import words
from tests.crash.life import When, lines, live
from tests.stores import sqlite_url

pytestmark = pytest.mark.crash

SHARDS = 8
WHENS: tuple[When, ...] = ("before", "after")
_KILLED = -9
# A notice may still be looking for its card when the house is stopped; it goes on after the next start.
_WAITING = "SELECT count(*) FROM outbox WHERE state != 'sent' AND kind != 'notice'"
_LIMIT = 90.0
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        *("tests.crash.life", "bot.local.adapter", "bot.discord.render", "bot.slack.render"),
        *("bot.demo.cast", "bot.demo.exchange", "bot.demo.fleet", "jinja2", "tests.crash.frozen"),
    ]
)


@dataclass(frozen=True)
class Story:
    """One telling, in a folder and on a port of its own, whose first life may be killed at a commit."""

    folder: Path
    port: int
    at: int = 0
    when: When = "never"


def lives(stories: Sequence[Story]) -> list[int | None]:
    """One life of each, side by side, since a life waits for half of its time; how each ended."""
    processes: list[ForkServerProcess] = [
        _FORKS.Process(target=live, args=(one.folder, one.port, one.at, one.when)) for one in stories
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(_LIMIT)
    late = [process for process in processes if process.exitcode is None]
    for process in late:
        process.kill()
        process.join()
    assert not late, f"a house neither ended nor died: {stories}"
    return [process.exitcode for process in processes]


def public_words(folder: Path) -> Counter[str]:
    """What everybody can read at the end, and how often it stands there."""
    with sqlite3.connect(folder / "workspace.db") as base:
        rows = base.execute("SELECT body, kind FROM messages WHERE only_for = ''").fetchall()
    found = Counter(_first_words(body) if kind == "card" else body for body, kind in rows)
    return Counter({text: times for text, times in found.items() if "needs somebody" not in text})


def _first_words(body: str) -> str:
    """The first line of a card: its title, or what it says; without the moments that differ between runs."""
    return words(Card.model_validate_json(body), controls=False).splitlines()[0]


def state(folder: Path) -> dict[str, object]:
    """What the store holds at the end."""
    with sqlite3.connect(folder / "wardroom.db") as base:
        return {
            "approvals": base.execute("SELECT id, status FROM approval").fetchall(),
            "votes": base.execute("SELECT person, choice FROM approval_vote ORDER BY person").fetchall(),
            "runs": base.execute("SELECT id, state FROM execution").fetchall(),
            "steps": base.execute("SELECT id, state FROM execution_step ORDER BY id").fetchall(),
            "decided": base.execute("SELECT count(*) FROM event WHERE kind = 'approval.decided'").fetchall(),
            "closed": base.execute("SELECT count(*) FROM event WHERE kind = 'approval.closed'").fetchall(),
            "waiting": base.execute(_WAITING).fetchall(),
            "inbox": base.execute("SELECT count(*) FROM inbox WHERE state = 'new'").fetchall(),
        }


async def assert_audit_is_whole(folder: Path) -> None:
    store = SqliteStore(folder / "wardroom.db", SystemClock(), Bus())
    assert sqlite_url(folder).endswith(str(store.path))
    await store.start()
    findings = (await store.read(audit.verify)).findings
    await store.stop()
    assert findings == ()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The story without any trouble."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert [0] == lives([Story(folder, free_port())])
    return folder


@pytest.mark.parametrize("shard", range(SHARDS))
async def test_killed_at_any_commit_it_ends_the_same(undisturbed: Path, tmp_path: Path, shard: int) -> None:
    commits = int((undisturbed / "commits").read_text())
    assert commits > 20
    for number in range(1 + shard, commits + 1, SHARDS):
        stories = [_story(tmp_path, number, when) for when in WHENS]
        ended = lives(stories)
        # Commits are shared, so that a story may take one or two fewer than the one that was counted.
        assert {_KILLED, 0} >= set(ended)
        killed = [Story(one.folder, one.port) for one, end in zip(stories, ended, strict=True) if end]
        assert {0} >= set(lives(killed))
        for one in stories:
            await _assert_same(one, undisturbed)


def _story(tmp_path: Path, number: int, when: When) -> Story:
    folder = tmp_path / f"{when}-{number}"
    folder.mkdir()
    return Story(folder, free_port(), number, when)


async def _assert_same(story: Story, undisturbed: Path) -> None:
    folder, told = story.folder, f"killed {story.when} commit {story.at}"
    assert state(folder) == state(undisturbed), told
    assert lines(folder, "once") == 1, told
    assert lines(folder, "again") in (1, 2), told
    assert public_words(folder) == public_words(undisturbed), told
    await assert_audit_is_whole(folder)
