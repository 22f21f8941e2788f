"""The simulated workspace in a real browser, by hand, by keyboard and on a phone."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from core.place import Actor, Place
from handlers.cards.card import Card, Image, Literal_, Table, Text, line, say
from handlers.inbound import Click, Message, Submit
from tests.bot.local.house import Workspace, approval, progress
from tests.browser.conftest import Open

pytestmark = pytest.mark.browser
OPS = Place(platform="local", channel="ops")


async def says(page: Page, words: str) -> None:
    await page.fill("#words", words)
    await page.press("#words", "Enter")


async def test_a_request_is_made_decided_and_told_between_two_people(
    place: Workspace, open_page: Open
) -> None:
    dev = await open_page("dev")
    await dev.get_by_role("button", name="restart checkout in production").click()
    await dev.press("#words", "Enter")
    await dev.get_by_role("button", name="1 reply").click()
    thread = dev.locator("#thread-log")
    await thread.get_by_role("button", name="Approve AP-1").click()
    await dev.locator("#confirm").get_by_role("button", name="Approve").click()
    await expect(dev.get_by_text("You asked for this, so you cannot vote on it.")).to_be_visible()
    await expect(dev.locator(".message.private")).to_contain_text("only you see this")

    ana = await open_page("ana")
    await ana.get_by_role("button", name=re.compile("repl")).click()
    await expect(ana.locator(".message.private")).to_have_count(0)
    for votes in ("1 of 2", "2 of 2"):
        await ana.locator("#thread-log").get_by_role("button", name="Approve AP-1").click()
        await ana.locator("#confirm").get_by_role("button", name="Approve").click()
        await expect(thread).to_contain_text(votes)
    await expect(thread.locator(".card-title")).to_have_text("✓Approved: restart checkout in production")
    clicks = [one for one in place.house.received if isinstance(one, Click)]
    assert [(one.actor.user, one.revision, one.digest) for one in clicks] == [
        ("dev", 0, "9f3c2a11"),
        ("ana", 0, "9f3c2a11"),
        ("ana", 1, "9f3c2a11"),
    ]


async def test_a_confirmation_that_is_cancelled_does_nothing(place: Workspace, open_page: Open) -> None:
    await place.posts(approval())
    page = await open_page("ana")
    await page.get_by_role("button", name="Approve AP-1").click()
    await page.locator("#confirm").get_by_role("button", name="Cancel").click()
    await expect(page.locator("#confirm")).not_to_be_visible()
    assert place.house.received == []


async def test_a_rejection_asks_for_its_reason_in_a_dialog(place: Workspace, open_page: Open) -> None:
    await place.posts(approval())
    page = await open_page("chi")
    await page.get_by_role("button", name="Reject… AP-1").click()
    dialog = page.get_by_role("dialog", name="Reject AP-1")
    await dialog.get_by_role("button", name="Reject").click()
    await expect(dialog).to_be_visible()  # the reason is required
    await dialog.get_by_label("Reason").fill("Not on a <b>Friday</b>")
    await dialog.get_by_label("What may be done instead").select_option("staging")
    await dialog.get_by_role("button", name="Reject").click()
    await expect(page.get_by_text("Rejected: Not on a <b>Friday</b>")).to_be_visible()
    (submit,) = place.house.received
    assert isinstance(submit, Submit)
    assert (submit.object, submit.fields) == (
        "AP-1",
        {"reason": "Not on a <b>Friday</b>", "scope": "staging"},
    )


async def test_changing_who_one_is_changes_what_one_sees(place: Workspace, open_page: Open) -> None:
    await place.platform.whisper(
        Actor(platform="local", user="dev"), OPS, say("for Dev alone"), place.key(), ""
    )
    page = await open_page("dev")
    await expect(page.get_by_text("for Dev alone")).to_be_visible()
    await page.get_by_role("button", name="Zed").click()
    await expect(page.locator("#words")).to_have_attribute("aria-label", "Message #ops as Zed")
    await expect(page.get_by_text("for Dev alone")).to_have_count(0)
    await says(page, "who am I?")
    await expect(page.locator(".message", has_text="who am I?")).to_contain_text("Zed")
    await page.reload()
    await expect(page.get_by_role("button", name="Zed", pressed=True)).to_be_visible()


async def test_the_whole_way_works_by_keyboard_alone(place: Workspace, open_page: Open) -> None:
    page = await open_page("dev")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")  # the skip link leads to the box
    await page.keyboard.type("/run")
    await expect(page.get_by_role("option")).to_have_count(2)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.keyboard.type("restart-service pay")
    await expect(page.get_by_role("option", name="payments")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.locator("#words")).to_have_value("/runbook run restart-service payments ")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.private code").first).to_have_text(
        "/runbook run restart-service payments"
    )

    await place.posts(approval())
    await page.get_by_role("button", name="Approve AP-1").focus()
    await place.platform.update(
        OPS.at(await page.locator(".message").last.get_attribute("data-id") or ""), approval(1)
    )
    await expect(page.locator(".fields")).to_contain_text("1 of 2")
    await expect(
        page.get_by_role("button", name="Approve AP-1")
    ).to_be_focused()  # a change never moves the focus
    await page.keyboard.press("Enter")
    await expect(page.locator("#confirm")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#confirm")).not_to_be_visible()
    assert not any(isinstance(one, Click) for one in place.house.received)


async def test_a_page_that_loses_its_house_says_so_and_comes_back_with_what_it_missed(
    place: Workspace, open_page: Open
) -> None:
    page = await open_page("dev")
    await place.posts(progress(0))
    await expect(page.locator(".steps")).to_be_visible()
    context = page.context
    await context.set_offline(True)
    for session in tuple(place.platform._hub.sessions):
        session.cut()
    await expect(page.locator("#live")).to_contain_text("reconnecting, stale since")
    await says(page, "are you there?")
    await place.posts(say("said meanwhile"))
    await context.set_offline(False)
    await expect(page.locator("#live")).to_have_text("live", timeout=10_000)
    await expect(page.get_by_text("said meanwhile")).to_be_visible()
    await expect(page.locator(".message.pending")).to_have_count(0)
    assert [one.text for one in place.house.received if isinstance(one, Message)] == ["are you there?"]


@pytest.mark.parametrize("dark", [False, True])
async def test_a_phone_shows_everything_without_scrolling_sideways(
    place: Workspace, open_page: Open, dark: bool, tmp_path: Path
) -> None:
    root = await place.posts(approval())
    wide = Card(
        title="W" * 200,
        parts=(
            Text(line=line("x" * 500)),
            Literal_(text="y" * 300),
            Table(head=("a" * 40, "b" * 40), rows=((line("c" * 60), line("d d d")),)),
            Image(url="javascript:alert(1)", alt="z" * 90),
        ),
    )
    await place.posts(wide)
    await place.posts(say("a reply"), thread=root)
    page = await open_page("ana", width=360, height=740, dark=dark)
    await expect(page.locator(".card")).to_have_count(2)
    sideways = "() => [...document.querySelectorAll('html, #main, #log, #thread, #thread-log')].filter((n) => n.scrollWidth > n.clientWidth + 1).map((n) => n.id)"
    assert await page.evaluate(sideways) == []
    await page.locator("#menu").tap()
    await page.get_by_role("button", name="Chi Okafor").tap()
    await expect(page.locator("#words")).to_have_attribute("aria-label", "Message #ops as Chi Okafor")
    await page.get_by_role("button", name="1 reply").tap()
    box = await page.locator("#thread").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (360, 740)
    assert await page.evaluate(sideways) == []
    await page.screenshot(path=tmp_path / f"phone-{'dark' if dark else 'light'}.png")
    await page.locator("#thread-back").tap()
    await expect(page.locator("#thread")).not_to_be_visible()


CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgb = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => { const f = (c) => { c /= 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; }; return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
  const ground = (node) => { for (let at = node; at; at = at.parentElement) { const c = rgb(getComputedStyle(at).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255, 255]; };
  const bad = [];
  for (const node of document.querySelectorAll('#app *')) {
    const text = [...node.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
    if (!text || !node.checkVisibility({ opacityProperty: true })) continue;
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) bad.push(`${node.tagName}.${node.className}: ${node.textContent.slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return bad;
}"""


@pytest.mark.parametrize("dark", [False, True])
async def test_words_stand_out_from_their_ground_in_both_themes(
    place: Workspace, open_page: Open, dark: bool
) -> None:
    root = await place.posts(approval())
    for card in (approval(1), approval(2), progress(1), say("bad", tone="bad"), say("ended", tone="ended")):
        await place.posts(card, thread=root)
        await place.posts(card)
    page = await open_page("dev", dark=dark)
    await page.get_by_role("button", name="5 replies").click()
    await expect(page.locator("#thread-log .card")).to_have_count(6)
    assert await page.evaluate(CONTRAST) == []


async def test_the_theme_follows_the_system_until_it_is_chosen(open_page: Open) -> None:
    page = await open_page("dev", dark=True)
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = await page.evaluate(ground)
    await page.get_by_role("button", name="Theme: as the system").click()
    light = await page.evaluate(ground)
    assert light != dark
    await page.reload()
    assert await page.evaluate(ground) == light
    await page.get_by_role("button", name="Theme: light").click()
    assert await page.evaluate(ground) == dark


async def test_the_persons_own_page_opens_and_other_platforms_can_be_previewed(
    place: Workspace, open_page: Open
) -> None:
    await place.posts(approval())
    page = await open_page("dev")
    await page.locator(".message").hover()
    await page.get_by_role("button", name="Show as JSON").click()
    dialog = page.get_by_role("dialog", name="The same card elsewhere")
    await expect(dialog.get_by_role("tabpanel")).to_contain_text('"blocks"')
    await dialog.get_by_role("tab", name="Slack").press("ArrowRight")
    await expect(dialog.get_by_role("tabpanel")).to_contain_text('"embeds"')
    await dialog.get_by_role("button", name="Close").click()
    await page.get_by_role("button", name="Home").click()
    await expect(page.get_by_role("heading", name="Waiting for you")).to_be_visible()


async def test_what_comes_of_a_button_on_ones_own_page_is_shown_where_it_is_told(
    place: Workspace, open_page: Open
) -> None:
    page = await open_page("dev")
    await page.get_by_role("button", name="Home").click()
    await page.get_by_role("button", name="Open AP-1").click()
    await expect(page.locator("#title, header").first).to_contain_text("Wardroom")
    await expect(page.get_by_text("Only you and the bot read this")).to_be_visible()


async def test_what_is_unread_is_marked_until_it_is_read(place: Workspace, open_page: Open) -> None:
    page = await open_page("bo")
    await place.posts(say("look"), channel="incidents")
    channel = page.get_by_role("button", name="incidents")
    await expect(channel).to_contain_text("1 unread")
    await channel.click()
    await expect(page.locator("#log")).to_contain_text("look")
    await page.get_by_role("button", name="ops", exact=True).click()
    await expect(channel).not_to_contain_text("unread")


async def test_a_message_that_was_not_taken_offers_to_try_again(place: Workspace, open_page: Open) -> None:
    from core.errors import Unavailable

    page = await open_page("dev")
    place.house.fails = Unavailable("The database is full.", "Nothing was changed.")
    await says(page, "hello")
    await expect(page.locator(".problem")).to_contain_text("The database is full. Nothing was changed.")
    place.house.fails = None
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator(".problem")).to_have_count(0)
    await expect(page.locator(".said", has_text="hello")).to_have_count(1)
    assert len(place.house.received) == 1
