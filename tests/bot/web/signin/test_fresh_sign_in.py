"""When signing in is a second factor by itself: at the organisation's own issuer, and only while it is fresh."""

from datetime import timedelta
from pathlib import Path

import pytest

from core.people.passes.one_time import Errand
from core.people.sessions import records
from core.people.sessions.session import factor_of
from tests.bot.web.signin.house import link_in
from tests.bot.web.signin.issued import SLACK, issued, signs_in
from tests.stores import START


async def test_a_fresh_sign_in_at_the_issuer_confirms_a_yes_without_a_code(tmp_path: Path) -> None:
    async with issued(tmp_path, "dev", "ana") as (place, issuer, (dev, chat)):
        issuer.last_login = timedelta(hours=9)
        await dev.says("restart checkout in production")
        await chat.presses(await chat.sees("Approval needed"), "Approve")
        link = link_in(await chat.sees("asks for your second factor"), "Confirm it")
        page = place.browser()
        await page.opens(link)
        way = page.text.partition('href="/signin/oidc?next=')[2].partition('"')[0]
        await page.opens(f"/signin/oidc?next={way}")
        assert "counts as your second factor" in page.words
        assert 200 == await page.sends()
        assert [("ana", "chat+oidc")] == [
            (vote.person, vote.strength) for vote in (await place.request()).votes
        ]


@pytest.mark.parametrize(("minutes", "user"), [(31, "ana-at-acme"), (0, "bo-at-acme")])
async def test_an_old_sign_in_or_that_of_another_confirms_nothing(
    tmp_path: Path, minutes: int, user: str
) -> None:
    async with issued(tmp_path, "dev") as (place, issuer, (dev,)):
        issuer.user = {"sub": user}
        await dev.says("restart checkout in production")
        await dev.sees("Approval needed")
        page = await signs_in(place)
        place.clock.advance(timedelta(minutes=minutes))
        request = await place.request()
        await page.opens(
            await place.link("ana", "confirm", Errand("approve", "AP-1", request.digest, "", "local"))
        )
        assert "counts as your second factor" not in page.words
        assert 422 == await page.sends()
        assert () == (await place.request()).votes


@pytest.mark.parametrize("door", ["slack", "discord"])
async def test_an_account_of_the_chat_is_no_second_factor_however_fresh(tmp_path: Path, door: str) -> None:
    async with issued(tmp_path, "dev", door=door) as (place, issuer, (dev,)):
        issuer.user = {"sub": "1001", f"{SLACK}user_id": "U0ANA", f"{SLACK}team_id": "T0ACME"}
        await dev.says("restart checkout in production")
        await dev.sees("Approval needed")
        page = await signs_in(place, f"/signin/{door}")
        request = await place.request()
        await page.opens(
            await place.link("ana", "confirm", Errand("approve", "AP-1", request.digest, "", "local"))
        )
        assert 422 == await page.sends()
        assert () == (await place.request()).votes


@pytest.mark.parametrize("said", [None, True, 1e300, -1])
async def test_an_issuer_that_does_not_say_when_it_asked_signs_in_and_confirms_nothing(
    tmp_path: Path, said: object
) -> None:
    async with issued(tmp_path) as (place, issuer, _):
        issuer.lies = {"auth_time": said}
        await signs_in(place)
        (session,) = await place.store.read(records.open_of, "ana")
        assert "" == factor_of(session, START)
