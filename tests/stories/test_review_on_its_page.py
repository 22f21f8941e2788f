"""A review is written on its page: by the address that one person was given, and nobody's words are lost."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import aiohttp

from core.clock import ManualClock
from core.incidents.review import records
from core.store import events
from tests.stores import START
from tests.stories.house import audited, fast_forward, running, settings
from tests.stories.seats import Seat, seats

_HEADERS = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


async def address(seat: Seat) -> str:
    """Where this person writes, as the button of the card tells them alone."""
    await seat.says("/incident postmortem INC-1")
    await seat.presses(await seat.sees("Review of INC-1"), "Write on a page")
    told = await seat.sees("This page is yours alone")
    assert told["only"]
    return next(str(one["url"]) for one in told["controls"])


def browser() -> aiohttp.ClientSession:
    """One that keeps cookies of this machine, too."""
    return aiohttp.ClientSession(headers=_HEADERS, cookie_jar=aiohttp.CookieJar(unsafe=True))


async def opened(http: aiohttp.ClientSession, url: str) -> dict[str, str]:
    """What the fields of the page hold."""
    async with http.get(url) as page:
        assert 200 == page.status
        return held(await page.text())


def held(page: str) -> dict[str, str]:
    inputs = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    areas = re.findall(r'<textarea id="\w+" name="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return inputs | {name: unescape(text) for name, text in areas}


async def test_two_people_write_at_once_and_the_second_sees_both(tmp_path: Path) -> None:
    async with (
        running(settings(tmp_path), ManualClock(START)) as house,
        seats(house.url, "ana", "bo") as (ana, bo),
        browser() as hers,
        browser() as his,
    ):
        await ana.says("/incident declare checkout fails")
        await ana.sees("INC-1", "checkout fails", "open")
        at, there = await address(ana), await address(bo)
        assert at != there
        form, other = await opened(hers, at), await opened(his, there)
        async with hers.post(at, data=form | {"summary": "It broke.", "well": "we were <quick>"}) as page:
            assert (200, True) == (page.status, "Saved as version 1." in await page.text())
        async with his.post(there, data=other | {"summary": "It fell over.", "impact": "the shop"}) as page:
            told = await page.text()
            assert 409 == page.status
        assert "Ana Ruiz wrote in it meanwhile: it is version 1 now." in told
        assert "Ana Ruiz wrote meanwhile</figcaption><blockquote>It broke.</blockquote>" in told
        merged = held(told)
        fields = [merged[name] for name in ("summary", "impact", "well")]
        assert ["It fell over.", "the shop", "we were <quick>"] == fields
        async with his.post(there, data=merged | {"summary": "It broke, it fell over."}) as page:
            words = await page.text()
        assert "Saved as version 2." in words
        async with his.post(there, data=merged | {"version": "²"}) as page:
            assert 409 == page.status
        assert re.search(r"Version 1 by Ana Ruiz, [\d :-]+UTC: Summary, What went well", words)
        kept = await house.store.read(records.versions, "INC-1")
        assert [("ana", "It broke."), ("bo", "It broke, it fell over.")] == [
            (one["by"], one["sections"]["summary"]) for one in kept
        ]
        written = [
            one["actor"]
            for one in await house.store.read(events.history, "INC-1")
            if one["kind"] == "incident.review_written"
        ]
        assert ["ana", "bo"] == written
        await audited(house)
        await ana.says("/incident postmortem INC-1")
        await ana.sees("Review of INC-1", "It broke, it fell over.", "Version 2 by Bo Lindqvist")


async def test_an_address_is_one_person_s_for_half_a_day_and_for_those_who_may(tmp_path: Path) -> None:
    async with (
        running(settings(tmp_path), ManualClock(START)) as house,
        seats(house.url, "ana", "dev") as (ana, dev),
        browser() as http,
    ):
        await ana.says("/incident declare checkout fails")
        await ana.sees("INC-1", "checkout fails", "open")
        at = await address(ana)
        form = await opened(http, at)
        path, _, query = at.partition("?")
        given = dict(parse_qsl(query))
        for wrong in ({"p": "bo"}, {"until": str(int(given["until"]) + 9)}, {"k": "0" * 32}):
            async with http.get(f"{path}?{urlencode(given | wrong)}") as page:
                assert 410 == page.status
        async with http.post(at, data=form | {"summary": "forged", "form": "0"}) as page:
            assert 403 == page.status
        async with http.post(
            at, data=form | {"summary": "forged"}, headers={"Sec-Fetch-Site": "cross-site"}
        ) as page:
            assert 403 == page.status
        await dev.says("/incident review page=true INC-1")
        await dev.sees("it needs the permission")
        await fast_forward(house, hours=13)
        async with http.post(at, data=form | {"summary": "late"}) as page:
            assert 410 == page.status
        assert [] == await house.store.read(records.versions, "INC-1")


async def test_the_card_in_the_thread_follows_what_is_written_on_the_page(tmp_path: Path) -> None:
    async with (
        running(settings(tmp_path), ManualClock(START)) as house,
        seats(house.url, "ana", "bo") as (ana, bo),
        browser() as hers,
    ):
        await ana.says("/incident declare checkout fails")
        root = await ana.sees("INC-1", "checkout fails", "open")
        at = await address(ana)
        card = await bo.sees("Review of INC-1", "To be written")
        assert (root["channel"], False) == (card["channel"], bool(card["only"]))
        async with hers.post(at, data=await opened(hers, at) | {"summary": "It broke."}) as page:
            assert 200 == page.status
        written = await bo.sees("Review of INC-1", "It broke.")
        assert (card["id"], card["thread"]) == (written["id"], written["thread"])
        await fast_forward(house, seconds=5)
        await ana.says("/incident task add INC-1 watch the disks")
        followed = await bo.sees("Review of INC-1", "watch the disks")
        assert card["id"] == followed["id"]
        # Who asks again, further down, is shown it as it stands now, alone.
        await bo.says("/incident postmortem INC-1")
        again = await bo.sees_one(lambda one: "Review of INC-1" in str(one["text"]) and bool(one["only"]))
        assert "It broke." in str(again["text"])
