"""Alertmanager fires, repeats and resolves alerts of several groups: the program itself where it is installed, and what speaks like it everywhere."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import House
from core.incidents import records as incidents
from core.incidents.alerts.search import records as searching
from core.incidents.incident import Incident, State
from core.people.tokens import units as tokens
from tests.platforms import alertmanager_program
from tests.platforms.alertmanager import Alertmanager
from tests.stories.house import audited, running, settings
from tests.stories.seats import seats

Tell = Callable[..., Awaitable[None]]
# Debian calls it prometheus-alertmanager; nothing is left out where it is missing, only done by one sender less.
SENDERS = ("protocol", *(("program",) if alertmanager_program.program() else ()))
ROUTES = """
alerts:
  resolve_after: 0s
  routes:
    - {match: 'labels.severity == "critical"', declare: high, team: platform, notify: [ops]}
"""


@asynccontextmanager
async def sender(kind: str, house: House, folder: Path) -> AsyncIterator[Tell]:
    """What is told of an alert, and lets the house hear of it."""
    token = await house.store.transact(tokens.create, house.world.people, "ana", ("incident.*",), "test")
    url = f"{house.url}/hooks/alertmanager"
    program = alertmanager_program.program()
    if kind == "program" and program:
        async with alertmanager_program.running(program, folder, url, token) as running_one:
            yield running_one.tells
        return
    speaker = Alertmanager(url, token, repeat_interval=timedelta(0))

    async def tell(*, over: bool = False, **labels: str) -> None:
        now = house.clock.now()
        if over:
            speaker.resolves(now, **labels)
        else:
            speaker.fires(now, f"{labels['alertname']} fires", **labels)
        assert set(await speaker.flush(now)) <= {200}

    yield tell


def alert(name: str, instance: str) -> dict[str, str]:
    return {"alertname": name, "severity": "critical", "service": "checkout", "instance": instance}


@pytest.mark.parametrize("kind", SENDERS)
async def test_groups_fire_repeat_and_resolve(tmp_path: Path, kind: str) -> None:
    given = settings(tmp_path)
    given.config.write_text(given.config.read_text() + ROUTES)
    async with (
        running(given) as house,
        seats(house.url, "ana") as (ana,),
        sender(kind, house, tmp_path) as tell,
    ):
        for name in ("HighErrors", "DiskFull"):
            for instance in ("web-1", "web-2"):
                await tell(**alert(name, instance))
        cards = [
            await ana.sees("SEV2", f"{name} fires", "2 of 2 alerts fire")
            for name in ("HighErrors", "DiskFull")
        ]
        assert 2 == len({card["id"] for card in cards})
        for _ in range(2):
            await tell(**alert("HighErrors", "web-1"))
        repeated = await ana.sees_one(
            lambda one: one["id"] == cards[0]["id"] and "reported once" not in str(one["text"])
        )
        assert "2 of 2 alerts fire" in str(repeated["text"])
        await tell(over=True, **alert("HighErrors", "web-1"))
        await ana.sees("1 alert is over: HighErrors (web-1). 1 still fires.")
        await tell(over=True, **alert("HighErrors", "web-2"))
        await ana.sees("HighErrors fires", "resolved", "all 2 alerts are over")
        found, _ = await house.store.read(searching.find, searching.Search(), 100)
        assert (4, 2) == (len(found), sum(one.state == "resolved" for one in found))
        open_ones: list[Incident] = await house.store.read(incidents.find)
        assert [State.OPEN] == [one.state for one in open_ones]
        await audited(house)
