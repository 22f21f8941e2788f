"""A house whose process may be killed at a commit after the vote, and a program that uses what was approved."""

import asyncio
import http.client
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import orjson

from bot.app import build
from bot.client import Wardroom
from bot.configuration import load_world
from bot.demo.seed import seed
from bot.settings import Settings, load_settings
from core.people import units as people
from core.people.tokens import units as tokens
from tests.crash.life import When, count_commits, lines
from tests.stores import opened, sqlite_url
from tests.stories.house import KEY

Stop = Literal["before the claim", "claimed", "placed", "reported", "never"]
STOPS: tuple[Stop, ...] = ("before the claim", "claimed", "placed", "reported")
VENUE = "venue"
_ARMED = "armed"


def settings(folder: Path, port: int) -> Settings:
    """The settings of a house that keeps everything in `folder`."""
    return load_settings(
        config=folder / "wardroom.yaml",
        database_url=sqlite_url(folder),
        http_host="127.0.0.1",
        http_port=port,
        secret_key=KEY,
        local=True,
        demo=True,
    )


async def prepare(folder: Path, port: int) -> tuple[str, str]:
    """Write the world, and make the tokens of the program and of who decides."""
    seed(folder, port)
    world = load_world(settings(folder, port))
    async with opened(sqlite_url(folder)) as store:
        await store.transact(people.sync, world.people)
        made = [await store.transact(tokens.create, world.people, who, (), "test") for who in ("rex", "eve")]
    return made[0], made[1]


def live(folder: Path, port: int, at: int, when: When) -> None:
    """Serve until told to stop, or be killed at the commit number `at` after the vote was sent."""
    armed = folder / _ARMED
    commits = count_commits(at, when, armed.exists)
    asyncio.run(build(settings(folder, port)).run(lambda _url: None))
    (folder / "commits").write_text(str(commits[0]))


def act(folder: Path, port: int, secret: str, stop: Stop) -> None:
    """The program's whole life; killed where it says. Every call has a key that a next life uses again."""
    wardroom = Wardroom(f"http://127.0.0.1:{port}", secret, patience=60)
    decision = wardroom.approve(
        key="order-1",
        kind="order",
        title="Buy 100 ACME",
        subject={"symbol": "ACME", "quantity": 100},
        ask=[{"role": "manager"}],
    )
    _dies(stop, "before the claim")
    execution = wardroom.claim(decision, key="order-1")
    _dies(stop, "claimed")
    place(folder, decision.id)
    _dies(stop, "placed")
    wardroom.report(decision, execution, "executed", f"{decision.id} was filled")
    _dies(stop, "reported")


def place(folder: Path, client_id: str) -> None:
    """A venue that takes each client order id once."""
    if lines(folder, VENUE) == 0:
        with (folder / VENUE).open("a") as book:
            book.write(f"{client_id}\n")


def vote(folder: Path, port: int, secret: str) -> None:
    """Decide as soon as there is something to decide on, however often the house goes away meanwhile."""
    base = f"http://127.0.0.1:{port}/api/v1/approvals"
    waiting: list[dict[str, Any]] = []
    while not waiting:
        waiting = _patiently(lambda: _call(secret, f"{base}?status=PENDING"))["items"]
        _pause()
    (folder / _ARMED).touch()
    body = {"decision": "approve", "digest": waiting[0]["digest"]}
    _patiently(lambda: _call(secret, f"{base}/{waiting[0]['id']}/decisions", body))


def answers(port: int) -> None:
    """Wait until the house answers on this port."""
    _patiently(lambda: _call("", f"http://127.0.0.1:{port}/livez"))


def _dies(stop: Stop, here: Stop) -> None:
    if stop == here:
        os.kill(os.getpid(), signal.SIGKILL)


def _call(secret: str, url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    headers = {
        "Authorization": f"Bearer {secret}",
        "Content-Type": "application/json",
        "Idempotency-Key": "vote-1",
    }
    where = urlsplit(url)
    line = http.client.HTTPConnection(where.netloc, timeout=10)
    try:
        data = None if body is None else orjson.dumps(body)
        line.request("GET" if data is None else "POST", f"{where.path}?{where.query}", data, headers)
        answer = line.getresponse()
        found: dict[str, Any] = orjson.loads(answer.read())
    finally:
        line.close()
    assert answer.status in (200, 409), found
    return found


def _patiently(call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Until the house answers; that it is decided already is an answer too."""
    for _ in range(400):
        try:
            return call()
        except (OSError, http.client.HTTPException):
            _pause()
    raise AssertionError("the house never came back")


def _pause() -> None:
    """Longer than any limit of requests wants."""
    signal.sigtimedwait(set(), 0.25)
