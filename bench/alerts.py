"""Alerts as a storm brings them: `python -m bench.alerts [--rate 1000 --seconds 10 --group 50 --postgres]`.

A whole house takes them over HTTP. Each alert comes in a delivery of its group, as Alertmanager sends it; a refused
delivery (429) waits as long as it is told and comes again. In the end the rows are counted: none lost, each in its group.
"""

import argparse
import asyncio
import resource
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import SecretStr

from core.incidents import records as incidents
from core.incidents.alerts.search import records as searching
from core.people.tokens import units as tokens
from core.store import migrate, outbox_rows
from core.store.engine import Unit
from tests import postgres
from tests.stories.house import running, settings

ROUTES = """
alerts:
  routes:
    - {match: 'labels.severity == "critical"', declare: high, notify: [ops]}
"""
AT_ONCE = 16


def delivery(group: int, first: int, size: int) -> dict[str, Any]:
    """A group with so many alerts of its own."""
    alerts = [
        {
            "status": "firing",
            "labels": {
                "alertname": f"Storm{group}",
                "severity": "critical",
                "service": "checkout",
                "instance": f"web-{first + number}.example",
                "job": "node",
                "cluster": "eu-west-1",
            },
            "annotations": {"summary": f"Storm {group} at web-{first + number}", "description": "x" * 120},
            "startsAt": "2026-03-02T08:59:26.739Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": f"{group:08x}{first + number:08x}",
        }
        for number in range(size)
    ]
    return {"version": "4", "groupKey": f'{{}}:{{alertname="Storm{group}"}}', "alerts": alerts}


class Storm:
    """Sends at a rate, whatever the answers take."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http, self.url = http, url
        self.taken: list[float] = []
        self.refused = 0
        self._room = asyncio.Semaphore(AT_ONCE)

    async def send(self, body: dict[str, Any]) -> None:
        """One delivery, until it is taken."""
        began = time.perf_counter()
        async with self._room:
            while True:
                async with self.http.post(self.url, json=body) as answer:
                    if answer.status == 200:
                        break
                    self.refused += 1
                    await asyncio.sleep(float(answer.headers.get("Retry-After", "1")))
        self.taken.append(time.perf_counter() - began)


def counts(unit: Unit) -> tuple[int, int, int]:
    """Alerts, incidents, and the alerts of the fullest incident."""
    found = incidents.find(unit, limit=1_000)
    sizes = [searching.tally(unit, searching.Search(incident=one.id)).alerts for one in found]
    return searching.tally(unit, searching.Search()).alerts, len(found), max(sizes, default=0)


def waiting(unit: Unit) -> int:
    """Reactions that were not done yet."""
    rows = outbox_rows.OUTBOX
    open_ = outbox_rows.is_open(rows) & (rows.c.kind == "react")
    return len(unit.conn.execute(rows.select().where(open_)).all())


async def measure(given: argparse.Namespace) -> None:
    """One storm."""
    total = given.rate * given.seconds
    groups = max(1, total // 500)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        more: dict[str, Any] = {"demo": False, "grpc_port": "off"}
        if given.postgres:
            server = postgres.server_for(folder / "pg", 0)
            postgres.ask(server, 'CREATE DATABASE "storm"')
            url = postgres.url_of(server, "storm")
            await migrate.run(url, migrate.upgrade)
            more["database_url"] = SecretStr(url)
            stack.callback(postgres.stop, folder / "pg")
        made = settings(folder, **more)
        made.config.write_text(made.config.read_text() + ROUTES)
        house = await stack.enter_async_context(running(made))
        token = await house.store.transact(tokens.create, house.world.people, "ana", (), "bench")
        http = await stack.enter_async_context(
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"})
        )
        storm = Storm(http, f"{house.url}/hooks/alertmanager")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        began = time.perf_counter()
        tasks = []
        for number in range(total // given.group):
            due = began + number * given.group / given.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(
                asyncio.create_task(storm.send(delivery(number % groups, number * given.group, given.group)))
            )
        await asyncio.gather(*tasks)
        taken = time.perf_counter() - began
        while await house.store.read(waiting):
            await asyncio.sleep(0.1)
        done = time.perf_counter() - began
        await asyncio.sleep(4)
        alerts, found, fullest = await house.store.read(counts)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    storm.taken.sort()
    at = storm.taken
    print(
        f"{total} alerts in {len(at)} deliveries of {given.group}: taken in {taken:.1f} s, reacted to after {done:.1f} s"
    )
    print(
        f"answers: p50 {at[len(at) // 2] * 1e3:.0f} ms, p99 {at[int(len(at) * 0.99)] * 1e3:.0f} ms; refused {storm.refused}"
    )
    print(
        f"rows {alerts} (lost {total - alerts}); incidents {found} of {groups} groups, {fullest} alerts in the fullest"
    )
    print(f"memory {before} MB before, {after} MB at most")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rate", type=int, default=1_000)
    options.add_argument("--seconds", type=int, default=10)
    options.add_argument("--group", type=int, default=50)
    options.add_argument("--postgres", action="store_true")
    asyncio.run(measure(options.parse_args(sys.argv[1:])))
