"""Two `wardroom run` on one PostgreSQL and one Slack: one is killed, the other goes on."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from bot.demo.seed import free_port
from core.approvals import records as approvals
from core.approvals.request import Status
from core.store import audit
from tests.platforms.slack import FakeSlack
from tests.platforms.slack_api import APP_TOKEN, BOT_TOKEN
from tests.stores import opened
from tests.stories.world import write_world

pytestmark = pytest.mark.crash
_WARDROOM = str(Path(sys.executable).with_name("wardroom"))


def environment(folder: Path, url: str, slack: FakeSlack) -> dict[str, str]:
    return os.environ | {
        "WARDROOM_CONFIG": str(folder / "world" / "wardroom.yaml"),
        "WARDROOM_DATABASE_URL": url,
        "WARDROOM_HTTP_PORT": str(free_port()),
        "WARDROOM_SECRET_KEY": "k" * 40,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": slack.api_url,
    }


async def start(folder: Path, url: str, slack: FakeSlack, sockets: int) -> asyncio.subprocess.Process:
    """Start the real command, and wait until it holds a socket."""
    log = (folder / f"house-{sockets}.log").open("wb")
    env = environment(folder, url, slack)
    process = await asyncio.create_subprocess_exec(_WARDROOM, "run", env=env, stdout=log, stderr=log)
    log.close()
    await slack.until(lambda: slack.sockets >= sockets, f"{sockets} sockets")
    return process


async def test_when_one_process_dies_the_other_finishes_the_job(
    tmp_path: Path, postgres_url: str, slack: FakeSlack
) -> None:
    write_world(tmp_path, channels=("slack",), wait="2s")
    upgraded = await asyncio.create_subprocess_exec(
        _WARDROOM, "db", "upgrade", env=environment(tmp_path, postgres_url, slack)
    )
    assert await upgraded.wait() == 0
    first = await start(tmp_path, postgres_url, slack, 1)
    second = await start(tmp_path, postgres_url, slack, 2)
    try:
        await slack.mentions("U0DEV", "restart checkout in production")
        card = await slack.sees("U0DEV", "Approval needed")
        await slack.clicks("U0ANA", card, "Approve")
        await slack.sees("U0DEV", "Ana Ruiz approved AP-1")
        # The first was there first, so it leads: it sends for both, and its death is the worse one.
        first.send_signal(signal.SIGKILL)
        await first.wait()
        await slack.until(lambda: slack.sockets == 1, "the other socket alone")
        await slack.clicks("U0CHI", card, "Approve")
        await slack.sees("U0DEV", "Approved and done")
        await slack.sees("U0DEV", "checkout is back")
        assert sum("checkout is back" in one.words() for one in slack.messages()) == 1
        assert sum("Ana Ruiz approved AP-1 (1 of 2)" in one.words() for one in slack.messages()) == 1
    finally:
        for process in (first, second):
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
                await process.wait()
    assert second.returncode == 0
    async with opened(postgres_url) as store:
        assert (await store.read(approvals.get, "AP-1")).status is Status.EXECUTED
        await store.transact(audit.seal)
        assert (await store.read(audit.verify)).findings == ()
