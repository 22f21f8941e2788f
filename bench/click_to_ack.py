"""Click to acknowledged reply, against bare slack-bolt and one durable commit: `python -m bench.click_to_ack`."""

import argparse
import asyncio
import hashlib
import hmac
import itertools
import json
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import aiohttp
from aiohttp import web

from bench.pairs import Once, Turn, report, turn
from bench.servers import SECRET
from handlers.inbound import encode
from tests.house import ROOT

CALLERS = 16
STEADY = 200  # clicks a second
PATIENCE = 120.0
_numbers = itertools.count(1)


def click() -> tuple[str, dict[str, str]]:
    """A signed click that was never made before: its body and headers."""
    number = next(_numbers)
    action = {
        "type": "button",
        "action_id": "approval.details",
        "block_id": "b",
        "value": encode("AP-1", 1, "", {}),
        "action_ts": f"{1_700_000_000 + number}.000001",
        "text": {"type": "plain_text", "text": "Details"},
    }
    payload = {
        "type": "block_actions",
        "user": {"id": "U0ANA", "team_id": "T1", "username": "ana", "name": "ana"},
        "team": {"id": "T1", "domain": "acme"},
        "api_app_id": "A1",
        "token": "unused",
        "container": {"type": "message", "message_ts": "1700000000.000100", "channel_id": "C0OPS"},
        "channel": {"id": "C0OPS", "name": "ops"},
        "trigger_id": f"{number}.1.abc",
        "response_url": "http://127.0.0.1:9/unused",
        "message": {"type": "message", "ts": "1700000000.000100", "text": "A request", "blocks": []},
        "actions": [action],
    }
    body = "payload=" + urllib.parse.quote(json.dumps(payload))
    now = str(int(time.time()))
    mac = hmac.new(SECRET.encode(), f"v0:{now}:{body}".encode(), hashlib.sha256).hexdigest()
    return body, {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-signature": f"v0={mac}",
        "x-slack-request-timestamp": now,
    }


async def send(session: aiohttp.ClientSession, url: str, body: str, headers: dict[str, str]) -> None:
    """Send one click and wait for its acknowledgement."""
    async with session.post(url, data=body, headers=headers) as answer:
        await answer.read()
        if answer.status != 200:
            raise AssertionError(f"{url} answered {answer.status}")


async def burst(session: aiohttp.ClientSession, url: str, count: int) -> Turn:
    """As many as there can be, `CALLERS` at a time."""
    things: list[Once] = [partial(send, session, url, *click()) for _ in range(count)]
    return await turn(things, CALLERS)


async def steady(session: aiohttp.ClientSession, url: str, seconds: int) -> Turn:
    """`STEADY` clicks a second, each sent when its time has come, whether or not the one before was answered."""
    times: list[float] = []
    began = time.perf_counter()

    async def one(at: float) -> None:
        body, headers = click()
        await asyncio.sleep(max(0.0, at - (time.perf_counter() - began)))
        await send(session, url, body, headers)
        times.append(time.perf_counter() - began - at)

    await asyncio.gather(*(one(number / STEADY) for number in range(STEADY * seconds)))
    return Turn(STEADY, tuple(times))


async def worked_off(database: Path) -> float:
    """Wait until our pipeline has nothing left of the turn, so that the other way has the machine to itself.

    Returns the seconds that it took.
    """
    began = time.monotonic()
    give_up = began + PATIENCE
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as conn:
        while conn.execute("SELECT count(*) FROM inbox WHERE state = 'new'").fetchone()[0]:
            if time.monotonic() > give_up:
                raise AssertionError("the inbox was not worked off")
            await asyncio.sleep(0.05)
    return time.monotonic() - began


@asynccontextmanager
async def server(kind: str, folder: Path, fake: str) -> AsyncIterator[str]:
    """A server in a process of its own; its address."""
    (folder / kind).mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "bench.servers", kind, str(folder / kind), fake, str(port)]
    with (folder / f"{kind}.log").open("w") as log:
        process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout is not None
        address = await asyncio.to_thread(_address, process.stdout)
        if not address:
            raise AssertionError((folder / f"{kind}.log").read_text()[-2000:])
        yield address
    finally:
        process.kill()
        process.wait()


def _address(lines: Iterable[str]) -> str:
    """The first line that is one; our own server meanwhile asks the Slack of this process who it is."""
    return next((line.strip() for line in lines if line.startswith("http")), "")


async def slack(_request: web.Request) -> web.Response:
    """Slack's side: everything that is sent is fine."""
    team = {"team_id": "T1", "user_id": "UB", "bot_id": "B1", "team": "acme", "user": "wardroom"}
    return web.json_response({"ok": True, "ts": f"{time.time():.6f}", "channel": "C0OPS", **team})


async def measure(options: argparse.Namespace) -> bool:
    """Turns of both, then our own at a steady pace."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", slack)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake = f"http://127.0.0.1:{runner.addresses[0][1]}"
    with tempfile.TemporaryDirectory(prefix="wardroom-bench-") as name:
        folder = Path(name)
        async with server("bare", folder, fake) as bare, server("ours", folder, fake) as ours:
            reached = await _compare(folder / "ours" / "wardroom.db", ours, bare, options)
    await runner.cleanup()
    return reached


async def _compare(database: Path, ours: str, bare: str, options: argparse.Namespace) -> bool:
    mine: list[Turn] = []
    theirs: list[Turn] = []
    later = 0.0
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        for number in range(options.turns + 1):
            pair = (await burst(session, bare, options.count), await burst(session, ours, options.count))
            later = await worked_off(database)
            if number:  # the first pair warms up
                theirs.append(pair[0])
                mine.append(pair[1])
        even = await steady(session, ours, options.seconds)
    enough = report("click to acknowledgement", mine, theirs, 0.6)
    print(f"all {options.count} clicks of the last turn were worked off {later:.1f} s after it", flush=True)
    quick = even.share(0.99) < 50
    verdict = "reached" if quick else "MISSED"
    print(
        f"click to acknowledgement, {STEADY}/s: p50 {even.share(0.5):.1f} ms, "
        f"p99 {even.share(0.99):.1f} ms, target 50 ms: {verdict}",
        flush=True,
    )
    return enough and quick


def main() -> int:
    """Measure; 1 if a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5, help="pairs of turns")
    parser.add_argument("--count", type=int, default=1000, help="clicks in a turn")
    parser.add_argument("--seconds", type=int, default=5, help=f"how long {STEADY} clicks a second are sent")
    return 0 if asyncio.run(measure(parser.parse_args())) else 1


if __name__ == "__main__":
    sys.exit(main())
