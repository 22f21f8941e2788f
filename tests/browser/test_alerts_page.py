"""The page of alerts: every column of its table is in sight on a desk, and on a telephone it can be reached."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.app import House
from core.incidents.alerts import units as alerts
from core.incidents.sources.source import Report
from core.store.engine import Unit
from handlers.cards.link import page_url
from tests.core.incidents.gathering.street import firing, many
from tests.stories.house import running, settings

pytestmark = pytest.mark.browser
_HIDDEN = """() => {
  const box = document.querySelector('.table').getBoundingClientRect();
  const heads = [...document.querySelectorAll('.table th')];
  return heads.filter((one) => one.getBoundingClientRect().right > box.right + 1).map((one) => one.textContent);
}"""
_LONG = '{}/{severity="critical"}:{alertname="HighErrors",namespace="production"}'
_SCROLLS = "document.documentElement.scrollWidth > innerWidth"


async def _alerts(house: House) -> str:
    def hear(unit: Unit) -> None:
        few = many(3, group=_LONG)
        news = (
            *few,
            firing(where="checkout-worker-7f8d9c6b5-x2x9z.production.svc.cluster.local", group=_LONG),
        )
        alerts.hear(unit, house.world, "alertmanager", Report(news, 0))

    await house.store.transact(hear)
    return page_url(house.url, house.world.secret_key, "ALERTS")


async def test_all_columns_are_in_sight_on_a_desk(browser: Browser, tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house:
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        await page.goto(await _alerts(house))
        await expect(page.get_by_role("columnheader", name="Incident")).to_be_visible()
        assert [] == await page.evaluate(_HIDDEN)
        assert not await page.evaluate(_SCROLLS)
        await page.context.close()


async def test_on_a_telephone_the_table_is_moved_and_not_the_page(browser: Browser, tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house:
        page = await browser.new_page(viewport={"width": 390, "height": 800})
        await page.goto(await _alerts(house))
        assert not await page.evaluate(_SCROLLS)
        last = page.get_by_role("columnheader", name="Id", exact=True)
        await last.scroll_into_view_if_needed()
        await expect(last).to_be_in_viewport()
        await page.context.close()
