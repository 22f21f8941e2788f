"""An incident for which a runbook begins by itself, seen and stopped by people."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.app import House
from core.clock import ManualClock
from core.incidents.remedies import records
from core.incidents.remedies.remedy import Stage
from core.people.tokens import units as tokens
from tests.platforms.alertmanager import Alertmanager
from tests.stores import START
from tests.stories.house import audited, fast_forward, running, settings
from tests.stories.seats import Seat, seats

RULES = """
alerts:
  routes:
    - {match: 'labels.severity == "critical"', declare: high, team: platform, notify: [ops]}
remediation:
  per_incident: 2
  rules:
    - {runbook: heal, services: [checkout]}
    - {runbook: restart-service, services: [checkout], params: {environment: production}}
"""
HEAL = """
name: heal
owners: [platform]
params: {service: {type: service, required: true}}
steps:
  - {id: heal, action: shell, with: {argv: [echo, healing, "${{ params.service }}"]}, nature: idempotent}
"""
ALERT = {"alertname": "MemoryFull", "severity": "critical", "service": "checkout", "instance": "web-1"}


async def is_watched(house: House) -> None:
    """Wait until the first run has ended, and it is watched whether it helped: no message says so."""
    async with asyncio.timeout(20):
        while [Stage.WATCHED] != [one.stage for one in await house.store.read(records.tries, "INC-1")]:
            await asyncio.sleep(0.01)


async def comes(house: House, seat: Seat, *words: str) -> dict[str, Any]:
    """Wait for an edit of a card: edits that come too soon after one another wait for the clock, which stands still here."""
    for _ in range(10):
        await fast_forward(house, seconds=5)
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                return await seat.sees(*words)
    return await seat.sees(*words)


async def test_a_runbook_helps_by_itself_the_next_asks_people_and_hold_calls_it_off(tmp_path: Path) -> None:
    clock = ManualClock(START)
    given = settings(tmp_path)
    given.config.write_text(given.config.read_text() + RULES)
    (given.config.parent / "runbooks" / "heal.yaml").write_text(HEAL)
    async with running(given, clock) as house, seats(house.url, "ana") as (ana,):
        token = await house.store.transact(tokens.create, house.world.people, "ana", ("incident.*",), "test")
        monitoring = Alertmanager(f"{house.url}/hooks/alertmanager", token)
        monitoring.fires(clock.now(), "Memory is full", **ALERT)
        await monitoring.flush(clock.now())
        await ana.sees("Alertmanager: 1 alert fires: MemoryFull (web-1).")
        await fast_forward(house, seconds=10)
        card = await ana.sees(
            "SEV2 · INC-1", "By itself: heal begins at", "May help: deploy (listed for checkout)"
        )
        assert "Hold" in [one["label"] for one in card["controls"]]
        await fast_forward(house, minutes=2)
        await is_watched(house)
        run = await comes(house, ana, "heal of checkout: done", "RUN-1 · by itself, to help the incident")
        await comes(house, ana, "SEV2 · INC-1", "heal (RUN-1): done; watched whether it helped")
        await fast_forward(house, minutes=11)
        ended = await ana.sees("RUN-1 (heal) did not help: its alerts still fire")
        # Two messages of the run in the incident's thread, no more: its card, and what came of it.
        thread = [one for one in ana.messages.values() if one.get("thread") == run["thread"]]
        assert [run["id"], ended["id"]] == [one["id"] for one in thread if "RUN-1" in str(one.get("text"))]
        await ana.sees("restart-service of checkout in production: waits for people", "RUN-2 · by itself")
        await fast_forward(house, seconds=30)
        card = await ana.sees(
            "SEV2 · INC-1",
            "heal (RUN-1): did not help",
            "restart-service (RUN-2): has not begun, it waits for approval: AP-1",
        )
        await ana.presses(card, "Hold")
        await ana.sees("RUN-2 (restart-service) is called off before it began: Ana Ruiz said hold.")
        await fast_forward(house, seconds=30)
        held = await ana.sees("SEV2 · INC-1", "On hold, said Ana Ruiz.")
        assert held["id"] == card["id"]
        assert "Let it run by itself" in [one["label"] for one in held["controls"]]
        await audited(house)
