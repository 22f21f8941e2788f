"""A yes that needs a second factor: from the click in the chat to the page that takes it, and every way to fail."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.approvals import records
from core.approvals.request import Status
from core.people.passes.one_time import Errand
from core.store import events
from core.store.engine import Unit
from tests.bot.web.signin.house import Browser, Street, link_in, street
from tests.stories.house import audited


async def test_a_click_records_nothing_and_the_page_takes_the_decision(tmp_path: Path) -> None:
    async with street(tmp_path, "dev", "ana") as (place, (dev, ana)):
        secret, _ = await place.enrolled("ana")
        await dev.says("restart checkout in production")
        card = await ana.sees("Approval needed", "each with a second factor")
        await ana.presses(card, "Approve")
        told = await ana.sees("AP-1 asks for your second factor, so nothing is recorded yet.")
        assert () == (await place.request()).votes
        page = place.browser()
        assert 200 == await page.opens(link_in(told, "Confirm it"))
        assert (await place.request()).digest in page.words
        assert "Change to production" in page.words
        assert 200 == await page.sends(code=place.code(secret))
        assert "You approved AP-1." in page.words
        vote = (await place.request()).votes[0]
        assert ("ana", "local", "chat+totp") == (vote.person, vote.via, vote.strength)
        await dev.sees("Approval needed", "with a second factor", "1 of 2")
        decided = [
            e for e in await place.store.read(events.history, "AP-1") if e["kind"] == "approval.decided"
        ]
        assert ["chat+totp"] == [event["data"]["strength"] for event in decided]
        await audited(place.house)


async def test_whoever_has_no_second_factor_is_led_to_one_at_once(tmp_path: Path) -> None:
    async with street(tmp_path, "dev", "ana") as (place, (dev, ana)):
        await dev.says("restart checkout in production")
        await ana.presses(await ana.sees("Approval needed"), "Approve")
        told = await ana.sees("You have set up none yet.")
        # What has to be done first is what one would press.
        assert ["primary", "plain"] == re.findall(r'class="button" data-look="(\w+)"', told["html"])
        setting_up, confirming = place.browser(), place.browser()
        await confirming.opens(link_in(told, "Confirm it"))
        assert "You have no authenticator yet" in confirming.words
        assert 422 == await confirming.sends(code="123456")
        await setting_up.opens(link_in(told, "Set it up"))
        await setting_up.sends()
        assert "Both are shown this once" in setting_up.words
        assert "<svg" in setting_up.text
        secret = setting_up.text.partition("Secret: <code>")[2].partition("<")[0]
        await setting_up.sends(code=place.code(secret))
        assert 10 == setting_up.text.count("<li><code>")
        assert "go back to the chat now and confirm it there" in setting_up.words
        place.clock.advance(timedelta(minutes=1))
        await confirming.opens(link_in(told, "Confirm it"))
        assert 200 == await confirming.sends(code=place.code(secret))
        assert ["chat+totp"] == [vote.strength for vote in (await place.request()).votes]


async def test_a_no_needs_no_second_factor(tmp_path: Path) -> None:
    async with street(tmp_path, "dev", "chi") as (place, (dev, chi)):
        await dev.says("restart checkout in production")
        card = await chi.sees("Approval needed")
        await chi.fills(await chi.presses(card, "Reject"), {"reason": "not today"}, card)
        await chi.sees("You rejected AP-1.")
        assert Status.REJECTED is (await place.request()).status


@pytest.fixture
async def held(tmp_path: Path) -> AsyncIterator["Held"]:
    """A request, and Ana's link to confirm her yes, with her authenticator."""
    async with street(tmp_path, "dev", "ana") as (place, (dev, ana)):
        secret, recovery = await place.enrolled("ana")
        await dev.says("restart checkout in production")
        await ana.presses(await ana.sees("Approval needed"), "Approve")
        link = link_in(await ana.sees("asks for your second factor"), "Confirm it")
        page = place.browser()
        await page.opens(link)
        yield Held(place, page, link, secret, recovery)


class Held:
    """What the fixture gives."""

    def __init__(self, place: Street, page: Browser, link: str, secret: str, recovery: list[str]) -> None:
        self.place, self.page, self.link, self.secret, self.recovery = place, page, link, secret, recovery

    @property
    def code(self) -> str:
        return self.place.code(self.secret)

    async def votes(self) -> list[str]:
        return [vote.strength for vote in (await self.place.request()).votes]


async def test_a_scanner_that_opens_the_link_decides_nothing(held: Held) -> None:
    for _ in range(3):
        assert 200 == await held.place.browser().opens(held.link)
    assert [] == await held.votes()
    assert 200 == await held.page.sends(code=held.code)


async def test_a_wrong_code_decides_nothing_and_five_close_the_door_for_a_while(held: Held) -> None:
    for left in (4, 3, 2, 1):
        assert 422 == await held.page.sends(code="000000")
        assert f"{left} tr" in held.page.words
    assert 422 == await held.page.sends(code="000000")
    assert "Too many wrong codes" in held.page.words
    assert 422 == await held.page.sends(code=held.code)
    assert [] == await held.votes()
    refused = await held.place.store.read(events.history, "ana")
    assert 5 == sum(event["kind"] == "factor.refused" for event in refused)


async def test_without_a_code_nothing_is_decided(held: Held) -> None:
    for code in ("", "   ", "abc", "１２３４５６", "\x00"):
        assert 422 == await held.page.sends(code=code)
    assert [] == await held.votes()


async def test_a_code_that_was_used_does_not_count_again(held: Held) -> None:
    code = held.code
    again = await held.place.link("ana", "enrol")
    other = held.place.browser()
    await other.opens(again)
    assert 200 == await other.sends(code=code)
    assert 422 == await held.page.sends(code=code)
    assert "was used before" in held.page.words
    assert [] == await held.votes()


async def test_a_recovery_code_stands_in_once(held: Held) -> None:
    assert 200 == await held.page.sends(code=held.recovery[0])
    assert ["chat+totp"] == await held.votes()
    request = await held.place.request()
    link = await held.place.link("ana", "confirm", Errand("approve", "AP-1", request.digest, "", "local"))
    await held.page.opens(link)
    assert 422 == await held.page.sends(code=held.recovery[0])


async def test_a_link_counts_once(held: Held) -> None:
    assert 200 == await held.page.sends(code=held.code)
    held.place.clock.advance(timedelta(minutes=1))
    assert 200 == await held.page.opens(held.link)
    assert "This link was used" in held.page.words
    assert "<form" not in held.page.text


async def test_a_link_runs_out_after_ten_minutes(held: Held) -> None:
    held.place.clock.advance(timedelta(minutes=10))
    assert 422 == await held.page.sends(code=held.code)
    assert "run out" in held.page.words
    assert [] == await held.votes()


async def test_after_the_subject_has_changed_the_link_decides_nothing_and_shows_how_it_stands(
    held: Held,
) -> None:
    def change(unit: Unit) -> None:
        changed = records.APPROVAL.update().where(records.APPROVAL.c.id == "AP-1")
        unit.conn.execute(changed.values(digest="f" * 64, title="restart payments"))

    await held.place.store.transact(change)
    assert 422 == await held.page.sends(code=held.code)
    assert "has changed since you pressed the button" in held.page.words
    assert "restart payments" in held.page.words
    assert [] == await held.votes()


async def test_somebody_elses_authenticator_does_not_confirm_ones_link(held: Held) -> None:
    secret, _ = await held.place.enrolled("bo")
    await held.page.opens(held.link)
    assert 422 == await held.page.sends(code=held.place.code(secret))
    assert [] == await held.votes()


async def test_a_session_from_the_chat_is_no_second_factor(held: Held) -> None:
    browser = await held.place.signed_in("ana")
    await browser.opens(held.link)
    assert 422 == await browser.sends(code="")
    assert [] == await held.votes()


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"site": "cross-site"},
        {"form": ""},
        {"form": "0" * 32},
    ],
    ids=str,
)
async def test_a_form_from_elsewhere_is_refused(held: Held, change: dict[str, str]) -> None:
    assert 403 == await held.page.sends(code=held.code, **change)
    held.page.http.cookie_jar.clear()
    await held.page.opens(held.link)
    held.page.http.cookie_jar.clear()
    assert 403 == await held.page.sends(code=held.code)
    assert [] == await held.votes()


async def test_a_link_with_another_key_opens_nothing(held: Held) -> None:
    page = held.place.browser()
    assert 403 == await page.opens(held.link[:-1] + ("0" if held.link[-1] != "0" else "1"))
    assert "checkout" not in page.text
    enrolling = await held.place.link("ana", "enrol")
    assert 403 == await page.opens(f"{held.link.partition('?')[0]}?{enrolling.partition('?')[2]}")


async def test_no_link_code_or_secret_is_kept_or_logged(
    held: Held, capsys: pytest.CaptureFixture[str]
) -> None:
    code = held.code
    await held.page.sends(code="000000")
    await held.page.sends(code=code)
    printed = "".join(capsys.readouterr())
    database = Path(held.place.house.settings.database_url.get_secret_value().removeprefix("sqlite:///"))
    kept = b"".join(one.read_bytes() for one in database.parent.glob("wardroom.db*"))
    for secret in (held.link.partition("k=")[2], held.secret, *held.recovery):
        assert secret not in printed
        assert secret.encode() not in kept


async def test_a_fresh_first_factor_counts_after_a_wait_and_is_said_aloud(tmp_path: Path) -> None:
    waits = "\nsecond_factor: {enrolment_wait: 24h}\n"
    async with street(tmp_path, "dev", "ana", more=waits) as (place, (dev, ana)):
        secret, recovery = await place.enrolled("ana")
        told = await dev.sees("Ana Ruiz has set up a first second factor", "wardroom totp reset ana")
        assert "`" not in str(told["text"]), "what is typed is shown as such, without its back-ticks"
        await dev.says("restart checkout in production")
        await ana.presses(await ana.sees("Approval needed"), "Approve")
        link = link_in(await ana.sees("asks for your second factor"), "Confirm it")
        page = place.browser()
        for code in (place.code(secret), recovery[0]):
            await page.opens(link)
            assert 422 == await page.sends(code=code)
            assert "counts from 2026-03-03 09:00 UTC on" in page.words
        assert () == (await place.request()).votes


async def test_after_the_wait_it_counts_and_another_authenticator_counts_at_once(tmp_path: Path) -> None:
    waits = "\nsecond_factor: {enrolment_wait: 1h}\n"
    async with street(tmp_path, "dev", "ana", more=waits) as (place, (dev, ana)):
        secret, _ = await place.enrolled("ana")
        place.clock.advance(timedelta(hours=1))
        browser = place.browser()
        await browser.opens(await place.link("ana", "enrol"))
        await browser.sends(code=place.code(secret))
        another = browser.text.partition("Secret: <code>")[2].partition("<")[0]
        assert 200 == await browser.sends(code=place.code(another))
        place.clock.advance(timedelta(minutes=1))
        await dev.sees("Ana Ruiz has set up another authenticator")
        await dev.says("restart checkout in production")
        await ana.presses(await ana.sees("Approval needed"), "Approve")
        page = place.browser()
        await page.opens(link_in(await ana.sees("asks for your second factor"), "Confirm it"))
        assert 200 == await page.sends(code=place.code(another))
        assert ["chat+totp"] == [vote.strength for vote in (await place.request()).votes]
