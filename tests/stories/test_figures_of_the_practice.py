"""How it goes with incidents, asked for in chat, on a page, by a program and by Prometheus: the same figures everywhere."""

from pathlib import Path

import aiohttp

from core.clock import ManualClock
from core.incidents.practice import units
from tests.bot.web.api.house import serving
from tests.stores import START
from tests.stories.house import fast_forward, running, settings
from tests.stories.seats import seats


async def test_the_figures_are_told_in_chat_and_on_their_page(tmp_path: Path) -> None:
    clock = ManualClock(START)
    async with running(settings(tmp_path), clock) as house, seats(house.url, "ana") as (ana,):
        await ana.says("/incident declare checkout fails")
        card = await ana.sees("INC-1", "checkout fails", "open")
        await fast_forward(house, minutes=6)
        await ana.presses(card, "Acknowledge")
        await ana.sees("acknowledged it and leads")
        await ana.says("/wardroom stats 7d")
        told = await ana.sees("Incidents of the last 7 days")
        assert "6 min, 90 % within 6 min" in str(told["text"])
        assert "In brackets" not in str(told["text"])
        await ana.says("/wardroom stats sometime")
        await ana.sees("“sometime” is no time that I can look at")
        await house.metrics.practice.measure(house.store, house.world)
        async with aiohttp.ClientSession() as http, http.get(f"{house.url}/metrics") as page:
            figures = await page.text()
        assert 'wardroom_practice_seconds{quantile="0.5",until="acknowledged"} 360.0' in figures
        assert 'wardroom_practice_incidents{severity="3"} 1.0' in figures


async def test_causes_in_other_words_are_one_with_the_incidents_to_look_at(tmp_path: Path) -> None:
    async with running(settings(tmp_path), ManualClock(START)) as house, seats(house.url, "ana") as (ana,):
        causes = ("a bad deploy of 1.9", "Bad deploys!", "full disk on db-1", "The disk was full")
        for number, cause in enumerate(causes, 1):
            await ana.says(f"/incident declare checkout fails {number}")
            await ana.sees(f"INC-{number} ", "open")
            await ana.says(f"/incident resolve INC-{number} {cause}")
            await ana.sees(f"INC-{number} is resolved")
            await fast_forward(house, seconds=1)
        await fast_forward(house, seconds=1)
        await ana.says("/wardroom stats 7d")
        told = str((await ana.sees("Incidents of the last 7 days", "How often"))["text"])
        rows = {
            tuple(" ".join(row.split()).split(" INC-")[:1]) for row in told.splitlines() if " INC-" in row
        }
        assert {("Bad deploys! 2",), ("The disk was full 2",)} == rows
        assert ("INC-2, INC-1; also: “a bad deploy of 1.9”" in told, "also: “full disk on db-1”" in told) == (
            True,
            True,
        )


async def test_who_is_called_counts_and_whether_it_was_night_there(tmp_path: Path) -> None:
    clock = ManualClock(START.replace(hour=2))
    async with running(settings(tmp_path), clock) as house, seats(house.url, "ana") as (ana,):
        await ana.says("/incident declare checkout fails")
        await ana.sees("INC-1", "checkout fails", "open")
        await ana.says("/incident page bo the database is slow INC-1")
        await ana.sees("PG-2")
        await ana.says("/oncall test me")
        await ana.sees("PG-3 calls you")
        await fast_forward(house, seconds=1)
        found = (await house.store.read(units.look, house.world, 1)).now
        # Ana's test counts for nothing; Bo once because he is on call for the incident, and once by name.
        assert ({"bo": 2}, {"bo": 2}) == (dict(found.pages), dict(found.night))


async def test_a_program_gets_both_times(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", {"title": "Checkout is slow", "severity": 2, "service": "checkout"})
        status, told = await ana.get("/practice?period=2w")
        assert (200, 14, 1, 0) == (
            status,
            told["days"],
            told["now"]["incidents"],
            told["before"]["incidents"],
        )
        assert ({"2": 1}, {"checkout": 1}) == (told["now"]["by_severity"], told["now"]["by_service"])
        assert 400 == (await ana.get("/practice?period=never"))[0]
        rex = await world.program("rex")
        assert 403 == (await rex.get("/practice"))[0]
