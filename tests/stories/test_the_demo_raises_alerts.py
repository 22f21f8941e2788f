"""The demo's fleet is unwell by itself: that is an incident, what helps asks people, and it ends when the fleet is well."""

from datetime import timedelta
from pathlib import Path

from bot.app import House
from bot.demo.seed import seed
from core.clock import ManualClock
from tests.stores import START
from tests.stories.house import fast_forward, running, settings
from tests.stories.seats import seats


async def passes(house: House, **span: float) -> None:
    """Time passes, and services are looked at every ten seconds of it."""
    left = timedelta(**span)
    while left > timedelta():
        await fast_forward(house, seconds=10)
        await house.rounds.run_due()
        left -= timedelta(seconds=10)


async def test_an_ailing_service_becomes_an_incident_and_what_may_help_asks_people(tmp_path: Path) -> None:
    given = settings(tmp_path)
    given.config.unlink()  # what is left out of it for other stories is what this one is about
    seed(given.config.parent, given.http_port)
    clock = ManualClock(START)
    async with running(given, clock) as house, seats(house.url, "ana", "chi") as (ana, chi):
        await passes(house, seconds=40)
        card = await ana.sees(
            "SEV4 · INC-1 · checkout is degraded", "May help: restart-service (listed for checkout); deploy"
        )
        assert "Run restart-service…" in [one["label"] for one in card["controls"]]
        await passes(house, minutes=4)
        await ana.sees("SEV2 · INC-2 · payments is unhealthy")
        # It ails for less than two minutes; how many looks pass until it is told is a matter of the machine's.
        for _ in range(6):
            if not ana.count("RUN-1 · by itself, to help the incident"):
                await passes(house, seconds=10)
        await ana.sees("restart-service of payments in production", "RUN-1 · by itself, to help the incident")
        for seat in (ana, chi):
            asked = await seat.sees("restart-service of payments in production", "Votes: ")
            await seat.presses(asked, "Approve")
        await ana.sees("restart-service of payments in production: running")
        await passes(house, seconds=20)
        await ana.sees("RUN-1 (restart-service) is done.")
        await passes(house, minutes=1)
        await ana.sees("RUN-1 (restart-service) helped: its alerts are over")
        await passes(house, minutes=2)
        await ana.sees("Resolved by rule: its alert is over, and none fired again")
