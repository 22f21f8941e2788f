"""Fifty people decide on one request at the same moment: one transition, one use, everybody told the truth."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.approvals import records
from core.approvals.request import Request, Status
from core.clock import ManualClock
from core.store import events
from core.store.engine import Store
from tests.house import ROOT
from tests.race.crowd import ask, decide_all
from tests.stores import START, opened, sqlite_url

FINAL = "approval.closed"


async def _agreed(store: Store, request: Request, told: list[dict[str, Any]]) -> Request:
    """What must hold whoever was first; returns the request as it ended."""
    history = await store.read(events.history, request.id, 1000)
    kinds = [event["kind"] for event in history]
    counted = [one for one in told if one["changed"]]
    refused = [one for one in told if not one["changed"]]
    assert (50, 1) == (len(told), kinds.count(FINAL))
    assert kinds.count("approval.decided") == len(counted)
    assert {"ALREADY_FINAL"} == {one["refused"] for one in refused}
    assert all(one["words"] for one in told)
    return await store.read(records.get, request.id)


@pytest.mark.parametrize("mixed", [False, True], ids=["all approve", "every second rejects"])
async def test_on_sqlite(tmp_path: Path, mixed: bool) -> None:
    async with opened(sqlite_url(tmp_path), ManualClock(START)) as store:
        request = await store.transact(ask, 2)
        told = await decide_all(store, request, range(50), mixed=mixed)
        ended = await _agreed(store, request, told)
    _one_use_at_most(ended, told, mixed=mixed)


@pytest.mark.parametrize("mixed", [False, True], ids=["all approve", "every second rejects"])
async def test_on_postgresql_with_two_processes(postgres_url: str, mixed: bool) -> None:
    async with opened(postgres_url, ManualClock(START)) as store:
        request = await store.transact(ask, 2)
        told = _in_two_processes(postgres_url, request, mixed=mixed)
        ended = await _agreed(store, request, told)
    _one_use_at_most(ended, told, mixed=mixed)


def _one_use_at_most(ended: Request, told: list[dict[str, Any]], *, mixed: bool) -> None:
    used = [one for one in told if not one["claimed"]]
    if ended.status is Status.EXECUTING:
        assert 2 == sum(1 for vote in ended.votes if vote.choice == "approve")
        assert 1 == len(used)
    else:
        assert mixed
        assert (Status.REJECTED, 0) == (ended.status, len(used))


def _in_two_processes(url: str, request: Request, *, mixed: bool) -> list[dict[str, Any]]:
    kind = "mixed" if mixed else "agreed"
    crowds = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.race.crowd", url, request.model_dump_json(), first, last, kind],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first, last in (("0", "25"), ("25", "50"))
    ]
    for crowd in crowds:
        assert crowd.stdout is not None
        assert "ready\n" == crowd.stdout.readline()
    for crowd in crowds:
        assert crowd.stdin is not None
        crowd.stdin.write("now\n")
        crowd.stdin.flush()
    answers = [crowd.communicate(timeout=60)[0] for crowd in crowds]
    assert [0, 0] == [crowd.returncode for crowd in crowds]
    return [one for answer in answers for one in json.loads(answer)]
