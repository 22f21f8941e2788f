"""Everybody outside reads of an incident what they notice, and nothing of the inside, not even in the address."""

import re
from pathlib import Path

import aiohttp

from core.clock import ManualClock
from tests.stores import START
from tests.stories.house import running, settings
from tests.stories.seats import seats

_INSIDE = ("INC-", "PUBLIC", "Wardroom", "chat", "checkout", "Ana", "SEV", "AP-", "acme")
_BROWSER = {"Accept": "text/html"}


async def test_the_public_page_and_its_address_say_nothing_of_the_inside(tmp_path: Path) -> None:
    async with (
        running(settings(tmp_path), ManualClock(START)) as house,
        seats(house.url, "ana") as (ana,),
        aiohttp.ClientSession(headers=_BROWSER) as http,
    ):
        links = []
        for number in (1, 2):
            await ana.says(f"/incident declare --new checkout fails again {number}")
            await ana.sees(f"INC-{number} ", "open")
            await ana.says(f"/incident summary INC-{number} public")
            told = await ana.sees(f"INC-{number} for the public")
            links += re.findall(r"https?://\S+", str(told["text"]))[-1:]
        assert all(re.fullmatch(rf"{house.url}/s/[\w-]{{32}}", one) for one in links)
        assert 16 < sum(one != other for one, other in zip(*(link[-32:] for link in links), strict=True))

        async with http.get(links[0]) as answer:
            page, heads = await answer.text(), answer.headers
        assert "<title>Status of the shop</title>" in page
        assert "the shop may answer with errors." in page
        assert [] == [word for word in _INSIDE if word in re.sub(r'(src|href)="[^"]*"', "", page)]
        assert ("no-referrer", "noindex") == (heads["Referrer-Policy"], heads["X-Robots-Tag"])

        await ana.says("/incident resolve INC-1 a bad deploy")
        await ana.sees("INC-1 is resolved")
        async with http.get(links[0]) as answer:
            page = await answer.text()
        # The house is in Berlin, where it is ten when it is nine in UTC.
        assert "Since 02 March 10:00 CET the shop works as usual again." in page
        assert "for one minute. We are sorry for that." in page
        guessed = links[0][:-1] + ("0" if links[0][-1] != "0" else "1")
        for wrong in (guessed, f"{house.url}/o/PUBLIC-INC-1?k={links[0][-32:]}", f"{house.url}/s/INC-1"):
            async with http.get(wrong) as answer:
                assert (answer.status in (403, 404), "the shop" in await answer.text()) == (True, False)
