"""An incident for which a runbook begins by itself, seen and stopped by people."""

from pathlib import Path

from core.clock import ManualClock
from core.people.tokens import units as tokens
from tests.platforms.alertmanager import Alertmanager
from tests.stores import START
from tests.stories.house import audited, fast_forward, running, settings
from tests.stories.seats import seats

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
        await ana.sees("heal of checkout begins by itself as RUN-1 (1 of at most 2).")
        await ana.sees("RUN-1 (heal) is done. Whether it helped is watched until 2026-03-02 09:12 UTC.")
        await fast_forward(house, minutes=11)
        await ana.sees("RUN-1 (heal) did not help: its alerts still fire")
        await ana.sees(
            "restart-service of checkout in production begins by itself as RUN-2 (2 of at most 2) and waits"
        )
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
