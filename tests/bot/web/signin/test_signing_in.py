"""Sessions: begun by a link from the chat, seen and ended by their person, and nobody's after that."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.bot.web.signin.house import link_in, street


async def test_a_link_from_the_chat_signs_in_once_and_only_by_its_button(tmp_path: Path) -> None:
    async with street(tmp_path, "ana") as (place, (ana,)):
        await ana.says("/wardroom signin")
        link = link_in(await ana.sees("This link signs you in"), "Sign in")
        scanner, browser = place.browser(), place.browser()
        for _ in range(2):
            assert 200 == await scanner.opens(link)
        await browser.opens(link)
        assert "Sign in as Ana Ruiz?" in browser.words
        assert 200 == await browser.sends()
        assert ("/account", True) == (browser.at, "You are Ana Ruiz" in browser.words)
        assert 410 == await scanner.sends(k=link.partition("k=")[2], form=scanner.hidden["form"])
        assert 410 == await scanner.opens(link)
        assert "Ask for another" in scanner.words


async def test_a_link_to_sign_in_runs_out(tmp_path: Path) -> None:
    async with street(tmp_path) as (place, ()):
        link, browser = await place.link("ana", "signin"), place.browser()
        await browser.opens(link)
        place.clock.advance(timedelta(minutes=10))
        assert 410 == await browser.sends()
        assert 410 == await browser.opens(link)


async def test_one_sees_and_ends_ones_sessions_on_the_page_and_in_the_chat(tmp_path: Path) -> None:
    async with street(tmp_path, "ana") as (place, (ana,)):
        browsers = []
        for _ in range(3):
            browsers.append(await place.signed_in("ana"))
            place.clock.advance(timedelta(seconds=1))
        first, second, third = browsers
        await first.opens("/account")
        assert 3 == first.text.count('name="end"')
        mine = first.text.partition("(this browser)")[2].partition('name="end" value="')[2].partition('"')[0]
        await second.opens("/account")
        assert 200 == await second.sends(end=mine)
        await first.opens("/account")
        assert "/signin" == first.at.partition("?")[0]
        card_of = "Where you are signed in"
        await ana.says("/wardroom sessions")
        card = await ana.sees(card_of)
        await ana.presses(card, "End 1")
        await ana.sees("That session has ended.")
        await third.opens("/account")
        assert "/signin" == third.at.partition("?")[0]
        await second.opens("/account")
        assert "You are Ana Ruiz" in second.words
        await ana.says("/wardroom signout")
        await ana.sees("You are signed out everywhere: 1 session ended.")
        await second.opens("/account")
        assert "/signin" == second.at.partition("?")[0]


async def test_signing_out_forgets_the_cookie_and_ends_the_session(tmp_path: Path) -> None:
    async with street(tmp_path) as (place, ()):
        browser = await place.signed_in("ana")
        stolen = {cookie.key: cookie.value for cookie in browser.http.cookie_jar}
        await browser.opens("/account")
        await browser.sends(do="out")
        assert "/signin" == browser.at
        thief = place.browser()
        thief.http.cookie_jar.update_cookies(stolen)
        await thief.opens("/account")
        assert "/signin" == thief.at.partition("?")[0]


async def test_nobody_ends_the_session_of_another(tmp_path: Path) -> None:
    async with street(tmp_path) as (place, ()):
        ana, bo = await place.signed_in("ana"), await place.signed_in("bo")
        await ana.opens("/account")
        mine = ana.text.partition('name="end" value="')[2].partition('"')[0]
        await bo.opens("/account")
        assert 404 == await bo.sends(end=mine)
        await ana.opens("/account")
        assert "You are Ana Ruiz" in ana.words


@pytest.mark.parametrize(
    "change", [{"origin": "https://evil.test"}, {"site": "cross-site"}, {"form": "0" * 32}]
)
async def test_a_form_from_elsewhere_signs_nobody_in_or_out(tmp_path: Path, change: dict[str, str]) -> None:
    async with street(tmp_path) as (place, ()):
        browser = await place.signed_in("ana")
        await browser.opens("/account")
        assert 403 == await browser.sends(do="out_everywhere", **change)
        await browser.opens("/account")
        assert "You are Ana Ruiz" in browser.words
        other = place.browser()
        await other.opens(await place.link("ana", "signin"))
        assert 403 == await other.sends(**change)


async def test_from_the_own_page_one_sets_up_a_second_factor_and_later_another(tmp_path: Path) -> None:
    async with street(tmp_path) as (place, ()):
        browser = await place.signed_in("ana")
        await browser.opens("/account")
        assert "None is set up" in browser.words
        await browser.sends(do="enrol")
        assert browser.at.startswith("/p/")
        await browser.sends()
        secret = browser.text.partition("Secret: <code>")[2].partition("<")[0]
        assert 422 == await browser.sends(code="000000")
        assert secret not in browser.text, "it is shown once"
        assert 200 == await browser.sends(code=place.code(secret))
        place.clock.advance(timedelta(minutes=1))
        await browser.opens("/account")
        assert "10 recovery codes are left" in browser.words
        await browser.sends(do="enrol")
        assert 422 == await browser.sends(code="000000")
        assert "Secret:" not in browser.words
        assert 200 == await browser.sends(code=place.code(secret))
        assert "Secret:" in browser.words


async def test_pages_of_a_session_leave_nothing_behind_and_let_nothing_in(tmp_path: Path) -> None:
    public = "https://wardroom.acme.test"
    async with street(tmp_path, local=False, public_url=public) as (place, ()):
        browser = place.browser()
        link = await place.link("ana", "signin")
        async with browser.http.get(browser.root + link) as page:
            text, visitor = await page.text(), page.headers["Set-Cookie"]
            assert page.headers["Cache-Control"] == "no-store"
            assert page.headers["Referrer-Policy"] == "same-origin"
            assert "script-src 'self'" in page.headers["Content-Security-Policy"]
            assert "<script" not in text
        form = {name: text.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("k", "form")}
        headers = {"Origin": public, "Sec-Fetch-Site": "same-origin", "Cookie": visitor.partition(";")[0]}
        address = browser.root + link.partition("?")[0]
        async with browser.http.post(address, data=form, headers=headers, allow_redirects=False) as page:
            cookie = next(one for one in page.headers.getall("Set-Cookie") if "__Host-wardroom=" in one)
            assert (303, "/account") == (page.status, page.headers["Location"])
        for one in (cookie, visitor):
            assert one.startswith("__Host-")
            assert all(word in one for word in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/"))
            assert "Domain" not in one


async def test_too_many_pages_at_once_are_refused_with_a_time(tmp_path: Path) -> None:
    more = "  pages_per_minute: {person: 3, workspace: 100}\n"
    async with street(tmp_path, more=more) as (place, ()):
        browser = place.browser()
        assert [200, 200, 200, 429] == [await browser.opens("/signin") for _ in range(4)]
        assert int(browser.headers["Retry-After"]) > 0
