"""Two real `wardroom run` on one PostgreSQL and one Slack, and what the rows say of them."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bot.demo.seed import free_port
from core.errors import NotFound
from core.runbooks import records
from core.runbooks.execution import Execution
from core.store.engine import Store, Unit
from tests.platforms.slack import FakeSlack
from tests.platforms.slack_api import APP_TOKEN, BOT_TOKEN
from tests.stores import opened
from tests.stories.world import write_world

WARDROOM = str(Path(sys.executable).with_name("wardroom"))
_LIMIT = 40.0
_LOOK = 0.05


@dataclass
class Pair:
    """The two processes, in the order of their start, and the store that they share."""

    folder: Path
    slack: FakeSlack
    store: Store
    processes: list[asyncio.subprocess.Process]

    async def run(self, runbook: str) -> None:
        """Somebody wants a runbook run."""
        await self.slack.mentions("U0DEV", f"run {runbook}")

    async def sees(self, fits: Callable[[Execution], bool], run: str = "RUN-1") -> Execution:
        """Wait until a run fits."""
        seen: Execution | None = None
        give_up = time.monotonic() + _LIMIT
        while time.monotonic() < give_up:
            with suppress(NotFound):
                seen = await self.store.read(records.get, run)
                if fits(seen):
                    return seen
            await moment()
        raise AssertionError(f"waited in vain; {run} is {seen and seen.state}: {seen and seen.steps}")

    async def reads(self, index: int, words: str) -> None:
        """Wait until a process writes these words."""
        give_up = time.monotonic() + _LIMIT
        while words not in self.log(index):
            assert time.monotonic() < give_up, f"never read {words!r} in:\n{self.log(index)}"
            await moment()

    def place_of(self, owner: str) -> int:
        """Which of the two has this name."""
        return next(index for index in (0, 1) if owner in self.log(index))

    def log(self, index: int) -> str:
        """What a process wrote."""
        return (self.folder / f"house-{index}.log").read_text()

    def lines(self, name: str) -> int:
        """How often a step had its effect."""
        path = self.folder / name
        return len(path.read_text().splitlines()) if path.exists() else 0

    async def transactions(self) -> int:
        """How many transactions the database has had."""
        return await self.store.read(_transactions)


async def moment(seconds: float = _LOOK) -> None:
    """Let the processes work."""
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), seconds)


@asynccontextmanager
async def a_pair(
    folder: Path, url: str, slack: FakeSlack, books: Mapping[str, str], workers: str = ""
) -> AsyncIterator[Pair]:
    """Both, started one after the other; in `books` FOLDER is the folder of the effects."""
    config = write_world(folder, channels=("slack",))
    for name, text in books.items():
        (config.parent / "runbooks" / f"{name}.yaml").write_text(text.replace("FOLDER", str(folder)))
    config.write_text(config.read_text() + (f"workers: {{{workers}}}\n" if workers else ""))
    async with opened(url) as store:
        processes = [await _start(folder, url, slack, index) for index in (0, 1)]
        try:
            yield Pair(folder, slack, store, processes)
        finally:
            for process in processes:
                if process.returncode is None:
                    process.send_signal(signal.SIGCONT)
                    process.send_signal(signal.SIGTERM)
                    await process.wait()


async def _start(folder: Path, url: str, slack: FakeSlack, index: int) -> asyncio.subprocess.Process:
    env = os.environ | {
        "WARDROOM_CONFIG": str(folder / "world" / "wardroom.yaml"),
        "WARDROOM_DATABASE_URL": url,
        "WARDROOM_HTTP_PORT": str(free_port()),
        "WARDROOM_SECRET_KEY": "k" * 40,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": slack.api_url,
    }
    with (folder / f"house-{index}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(WARDROOM, "run", env=env, stdout=log, stderr=log)
    await slack.until(lambda: slack.sockets > index, f"{index + 1} sockets")
    return process


def _transactions(unit: Unit) -> int:
    unit.conn.execute(sa.text("SELECT pg_stat_clear_snapshot()"))
    counted = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
    return int(unit.conn.execute(sa.text(counted)).scalar_one())
