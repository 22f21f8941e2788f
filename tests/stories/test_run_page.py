"""The page of a run, and of the request that asks for it: the same drawing, before, while and after it runs."""

from pathlib import Path

import aiohttp

from handlers.cards.link import page_url
from tests.stories.house import running, settings
from tests.stories.seats import seats


async def test_the_drawing_is_there_before_people_decide_and_says_what_became_of_it(tmp_path: Path) -> None:
    async with (
        running(settings(tmp_path)) as house,
        seats(house.url, "dev", "ana", "chi") as (dev, ana, chi),
        aiohttp.ClientSession() as http,
    ):

        async def page(ref: str) -> str:
            address = page_url(house.url, house.world.secret_key, ref)
            async with http.get(address) as answer:
                assert answer.status == 200
                return await answer.text()

        await dev.says("restart checkout in production")
        await dev.sees("Approval needed")
        asked = await page("AP-1")
        assert "Restart (simulated): planned, changes things, after" in asked
        assert "data-live" in asked
        for person in (ana, chi):
            await person.presses(await person.sees("Approval needed"), "Approve")
        await dev.sees("Approved and done")
        for ref in ("AP-1", "RUN-1"):
            ended = await page(ref)
            assert "Restart (simulated): done, changes things, after" in ended
            assert "data-live" not in ended
