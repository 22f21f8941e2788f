"""One life of a house whose process may be killed at a commit, and the people who go on where they were."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr

from bot.app import House, build
from bot.demo.seed import seed
from bot.settings import load_settings
from bot.telemetry import set_up_logs
from core.store import audit
from core.store.engine import Unit
from core.store.sqlite import SqliteStore
from tests.stores import sqlite_url
from tests.stories.house import KEY
from tests.stories.seats import Seat, said, seats

When = Literal["before", "after", "never"]
WORDS = "restart checkout in production"

RUNBOOK = """
name: restart-service
version: "1.0"
description: Restart one service, once for certain and once for good measure.
owners: [platform]
params:
  service: {type: service, required: true}
  environment: {type: environment, default: staging}
steps:
  - id: once
    name: Only once
    action: shell
    with: {argv: [sh, -c, "echo once >> $0", "FOLDER/once"]}
    destructive: true
    nature: at_most_once
  - id: settle
    needs: [once]
    wait: {for: 50ms}
  - id: again
    name: As often as you like
    needs: [settle]
    action: shell
    with: {argv: [sh, -c, "echo again >> $0", "FOLDER/again"]}
    destructive: true
    nature: idempotent
  - id: say
    needs: [again]
    action: chat.post
    with: {text: "${{ params.service }} is back"}
"""


def lines(folder: Path, name: str) -> int:
    """How often a step had its effect."""
    path = folder / name
    return len(path.read_text().splitlines()) if path.exists() else 0


def live(folder: Path, port: int, at: int, when: When) -> None:
    """Live until the story is over, or be killed at commit number `at`, before or after it is durable."""
    set_up_logs("json", level=50)
    commits = count_commits(at, when)
    asyncio.run(_live(folder, port))
    (folder / "commits").write_text(str(commits[0]))


def count_commits(at: int, when: When, counts: Callable[[], bool] = lambda: True) -> list[int]:
    """Count the commits of the house's writer; the killing is done from outside the code that is tested."""
    count = [0]
    seal, deliver = audit.seal, SqliteStore._deliver

    def sealing(unit: Unit) -> int:
        sealed = seal(unit)
        count[0] += counts()
        if when == "before" and count[0] == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return sealed

    def delivering(self: SqliteStore, batch: list[Any]) -> None:
        if when == "after" and count[0] == at:
            os.kill(os.getpid(), signal.SIGKILL)
        deliver(self, batch)

    audit.seal = sealing
    SqliteStore._deliver = delivering  # type: ignore[method-assign]
    return count


async def _live(folder: Path, port: int) -> None:
    config = seed(folder, port)
    book = folder / "runbooks" / "restart-service.yaml"
    book.write_text(RUNBOOK.replace("FOLDER", str(folder)))
    config.write_text(config.read_text().replace("shell: {allow: [echo]}", "shell: {allow: [echo, sh]}"))
    given = load_settings(
        config=config,
        database_url=SecretStr(sqlite_url(folder)),
        http_host="127.0.0.1",
        http_port=port,
        secret_key=SecretStr(KEY),
        local=True,
        demo=True,
        grpc_port="off",
    )
    house: House = build(given)
    await house.start()
    async with seats(house.url, "dev", "ana", "chi") as (dev, ana, chi):
        await _play(folder, dev, ana, chi)
    await house.stop()


async def _play(folder: Path, dev: Seat, ana: Seat, chi: Seat) -> None:
    """Each does what they have not done yet; what they did before has the same key, and so no second effect."""
    await dev.says(WORDS, key="ask")
    for seat in (ana, chi):
        card = await seat.sees_one(lambda one: " in production" in said(one) and "Votes: " in said(one))
        if any(control["label"] == "Approve" for control in card["controls"]):
            await seat.presses(card, "Approve", key=f"yes-{seat.persona}")
    while "needs somebody" in said(await dev.sees_one(_is_over_or_stuck, "an end")):
        was_done = lines(folder, "once") > 0
        stuck = await ana.sees_one(lambda one: _is_a_run(one) and "needs somebody" in said(one))
        await ana.presses(stuck, "It was done" if was_done else "Run again")
        await dev.sees_one(lambda one: _is_a_run(one) and "needs somebody" not in said(one))
    await dev.sees("Approved and done")


def _is_over_or_stuck(message: dict[str, Any]) -> bool:
    return _is_a_run(message) and said(message).splitlines()[0].endswith((": done", ": needs somebody"))


def _is_a_run(message: dict[str, Any]) -> bool:
    return said(message).startswith("restart-service of checkout in production: ")
