"""Signing in by accounts from elsewhere: the right ones come in, and nothing that is forged, old or foreign does."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.web.signin.entrance import inside
from core.errors import ConfigError
from tests.bot.web.signin.house import street
from tests.bot.web.signin.issued import OIDC, SLACK, issued, sessions, signs_in
from tests.platforms.oidc import CLIENT
from tests.stores import START


async def test_a_configured_account_signs_in_and_goes_on_to_where_it_came_for(tmp_path: Path) -> None:
    async with issued(tmp_path) as (place, issuer, _):
        browser = await signs_in(place, "/signin?next=/account")
        assert "Sign in with Acme SSO" in browser.words
        await browser.opens("/signin/oidc?next=/account")
        assert ("/account", True) == (browser.at, "You are Ana Ruiz" in browser.words)
        assert "Acme SSO" in browser.words
        assert ["oidc"] == await sessions(place)
        assert "1800" == issuer.seen[0]["max_age"]
        assert len({issuer.seen[0][name] for name in ("state", "nonce", "code_challenge")}) == 3


async def test_signing_in_again_takes_the_place_of_the_session_before(tmp_path: Path) -> None:
    async with issued(tmp_path) as (place, _, __):
        browser = await signs_in(place)
        await browser.opens("/signin/oidc")
        assert ["oidc"] == await sessions(place)


async def test_slacks_accounts_count_in_their_workspace_alone(tmp_path: Path) -> None:
    async with issued(tmp_path, door="slack") as (place, issuer, _):
        issuer.user = {"sub": "U0ANA", f"{SLACK}user_id": "U0ANA", f"{SLACK}team_id": "T0ACME"}
        browser = await signs_in(place, "/signin/slack")
        assert "You are Ana Ruiz" in browser.words
        assert ["slack"] == await sessions(place)
        issuer.user = {**issuer.user, f"{SLACK}team_id": "T0EVIL"}
        browser = await signs_in(place, "/signin/slack")
        assert (403, True) == (browser.status, "another Slack workspace" in browser.words)
        assert ["slack"] == await sessions(place)


async def test_discords_accounts_count(tmp_path: Path) -> None:
    async with issued(tmp_path, door="discord") as (place, issuer, _):
        issuer.user = {"sub": "1001"}
        assert "You are Ana Ruiz" in (await signs_in(place, "/signin/discord")).words
        assert ["discord"] == await sessions(place)
        issuer.user = {"sub": "999"}
        assert 401 == (await signs_in(place, "/signin/discord")).status


async def test_an_address_counts_if_it_is_asked_for_and_verified(tmp_path: Path) -> None:
    async with issued(tmp_path, more="signin: {match: email}\n") as (place, issuer, _):
        for verified, status in ((False, 401), ("true", 401), (None, 401), (True, 200)):
            issuer.user = {"sub": "x", "email": "Ana@acme.test", "email_verified": verified}
            assert status == (await signs_in(place)).status


async def test_nobody_signs_up(tmp_path: Path) -> None:
    async with issued(tmp_path) as (place, issuer, _):
        for user in ({"sub": "mallory"}, {"sub": "x", "email": "ana@acme.test", "email_verified": True}):
            issuer.user = user
            browser = await signs_in(place)
            assert (401, True) == (browser.status, "Nobody signs up" in browser.words)
        assert [] == await sessions(place)


_LIES: tuple[dict[str, Any], ...] = (
    {"aud": "another-client"},
    {"aud": ["another-client", "third"]},
    {"aud": "another-client", "azp": CLIENT},
    {"iss": "https://evil.test"},
    {"nonce": "of-an-earlier-attempt"},
    {"nonce": None},
    {"exp": int(START.timestamp()) - 3_600},
    {"exp": None},
    {"sub": None},
    {"azp": "another-client"},
    {"nbf": int(START.timestamp()) + 3_600},
    {"issuer": "https://evil.test"},
    {"back_from": "https://evil.test"},
)


async def test_a_token_that_is_not_for_us_now_is_not_believed(tmp_path: Path) -> None:
    async with issued(tmp_path) as (place, issuer, _):
        for lies in _LIES:
            issuer.lies = lies
            assert (await signs_in(place)).status in (403, 503), lies
            assert [] == await sessions(place), lies
        issuer.lies = {}
        assert 200 == (await signs_in(place)).status


async def test_a_token_signed_by_somebody_else_is_not_believed(tmp_path: Path) -> None:
    async with issued(tmp_path) as (place, issuer, _):
        issuer.forged = True
        browser = await signs_in(place)
        assert (403, True) == (browser.status, "not signed for us" in browser.words)
        assert [] == await sessions(place)


async def test_an_answer_counts_only_in_the_browser_that_began_and_once(tmp_path: Path) -> None:
    async with issued(tmp_path) as (place, issuer, _):
        browser = place.browser()
        async with browser.http.get(f"{browser.root}/signin/oidc", allow_redirects=False) as left:
            where = left.headers["Location"]
        async with browser.http.get(where, allow_redirects=False) as answered:
            back = answered.headers["Location"].replace(place.house.world.public_url, browser.root)
        assert 403 == await place.browser().opens(back)
        other = place.browser()
        async with other.http.get(f"{other.root}/signin/oidc", allow_redirects=False):
            assert 403 == await other.opens(back)
        assert [] == issuer.calls
        assert 200 == await browser.opens(back)
        assert 403 == await browser.opens(back)
        assert ["oidc"] == await sessions(place)


async def test_an_answer_that_comes_too_late_does_not_count(tmp_path: Path) -> None:
    async with issued(tmp_path) as (place, _, __):
        browser = place.browser()
        async with browser.http.get(f"{browser.root}/signin/oidc", allow_redirects=False) as left:
            where = left.headers["Location"]
        place.clock.advance(timedelta(minutes=11))
        assert 403 == await browser.opens(where)


async def test_somebody_who_refuses_at_the_issuer_is_told_so(tmp_path: Path) -> None:
    async with issued(tmp_path) as (place, issuer, _):
        issuer.refuses = "access_denied"
        browser = await signs_in(place)
        assert (403, True) == (browser.status, "Acme SSO did not let you in" in browser.words)


async def test_a_door_that_does_not_answer_is_told_in_words(tmp_path: Path) -> None:
    async with issued(tmp_path) as (place, issuer, _):
        await issuer.stop()
        browser = await signs_in(place)
        assert (503, True) == (browser.status, "/wardroom signin" in browser.words)
        assert 404 == (await signs_in(place, "/signin/slack")).status


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.test/",
        "//evil.test",
        "/\\evil.test",
        "\\/evil.test",
        "javascript:alert(1)",
        "/a\nb",
        "",
        "/" + "x" * 600,
    ],
)
async def test_nobody_is_sent_elsewhere_after_signing_in(path: str) -> None:
    assert "/account" == inside(path)


async def test_the_way_back_stays_in_the_house(tmp_path: Path) -> None:
    async with issued(tmp_path) as (place, _, __):
        browser = await signs_in(place, "/signin/oidc?next=//evil.test/")
        assert "/account" == browser.at
        browser = await signs_in(place, "/signin/oidc?next=/signin")
        assert "/signin" == browser.at


async def test_an_issuer_whose_name_ends_in_a_slash_is_the_same(tmp_path: Path) -> None:
    async with issued(tmp_path) as (place, issuer, _):
        issuer.slash = "/"
        assert "You are Ana Ruiz" in (await signs_in(place)).words


@pytest.mark.parametrize("cookie", ["", "x", "gAAAAA", "%00==", "a" * 5_000])
async def test_a_made_up_attempt_leads_nowhere(tmp_path: Path, cookie: str) -> None:
    async with issued(tmp_path) as (place, issuer, _):
        browser = place.browser()
        headers = {"Cookie": f"wardroom_attempt={cookie}", "Accept": "text/html"}
        back = f"{browser.root}/signin/oidc/back?code=1&state=2"
        async with browser.http.get(back, headers=headers) as page:
            assert 403 == page.status
        assert [] == issuer.calls


@pytest.mark.parametrize(
    ("given", "more", "said"),
    [
        ({"oidc_issuer": "https://sso.acme.test"}, "", "OIDC_CLIENT_ID"),
        ({"oidc_issuer": "http://sso.acme.test", **OIDC}, "", "not reached over TLS"),
        ({}, "signin: {slack_team: T0ACME}\n", "SLACK_CLIENT_ID"),
        ({}, "signin: {slack_team: acme}\n", "not the id of a Slack workspace"),
    ],
    ids=str,
)
async def test_a_door_that_is_half_configured_is_told_at_the_start(
    tmp_path: Path, given: dict[str, Any], more: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        async with street(tmp_path, more=more, **given):
            pass
