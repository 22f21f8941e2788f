"""A record of three requests, and what one does with it on the command line."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from core.approvals import units
from core.approvals.request import Choice
from core.approvals.states import Happening
from core.approvals.using import units as using
from core.clock import ManualClock
from core.store import dispatch, events
from core.store.engine import Store, Unit
from tests.bot.cli.conftest import Wardroom
from tests.core.approvals.people import PEOPLE, TEAMS, draft
from tests.stores import START, opened

CONFIG = "workspace: acme\naudit: {anchor: {file: kept/anchors.jsonl, every: 1h}}\n"


def write_record(folder: Path) -> Path:
    """A database with a request that was approved and used, one that was rejected, and one that waits."""
    asyncio.run(_written(folder))
    (folder / "wardroom.yaml").write_text(CONFIG)
    return folder / "var" / "w.db"


async def _written(folder: Path) -> None:
    clock = ManualClock(START)
    (folder / "var").mkdir()
    async with opened(f"sqlite:///{folder}/var/w.db", clock) as store:
        for key in ("one", "two", "three"):
            request = await store.transact(units.ask, draft(key, title=f"=cmd|{key}"), PEOPLE, TEAMS)
            await store.transact(_send)
            clock.advance(timedelta(hours=1))
            match key:
                case "one":
                    for who in ("ana", "chi"):
                        clock.advance(timedelta(seconds=1, microseconds=5))
                        await _say(store, request.id, who, Choice.APPROVE, request.digest)
                    await store.transact(using.claim, request.id, "RUN-1")
                    await store.transact(using.report, request.id, Happening.EXECUTED, "restarted")
                case "two":
                    await _say(store, request.id, "ana", Choice.REJECT, request.digest)


async def _say(store: Store, request: str, who: str, choice: Choice, shown: str) -> None:
    await store.transact(units.decide, request, PEOPLE[who], choice, "so it is", shown)


def _send(unit: Unit) -> None:
    for out in dispatch.claim(unit, leader=True):
        dispatch.sent(unit, out, "m1")


def rows(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def exported(wardroom: Wardroom, folder: Path, *options: str) -> Path:
    code, _, err = wardroom("audit", "export", "--out", str(folder / "record"), *options)
    assert 0 == code, err
    return folder / "record"


def change(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database)) as conn:
        for statement in statements:
            conn.execute(statement)
        conn.commit()


def happen_often(unit: Unit) -> None:
    """More events than there are on a page."""
    for number in range(1_201):
        events.append(unit, "thing.happened", f"T-{number}", actor="ana")
