"""Something that has to report falls silent: an alert like any other, people are called, and it ends by itself."""

from datetime import timedelta
from pathlib import Path

import aiohttp

from bot.app import House
from core.clock import ManualClock
from core.incidents import records as incidents
from core.incidents.heartbeats.heartbeat import address
from core.incidents.incident import State
from tests.stores import START
from tests.stories.house import audited, fast_forward, running, settings
from tests.stories.seats import seats

HEARTBEATS = """
heartbeats:
  backup: {every: 1h, grace: 10m, service: user-db, about: Nobody can restore what is lost today.}
alerts:
  routes:
    - {match: 'labels.heartbeat == "backup"', declare: high, team: platform, notify: [ops]}
"""


async def send(house: House, method: str = "POST", name: str = "backup") -> int:
    where = address(house.url, house.world.secret_key, name)
    async with aiohttp.ClientSession() as http, http.request(method, where) as answer:
        return answer.status


async def test_what_falls_silent_calls_people_and_is_over_when_it_is_back(tmp_path: Path) -> None:
    given = settings(tmp_path)
    given.config.write_text(given.config.read_text() + HEARTBEATS)
    async with running(given, ManualClock(START)) as house, seats(house.url, "ana") as (ana,):
        await fast_forward(house, minutes=60)
        assert 200 == await send(house)
        await fast_forward(house, minutes=69)
        assert 200 == await send(house, "GET")
        await ana.says("/alerts heartbeats")
        await ana.sees("Heartbeats", "every 1h", "fine", "2 in all", "/hooks/heartbeat/backup/")
        assert [] == await house.store.read(incidents.find)
        await fast_forward(house, minutes=70)
        await ana.sees("SEV2 · INC-1 · backup does not report")
        await ana.sees("PG-1", "backup does not report", "@Ana Ruiz")
        await ana.says("/alerts list all")
        await ana.sees("backup does not report", "firing")
        await fast_forward(house, seconds=5)
        await ana.sees("Paging: PG-1 calls @Ana Ruiz since")
        assert 200 == await send(house)
        await fast_forward(house, seconds=5)
        await ana.sees("Heartbeats: 1 alert is over")
        await fast_forward(house, minutes=11)
        await ana.sees("Resolved by rule")
        assert State.RESOLVED is (await house.store.read(incidents.get, "INC-1")).state
        await audited(house)


async def test_an_address_is_a_key(tmp_path: Path) -> None:
    given = settings(tmp_path)
    given.config.write_text(given.config.read_text() + HEARTBEATS)
    async with running(given, ManualClock(START)) as house, aiohttp.ClientSession() as http:
        for path in (
            "backup/wrong",
            "other/wrong",
            f"other/{address(house.url, house.world.secret_key, 'backup')[-32:]}",
        ):
            async with http.post(f"{house.url}/hooks/heartbeat/{path}") as answer:
                assert 404 == answer.status
        assert 404 == await send(house, name="other")


async def test_our_own_outage_is_not_theirs(tmp_path: Path) -> None:
    clock = ManualClock(START)
    given = settings(tmp_path)
    given.config.write_text(given.config.read_text() + HEARTBEATS)
    async with running(given, clock) as house:
        assert 200 == await send(house)
    clock.advance(timedelta(hours=5))
    async with running(given, clock) as house:
        await fast_forward(house, minutes=60)
        assert [] == await house.store.read(incidents.find)
        await fast_forward(house, minutes=15)
        async with seats(house.url, "ana") as (ana,):
            await ana.sees("INC-1", "backup does not report")
