"""One request, half answered on Slack and half on Discord; one person on both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.app import House
from core.approvals import records as approvals
from core.approvals.request import Status
from tests.platforms.discord import FakeDiscord
from tests.platforms.slack import FakeSlack
from tests.platforms.slack_api import APP_TOKEN, BOT_TOKEN
from tests.stories.house import audited, running, settings
from tests.stories.world import write_world

OPS = "2001"


@asynccontextmanager
async def on_both(
    folder: Path, slack: FakeSlack, discord: FakeDiscord, without: tuple[tuple[str, str], ...] = ()
) -> AsyncIterator[House]:
    more: dict[str, Any] = {
        "config": write_world(folder, channels=("slack", "discord"), without=without),
        "local": False,
        "demo": False,
        "slack_bot_token": SecretStr(BOT_TOKEN),
        "slack_app_token": SecretStr(APP_TOKEN),
        "slack_api_url": slack.api_url,
        "discord_token": SecretStr(discord.token),
        "discord_api_url": discord.api_url,
        "discord_gateway_url": discord.gateway_url,
    }
    async with running(settings(folder, **more)) as house:
        await slack.connected()
        yield house


async def confirms(discord: FakeDiscord, user: str, card: dict[str, Any]) -> None:
    """Press Approve, and once more on the question whether it is meant."""
    asked = await discord.clicks(user, card, "Approve")
    await discord.until(lambda: asked.private, 10)
    await discord.clicks(user, asked.private[-1], "Approve")


async def test_a_request_answered_half_on_slack_and_half_on_discord_reaches_its_quorum(
    tmp_path: Path, slack: FakeSlack, discord: FakeDiscord
) -> None:
    async with on_both(tmp_path, slack, discord) as house:
        await slack.mentions("U0DEV", "restart checkout in production")
        on_slack = await slack.sees("U0DEV", "Approval needed")
        on_discord = await discord.sees(OPS, "Approval needed", 10)
        await slack.clicks("U0ANA", on_slack, "Approve")
        await discord.sees(OPS, "1 of 2", 10)
        await confirms(discord, "1001", await discord.sees(OPS, "Approval needed", 10))
        await discord.until(
            lambda: any("already approved AP-1" in one for one in discord.whispers("1001")), 10
        )
        await confirms(discord, "1003", on_discord)
        await slack.sees("U0DEV", "AP-1 is approved by Ana Ruiz and Chi Okafor.")
        await slack.sees("U0DEV", "Approved and done")
        await discord.sees(OPS, "Approved and done", 10)
        request = await house.store.read(approvals.get, "AP-1")
        assert request.status is Status.EXECUTED
        assert {"ana": "slack", "chi": "discord"} == {vote.person: vote.via for vote in request.votes}
        assert 1 == discord.read(OPS).count("Approved and done")
        await audited(house)


async def test_a_code_made_on_slack_links_an_account_on_discord(
    tmp_path: Path, slack: FakeSlack, discord: FakeDiscord
) -> None:
    async with on_both(tmp_path, slack, discord, without=(("chi", "discord"),)) as house:
        await slack.command(
            "U0DEV", "/runbook", "run restart-service service=checkout environment=production"
        )
        card = await discord.sees(OPS, "Approval needed", 10)
        await confirms(discord, "1003", card)
        await discord.until(lambda: any("do not know you" in one for one in discord.whispers("1003")), 10)
        await slack.command("U0CHI", "/wardroom", "link")
        told = (await slack.sees("U0CHI", "/wardroom link ")).words()
        code = told.split("/wardroom link ", 1)[1].split()[0].strip("`*")
        await discord.command("1003", OPS, "wardroom link", {"code": code})
        await discord.until(lambda: any("Chi Okafor" in one for one in discord.whispers("1003")), 10)
        await confirms(discord, "1003", card)
        await slack.clicks("U0ANA", await slack.sees("U0ANA", "Approval needed"), "Approve")
        await slack.sees("U0DEV", "Approved and done")
        votes = (await house.store.read(approvals.get, "AP-1")).votes
        assert {"ana", "chi"} == {vote.person for vote in votes}
        await discord.command("1004", OPS, "wardroom link", {"code": code})
        await discord.until(lambda: len(discord.whispers("1004")) > 0, 10)
        assert "Chi" not in discord.whispers("1004")[-1]
