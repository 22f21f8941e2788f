"""The pages around signing in, in a real browser: by keyboard, on a telephone, and with nothing that the policy blocks."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, expect

from tests.bot.web.signin.house import link_in, street

_FITS = "document.documentElement.scrollWidth <= innerWidth"


async def _page(browser: Browser, problems: list[str], *, dark: bool = False) -> Page:
    scheme: Literal["dark", "light"] = "dark" if dark else "light"
    context = await browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page = await context.new_page()
    page.set_default_timeout(5_000)
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    return page


async def test_from_the_link_in_the_chat_to_the_vote_by_keyboard_alone(
    tmp_path: Path, browser: Browser
) -> None:
    problems: list[str] = []
    async with street(tmp_path, "dev", "ana") as (place, (dev, ana)):
        await dev.says("restart checkout in production")
        await ana.presses(await ana.sees("Approval needed"), "Approve")
        told = await ana.sees("asks for your second factor")
        page = await _page(browser, problems)
        await page.goto(link_in(told, "Set it up"))
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        picture = page.get_by_role("img").or_(page.locator(".qr svg"))
        await expect(picture.last).to_be_visible()
        box = await page.locator(".qr svg").bounding_box()
        assert box is not None
        assert abs(box["width"] - box["height"]) < 1
        assert await page.evaluate(_FITS)
        secret = await page.locator("p:has-text('Secret:') code").inner_text()
        await page.keyboard.press("Tab")
        await page.keyboard.type(place.code(secret))
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("listitem")).to_have_count(10)
        place.clock.advance(timedelta(minutes=1))
        await page.goto(link_in(told, "Confirm it"))
        assert await page.evaluate(_FITS)
        code = page.get_by_label("The code that your authenticator shows")
        await code.focus()
        await page.keyboard.type(place.code(secret))
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("You approved AP-1.")
        assert ["chat+totp"] == [vote.strength for vote in (await place.request()).votes]
        await page.context.close()
    assert [] == problems


async def test_ones_own_page_fits_a_telephone_and_signs_out(tmp_path: Path, browser: Browser) -> None:
    problems: list[str] = []
    async with street(tmp_path) as (place, ()):
        page = await _page(browser, problems, dark=True)
        await page.goto(place.house.url + await place.link("ana", "signin"))
        await page.get_by_role("button", name="Sign in as Ana Ruiz").click()
        await expect(page.get_by_role("heading", name="You are Ana Ruiz")).to_be_visible()
        assert await page.evaluate(_FITS)
        names = {cookie["name"]: cookie for cookie in await page.context.cookies()}
        assert names["wardroom_session"]["httpOnly"]
        await page.get_by_role("button", name="Sign out everywhere").click()
        await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        await page.context.close()  # before its house is gone, of which it may still want a picture
    assert [] == problems
