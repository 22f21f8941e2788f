"""Somebody who is in no chat: asked by mail, decides on the page behind its link, and the run goes on."""

import asyncio
import re
from pathlib import Path

import aiohttp

from bot.app import House
from core.approvals import records as approvals
from core.approvals.request import Status
from core.notify import units as notices
from core.notify.ledger import State
from tests.platforms.smtp import MailServer, text_of
from tests.stories.house import audited, running, settings
from tests.stories.seats import seats
from tests.stories.world import write_world


def world_with_mail(folder: Path) -> Path:
    config = write_world(folder, channels=("local",), without=(("chi", "local"),))
    text = config.read_text()
    for name in ("ana", "chi", "dev"):
        text = text.replace(f"  {name}: {{name:", f"  {name}: {{email: {name}@acme.test, name:")
    text = text.replace("channels:\n", "channels:\n  mail: {email: {from: wardroom@acme.test}}\n")
    config.write_text(text.replace("notify: [ops]", "notify: [ops, mail]"))
    return config


async def decide(url: str, mail: str) -> str:
    """Open the link of a mail, fill in the form, and send it; the page that comes back."""
    link = re.search(r"http://\S+/c/\S+", mail)
    code = re.search(r"code for that page: (\S+)", mail)
    assert link is not None
    assert code is not None
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        async with http.get(link.group(0)) as page:
            text = await page.text()
        form = dict(re.findall(r'name="(k|form)" value="([^"]*)"', text))
        form |= {"choice": "approve", "code": code.group(1)}
        address = link.group(0).partition("?")[0]
        async with http.post(address, data=form, headers={"Origin": url}) as page:
            return await page.text()


async def everybody_is_told(house: House) -> None:
    """Wait until nothing that asked for a decision is still on its way."""
    async with asyncio.timeout(10):
        while True:
            asked = [one for one in await house.store.read(notices.ledger, "AP-1") if one.asks]
            if asked and all(one.state is not State.QUEUED for one in asked):
                return
            await asyncio.sleep(0.02)


async def test_a_quorum_is_reached_half_in_chat_and_half_by_mail(tmp_path: Path, smtp: MailServer) -> None:
    given = settings(tmp_path, config=world_with_mail(tmp_path), smtp_url=smtp.url())
    async with running(given) as house, seats(house.url, "dev", "ana") as (dev, ana):
        await dev.says("restart checkout in production")
        card = await ana.sees("Approval needed")
        await everybody_is_told(house)
        await ana.presses(card, "Approve")
        await dev.sees("Ana Ruiz approved AP-1")
        (mail,) = await smtp.until("chi@acme.test")
        assert "You approved AP-1" in await decide(house.url, text_of(mail))
        await dev.sees("AP-1 is approved by Ana Ruiz and Chi Okafor.")
        await dev.sees("Approved and done")
        await ana.presses(await ana.sees("Approved and done"), "Details")
        await ana.sees("Told: 3 of 3")
        request = await house.store.read(approvals.get, "AP-1")
        assert request.status is Status.EXECUTED
        assert {vote.person: vote.via for vote in request.votes} == {"ana": "local", "chi": "email"}
        *_, last = await smtp.until("dev@acme.test", 2)
        assert str(last["Subject"]).startswith("Executed: ")
        ways = {(one.person, one.way) for one in await house.store.read(notices.ledger, "AP-1")}
        assert {("ana", "chat"), ("ana", "email"), ("chi", "email")} <= ways
        await audited(house)
