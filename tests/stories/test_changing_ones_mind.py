"""On every chat: neither yes nor no, another mind, the same press twice, and a card from before a change."""

from pathlib import Path

from core.approvals import records as approvals
from core.approvals.request import Choice
from core.store import events
from tests.platforms.discord import FakeDiscord
from tests.platforms.slack import FakeSlack
from tests.stories.house import running, settings
from tests.stories.seats import seats
from tests.stories.test_on_discord import ASKED, OPS, confirms, on_discord, shows, told
from tests.stories.test_on_slack import ANA, DEV, on_slack


async def test_on_the_page(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house, seats(house.url, "dev", "ana") as (dev, ana):
        await dev.says("restart checkout in production")
        card = await ana.sees("Approval needed")
        await ana.presses(card, "Abstain")
        await ana.sees("You abstained from AP-1.", "Bo Lindqvist")
        await ana.presses(card, "Abstain")
        await ana.sees("You already abstained from AP-1")
        await ana.presses(card, "Approve")
        await ana.sees("You approved AP-1.")
        request = await house.store.read(approvals.get, "AP-1")
        assert [("ana", Choice.APPROVE)] == [(vote.person, vote.choice) for vote in request.votes]
        log = await house.store.read(events.history, "AP-1")
        cast = [one["data"]["choice"] for one in log if one["kind"] == "approval.decided"]
        assert ["abstain", "approve"] == cast, "the history keeps both"


async def test_on_slack(tmp_path: Path, slack: FakeSlack) -> None:
    async with on_slack(tmp_path, slack) as house:
        await slack.mentions(DEV, "restart checkout in production")
        card = await slack.sees(DEV, "Approval needed")
        before = slack.click_body(ANA, card, "Approve")
        await slack.clicks(ANA, card, "Abstain")
        await slack.sees(ANA, "You abstained from AP-1.")
        await slack.clicks(ANA, card, "Approve")
        await slack.sees(ANA, "You approved AP-1.")
        await slack.command(DEV, "/approvals", "change AP-1 service=payments that one")
        await slack.sees(DEV, "Dev Patel changed AP-1", "Votes before that do not count: Ana Ruiz.")
        await slack.deliver("interactive", before)
        await slack.sees(ANA, "AP-1 has changed since that card.", "restart-service of payments")
        assert (await house.store.read(approvals.get, "AP-1")).votes == ()


async def test_on_discord(tmp_path: Path, discord: FakeDiscord) -> None:
    async with on_discord(tmp_path, discord) as house:
        await discord.command("1004", OPS, "runbook run", ASKED)
        card = await shows(discord, "Approval needed")
        await discord.clicks("1001", card, "Abstain")
        await told(discord, "1001", "You abstained from AP-1.")
        await confirms(discord, "1001", card)
        await told(discord, "1001", "You approved AP-1.")
        request = await house.store.read(approvals.get, "AP-1")
        assert [Choice.APPROVE] == [vote.choice for vote in request.votes]
