"""An incident by hand: its card in a narrow thread, a role taken and over, and a review that two people write on its page."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from handlers.cards.link import page_url
from tests.browser.test_main_job import as_person
from tests.stories.house import running, settings

pytestmark = pytest.mark.browser
_SLOW = 15_000
_EDGE = """() => {
  const menus = [...document.querySelectorAll('#thread-log .card select')];
  return menus.map((one) => one.closest('.card').getBoundingClientRect().right - one.getBoundingClientRect().right);
}"""


async def say(page: Page, words: str) -> None:
    await page.fill("#words", words)
    await page.press("#words", "Enter")


async def test_menus_stay_off_the_edge_and_the_card_of_a_role_ends_with_the_incident(
    browser: Browser, tmp_path: Path
) -> None:
    async with running(settings(tmp_path)) as house:
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(_SLOW)
        await page.goto(house.url)
        await as_person(page, "Ana Ruiz")
        await say(page, "/incident declare checkout fails")
        await page.locator("#log .replies").first.click()
        await expect(page.locator("#thread-log select")).to_have_count(2)
        assert all(space > 10 for space in await page.evaluate(_EDGE))
        await say(page, "/incident lead INC-1")
        await expect(page.locator("#log")).to_contain_text("What you need is in our direct messages")
        await page.locator("#side button").filter(has_text="Wardroom").last.click()
        card = page.locator("#log .card").filter(has_text="Commander: decides").last
        await expect(card).to_contain_text("You lead INC-1 now.")
        await say(page, "/incident resolve INC-1 a bad deploy")
        over = page.locator("#log .card").filter(has_text="INC-1 is resolved; Ana Ruiz was commander.")
        await expect(over).to_have_count(1)
        await expect(over.get_by_role("button")).to_have_count(0)
        await page.context.close()


async def test_its_page_follows_the_incident_until_it_is_closed(browser: Browser, tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house:
        context = await browser.new_context()
        chat, page = await context.new_page(), await context.new_page()
        await chat.goto(house.url)
        await as_person(chat, "Ana Ruiz")
        await say(chat, "/incident declare checkout fails")
        await expect(chat.locator("#log")).to_contain_text("INC-1")
        await page.goto(page_url(house.url, house.world.secret_key, "INC-1"))
        await expect(page.locator("#now")).to_contain_text("open")
        await say(chat, "/incident ack INC-1")
        await expect(page.locator("#now")).to_contain_text("acknowledged", timeout=_SLOW)
        await expect(page.get_by_role("status")).to_have_text("Kept up to date. Decide in the chat.")
        await say(chat, "/incident resolve INC-1 a bad deploy")
        await expect(page.locator("#now")).to_contain_text("resolved", timeout=_SLOW)
        await say(chat, "/incident close INC-1")
        await expect(page.get_by_role("status")).to_have_text(
            "This has ended. Decide in the chat.", timeout=_SLOW
        )
        await context.close()


async def test_two_people_write_a_review_and_both_see_what_the_other_wrote(
    browser: Browser, tmp_path: Path
) -> None:
    async with running(settings(tmp_path)) as house:
        sheets: list[Page] = []
        for name in ("Ana Ruiz", "Bo Lindqvist"):
            context = await browser.new_context()
            page = await context.new_page()
            page.set_default_timeout(_SLOW)
            await page.goto(house.url)
            await as_person(page, name)
            if not sheets:
                await say(page, "/incident declare checkout fails")
                await expect(page.locator("#log")).to_contain_text("INC-1")
            await say(page, "/incident review page=true INC-1")
            link = page.get_by_role("link", name="Open the page")
            await page.goto(str(await link.get_attribute("href")))
            sheets.append(page)
        hers, his = sheets
        await hers.get_by_label("Summary").fill("It broke.")
        await his.get_by_label("Summary").fill("It fell over.")
        await hers.get_by_role("button", name="Save").click()
        await expect(hers.get_by_role("status")).to_have_text("Saved as version 1.")
        await his.get_by_role("button", name="Save").click()
        await expect(his.get_by_role("alert")).to_contain_text("Ana Ruiz wrote in it meanwhile")
        await expect(his.get_by_label("Summary")).to_have_value("It fell over.")
        await expect(his.locator("#summary-theirs")).to_contain_text("It broke.")
        await his.get_by_role("button", name="Save").click()
        await expect(his.get_by_text("Version 1 by Ana Ruiz")).to_be_visible()
        for page in sheets:
            await page.context.close()
