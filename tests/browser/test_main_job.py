"""The main job by hand, in a real browser on the real house: asked, refused, decided, run, told, audited."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from core.approvals import records as approvals
from core.approvals.request import Status
from tests.stories.house import audited, running, settings

pytestmark = pytest.mark.browser
_SLOW = 15_000


async def as_person(page: Page, name: str) -> None:
    await page.locator("[data-persona]").filter(has_text=name).first.click()
    await expect(page.locator("#words")).to_have_attribute("aria-label", f"Message #ops as {name}")


async def approve(page: Page) -> None:
    await page.get_by_role("button", name="Approve AP-1").first.click()
    await page.locator("#confirm").get_by_role("button", name="Approve").click()


async def test_dev_asks_ana_and_chi_approve_and_everybody_sees_it_run(
    browser: Browser, tmp_path: Path
) -> None:
    async with running(settings(tmp_path)) as house:
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(_SLOW)
        await page.goto(house.url)
        await as_person(page, "Dev Patel")
        await page.fill("#words", "restart checkout in production")
        await page.press("#words", "Enter")
        await page.get_by_role("button", name="replies").click()
        thread = page.locator("#thread-log")
        await expect(thread).to_contain_text("Approval needed: restart-service of checkout in production")
        await expect(thread).to_contain_text("Change to production")
        await expect(thread).to_contain_text("security must be among them")

        await approve(page)
        await expect(page.get_by_text("You asked for AP-1, so you cannot vote on it.")).to_be_visible()

        await as_person(page, "Ana Ruiz")
        await page.get_by_role("button", name="replies").click()
        await approve(page)
        await expect(thread).to_contain_text("Votes: 1 of 2")
        await approve(page)
        await expect(thread).to_contain_text("it counts once")

        await as_person(page, "Chi Okafor")
        await page.get_by_role("button", name="replies").click()
        await approve(page)
        await expect(thread).to_contain_text("Approved and done", timeout=_SLOW)
        await expect(thread).to_contain_text("restart-service of checkout in production: done")
        await expect(thread).to_contain_text("Ana Ruiz approved AP-1 (1 of 2).")
        await expect(thread).to_contain_text("AP-1 is approved by Ana Ruiz and Chi Okafor.")
        await expect(thread).to_contain_text("Restarted checkout in production")
        await expect(page.get_by_role("button", name="Approve AP-1")).to_have_count(0)

        link = thread.get_by_role("link", name="Open page").first
        await page.goto(str(await link.get_attribute("href")))
        await expect(page.locator("body")).to_contain_text("restart-service of checkout in production")

        request = await house.store.read(approvals.get, "AP-1")
        assert request.status is Status.EXECUTED
        assert [vote.person for vote in request.votes] == ["ana", "chi"]
        await audited(house)
