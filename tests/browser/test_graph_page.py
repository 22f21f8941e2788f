"""The page of a run in a real browser: the drawing, how it follows the run, and how it is held still."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, Page, expect

from bot.web import pages
from bot.web.server import WebServer
from core.runbooks.execution import Node
from core.runbooks.graph import lay_out
from core.runbooks.states import StepState
from handlers.cards.card import Card
from handlers.cards.link import page_url

pytestmark = pytest.mark.browser
NODES = [
    Node(id="lag", name="Check replica lag", kind="action"),
    Node(id="drain", name="Drain <writers>", kind="action", destructive=True, needs=("lag",)),
    Node(id="snap", name="Take a snapshot", kind="action", needs=("lag",)),
    Node(id="ask", name="Promote now?", kind="approval", needs=("drain", "snap")),
    Node(id="promote", name="Promote replica", kind="action", destructive=True, needs=("ask",)),
    Node(id="dns", name="Repoint the names", kind="action", destructive=True, needs=("promote",)),
    Node(id="verify", name="Verify latency", kind="action", needs=("promote",)),
    Node(id="tell", name="Say so", kind="action", needs=("dns", "verify")),
]
BEGUN = {
    "lag": StepState.SUCCEEDED,
    "drain": StepState.RUNNING,
    "snap": StepState.FAILED,
    "ask": StepState.WAITING_APPROVAL,
    "dns": StepState.SKIPPED,
}


@dataclass
class Run:
    """A run whose steps the test moves."""

    states: dict[str, StepState] = field(default_factory=lambda: dict(BEGUN))
    live: bool = True

    async def shown(self, ref: str) -> pages.Shown:
        states = {node.id: self.states.get(node.id, StepState.WAITING) for node in NODES}
        return pages.Shown(Card(title=f"Failover: {ref}"), lay_out(NODES, states), self.live)


@asynccontextmanager
async def page_of(run: Run, browser: Browser, *, width: int = 900, dark: bool = False) -> AsyncIterator[Page]:
    server = WebServer("127.0.0.1", 0, pages.routes(run.shown, "secret"))
    await server.start()
    context = await browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light"
    )
    problems: list[str] = []
    page = await context.new_page()
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(page_url(server.url, "secret", "RUN-1"))
    yield page
    await server.stop()
    assert problems == []


async def test_the_drawing_follows_the_run_until_it_has_ended(browser: Browser) -> None:
    run = Run()
    async with page_of(run, browser) as page:
        await expect(page.get_by_role("img", name="Steps of RUN-1: Failover: RUN-1")).to_be_visible()
        await expect(page.locator('[data-step="drain"]')).to_contain_text("running · changes things")
        run.states["drain"] = StepState.SUCCEEDED
        await expect(page.locator('[data-step="drain"]')).to_contain_text("done", timeout=8_000)
        run.live = False
        await expect(page.get_by_role("status")).to_have_text(
            "This has ended. Decide in the chat.", timeout=8_000
        )
        await expect(page.get_by_role("button")).to_have_count(0)


async def test_a_reader_can_stop_the_page_from_being_brought_up_to_date(browser: Browser) -> None:
    async with page_of(Run(), browser) as page:
        await page.get_by_role("button", name="Stop updating").click()
        await expect(page.get_by_role("status")).to_contain_text("Stopped: this may be out of date.")
        await expect(page.get_by_role("button", name="Update again")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(360, False), (360, True), (900, True)])
async def test_the_drawing_stays_inside_the_page_and_can_be_read(
    browser: Browser, width: int, dark: bool
) -> None:
    async with page_of(Run(), browser, width=width, dark=dark) as page:
        await expect(page.locator('[data-step="ask"] polygon')).to_be_visible()
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        ink, ground = await page.evaluate(
            """() => [getComputedStyle(document.querySelector('.graph-name')).fill,
                      getComputedStyle(document.querySelector('.graph-box')).fill]"""
        )
        assert ink != ground
