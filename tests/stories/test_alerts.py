"""Alerts as a real Alertmanager sends them, from the first that fires to the incident that is over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.app import House
from core.clock import ManualClock
from core.incidents import records as incidents
from core.incidents.alerts.search import records as searching
from core.incidents.incident import State
from core.people.tokens import units as tokens
from core.runbooks import records as runs
from tests.platforms.alertmanager import Alertmanager
from tests.stores import START
from tests.stories.house import audited, fast_forward, running, settings
from tests.stories.seats import Seat, seats

ROUTES = """
alerts:
  routes:
    - {match: 'labels.severity == "critical"', declare: high, team: platform, notify: [ops]}
"""
LOOK = """
name: look-at-it
owners: [platform]
params: {service: {type: service, required: true}}
triggers:
  - {alert: 'labels.alertname == "HighErrors"', channel: ops, params: {service: "${{ alert.service }}"}}
steps:
  - {id: look, action: shell, with: {argv: [echo, looking, "${{ params.service }}"]}, nature: idempotent}
"""
CHECKOUT = {"alertname": "HighErrors", "severity": "critical", "service": "checkout"}


@asynccontextmanager
async def monitored(folder: Path, **more: Any) -> AsyncIterator[tuple[House, Alertmanager, ManualClock]]:
    """A house with routes, and an Alertmanager whose token may send to it."""
    clock = ManualClock(START)
    given = settings(folder)
    given.config.write_text(given.config.read_text() + ROUTES)
    async with running(given, clock) as house:
        token = await house.store.transact(tokens.create, house.world.people, "ana", ("incident.*",), "test")
        yield house, Alertmanager(f"{house.url}/hooks/alertmanager", token, **more), clock


async def state_of(house: House, incident: str = "INC-1") -> State:
    return (await house.store.read(incidents.get, incident)).state


async def test_an_alert_is_one_card_which_repeats_edit_and_its_end_ends_it(tmp_path: Path) -> None:
    async with (
        monitored(tmp_path, repeat_interval=timedelta(hours=1)) as (house, monitoring, clock),
        seats(house.url, "ana") as (ana,),
    ):
        monitoring.fires(clock.now(), "Checkout fails for 5 %", **CHECKOUT, instance="web-1")
        assert [200] == await monitoring.flush(clock.now())
        card = await ana.sees("SEV2 · INC-1 · Checkout fails for 5 %", "1 of 1 alert fires", "reported once")
        assert "Run restart-service" in " ".join(one["label"] for one in card["controls"])
        await ana.sees("Alertmanager: 1 alert fires: HighErrors (web-1).")
        await fast_forward(house, minutes=30)
        assert [] == await monitoring.flush(clock.now()), "nothing changed, and it is not time to repeat"
        await fast_forward(house, minutes=31)
        monitoring.fires(clock.now(), "Checkout fails for 5 %", **CHECKOUT, instance="web-2")
        await monitoring.flush(clock.now())
        await ana.sees("Alertmanager: 1 alert fires: HighErrors (web-2).")
        edited = await _edited(house, ana, "SEV2 · INC-1", "2 of 2 alerts fire", "reported 3 times")
        assert edited["id"] == card["id"]
        for instance in ("web-1", "web-2"):
            monitoring.resolves(clock.now(), **CHECKOUT, instance=instance)
        await fast_forward(house, minutes=5)
        await monitoring.flush(clock.now())
        await ana.sees("All 2 alerts are over. It is watched until 2026-03-02 10:16 UTC")
        assert State.MONITORING == await state_of(house)
        await fast_forward(house, minutes=11)
        await ana.sees("Resolved by rule: all 2 alerts are over, and none fired again")
        await ana.sees("INC-1 · Checkout fails for 5 %", "resolved", "all 2 alerts are over")
        assert State.RESOLVED == await state_of(house)
        await audited(house)


async def _edited(house: House, seat: Seat, *words: str) -> dict[str, Any]:
    """What a card shows at last: an edit waits for a while after the one before, whatever that was."""
    seen = asyncio.create_task(seat.sees(*words))
    for _ in range(10):
        if (await asyncio.wait({seen}, timeout=1))[0]:
            break
        await fast_forward(house, seconds=2)
    return await seen


async def test_several_groups_become_several_incidents_and_what_is_refused_is_sent_again(
    tmp_path: Path,
) -> None:
    async with monitored(tmp_path) as (house, monitoring, clock):
        for name in ("HighErrors", "Slow", "DiskFull"):
            for number in range(3):
                monitoring.fires(clock.now(), **(CHECKOUT | {"alertname": name}), instance=f"web-{number}")
        hidden = tmp_path / "hidden"
        hidden.mkdir()
        files = list(tmp_path.glob("wardroom.db*"))
        for file in files:
            file.rename(hidden / file.name)
        assert [503, 503, 503] == await monitoring.flush(clock.now())
        for file in files:
            (hidden / file.name).rename(file)
        await fast_forward(house, minutes=5)
        assert [200, 200, 200] == await monitoring.flush(clock.now())
        found, _ = await house.store.read(searching.find, searching.Search(), 100)
        assert (9, {1}) == (len(found), {one.count for one in found})


async def test_a_restart_between_alert_and_incident_loses_nothing(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (house, monitoring, clock):
        # Nobody reacts: as if the process died right after its answer.
        await house.sender.stop(1.0)
        monitoring.fires(clock.now(), "It burns", **CHECKOUT)
        assert [200] == await monitoring.flush(clock.now())
        assert [] == await house.store.read(incidents.find)
    given = settings(tmp_path)
    given.config.write_text(given.config.read_text() + ROUTES)
    async with running(given, ManualClock(START)) as house, seats(house.url, "ana") as (ana,):
        await ana.sees("SEV2 · INC-1 · It burns")


async def test_people_silence_alerts_and_see_what_fires(tmp_path: Path) -> None:
    async with (
        monitored(tmp_path) as (house, monitoring, clock),
        seats(house.url, "ana") as (ana,),
    ):
        await ana.says("/alerts silence 1h service=checkout we are moving it")
        await ana.sees("SIL-1", "keeps alerts quiet with service=checkout")
        monitoring.fires(clock.now(), "Checkout fails", **CHECKOUT)
        await monitoring.flush(clock.now())
        await ana.says("/alerts list silenced")
        await ana.sees("Alerts: silenced", "HighErrors", "silenced (SIL-1)")
        assert [] == await house.store.read(incidents.find)
        await fast_forward(house, minutes=61)
        await ana.sees("SEV2 · INC-1 · Checkout fails")


async def test_a_runbook_that_waits_for_an_alert_runs_for_its_incident(tmp_path: Path) -> None:
    (tmp_path / "runbooks").mkdir(exist_ok=True)
    given = settings(tmp_path)
    (given.config.parent / "runbooks" / "look.yaml").write_text(LOOK)
    async with (
        monitored(tmp_path) as (house, monitoring, clock),
        seats(house.url, "ana") as (ana,),
    ):
        monitoring.fires(clock.now(), "Checkout fails", **CHECKOUT)
        await monitoring.flush(clock.now())
        await ana.sees("look-at-it of checkout", "done", "INC-1")
        assert "INC-1" == (await house.store.read(runs.get, "RUN-1")).incident
        await fast_forward(house, minutes=61)
        await monitoring.flush(clock.now())
        assert 1 == len(await house.store.read(runs.find))
