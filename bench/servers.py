"""The two servers of `bench.click_to_ack`: `python -m bench.servers ours|bare FOLDER FAKE_URL PORT`.

Each prints its address when it answers, and runs until it is ended.
"""

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

from aiohttp import web

from bench.decisions import KEEP, ask, lay
from bot.memory import settle
from core.clock import SystemClock
from core.store.engine import Store, Unit
from tests.house import ROOT
from tests.stores import opened, sqlite_url

SECRET = "a-signing-secret-for-the-benchmark"
CONTRACT = ROOT / "tests" / "data" / "contract"


def keep(unit: Unit) -> None:
    """The bare handler's one durable commit."""
    unit.conn.execute(KEEP, {"item_id": 1, "version": 1, "note": "clicked"})


async def bare(folder: Path, port: int) -> None:
    """slack-bolt with one listener that makes one durable commit through the same writer."""
    from slack_bolt.async_app import AsyncApp
    from slack_bolt.authorization import AuthorizeResult

    async def authorize(**_given: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B1", bot_user_id="UB"
        )

    app = AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=True)
    async with opened(sqlite_url(folder), SystemClock()) as store:
        await store.transact(lay)
        app.action(re.compile(".*"))(_listener(store))
        runner = web.AppRunner(app.web_app(path="/slack/events"), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        _ready(port)
        await asyncio.Event().wait()


def _listener(store: Store) -> Any:
    async def listen(ack: Any) -> None:
        await store.transact(keep)
        await ack()

    return listen


async def ours(folder: Path, fake: str, port: int) -> None:
    """The whole house, over HTTP, with a request to decide on."""
    from bot.app import build
    from bot.settings import Settings
    from bot.telemetry import set_up_logs

    set_up_logs("json")
    settings = Settings(
        config=_configuration(folder),
        database_url=sqlite_url(folder),
        http_port=port,
        grpc_port="off",
        secret_key="k" * 40,
        slack_bot_token="xoxb-1",
        slack_signing_secret=SECRET,
        slack_api_url=f"{fake}/api/",
    )
    house = build(settings)
    await house.start()
    await house.store.transact(ask, 1, "bench")
    _ready(port)
    await asyncio.Event().wait()


def _configuration(folder: Path) -> Path:
    text = (CONTRACT / "wardroom.yaml").read_text(encoding="utf-8")
    text = re.sub(
        r"messages_per_minute: .*", "messages_per_minute: {person: 1000000, workspace: 1000000}", text
    )
    text = text.replace("[./runbooks]", f"[{CONTRACT / 'runbooks'}]")
    file = folder / "wardroom.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def _ready(port: int) -> None:
    settle()
    sys.stdout.write(f"http://127.0.0.1:{port}/slack/events\n")
    sys.stdout.flush()


if __name__ == "__main__":
    kind, where, other, number = sys.argv[1:5]
    asyncio.run(ours(Path(where), other, int(number)) if kind == "ours" else bare(Path(where), int(number)))
