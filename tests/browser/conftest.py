"""A real Chromium, looking at a real workspace."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from tests.bot.local.house import Workspace, workspace
from tests.browser import chromium

Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Workspace]:
    async with workspace(tmp_path) as running:
        running.house.react = running.answer_like_the_real_one
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.skip("no Chromium here: run `python -m tests.browser.chromium` once")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        await running.close()


def _is_problem(said: ConsoleMessage) -> bool:
    # A page that a test cuts off tries again as often as it has time to.
    return said.type == "error" and "ERR_INTERNET_DISCONNECTED" not in said.text


@pytest.fixture
async def open_page(browser: Browser, place: Workspace) -> AsyncIterator[Open]:
    problems: list[str] = []

    async def open_as(
        persona: str = "dev", *, width: int = 1280, height: int = 800, dark: bool = False
    ) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            timezone_id="Europe/Berlin",
            has_touch=width < 760,
        )
        await context.add_init_script(
            f"localStorage.getItem('wardroom.persona') || localStorage.setItem('wardroom.persona', '{persona}')"
        )
        page = await context.new_page()
        page.set_default_timeout(5_000)
        page.on("console", lambda said: problems.append(said.text) if _is_problem(said) else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(place.url)
        await page.locator("#live[data-state=live]").wait_for()
        return page

    yield open_as
    assert problems == []
