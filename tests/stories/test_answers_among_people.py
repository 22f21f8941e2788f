"""What the bot asked somebody in a channel is answered there without its name, by them alone, and on Discord also in private."""

from pathlib import Path

from bot.app import House
from core.incidents import records as incidents
from tests.platforms.discord import FakeDiscord
from tests.platforms.slack import FakeSlack
from tests.stories.house import running, settings
from tests.stories.seats import seats
from tests.stories.test_on_discord import ANA as DISCORD_ANA
from tests.stories.test_on_discord import CHI, OPS, on_discord, told
from tests.stories.test_on_slack import ANA, BO, on_slack

CLOSE = "please close the incident, it was a false alarm"
_READS = "discord: {message_content: true}\n"


async def states(house: House) -> list[str]:
    """How INC-1 and INC-2 stand."""
    return [str((await house.store.read(incidents.get, f"INC-{number}")).state) for number in (1, 2)]


async def test_on_slack_in_the_channel_and_beneath_ones_own_words(tmp_path: Path, slack: FakeSlack) -> None:
    async with on_slack(tmp_path, slack) as house:
        for what in ("checkout fails", "mails are late"):
            await slack.command(ANA, "/incident", f"declare --new {what}")
            await slack.sees(ANA, "You declared", "Its card is in this channel")
        order = await slack.mentions(ANA, CLOSE, channel="C0DEV")
        await slack.sees(ANA, "Which incident do you mean?")
        await slack.says(BO, "INC-1", channel="C0DEV")
        await slack.says(ANA, "INC-2", channel="C0DEV", thread=order.ts)
        await slack.sees(ANA, "INC-2: mails are late", "Nothing was done yet")
        await slack.says(BO, "yes", channel="C0DEV")
        await slack.says(ANA, "yes", channel="C0DEV", thread=order.ts)
        await slack.sees(ANA, "INC-2 is resolved.")
        await slack.says(ANA, "yes", channel="C0DEV")
        await house.inbox.idle()
        assert ["open", "resolved"] == await states(house)
        assert all("I asked you nothing" not in one.words() for one in slack.said)


async def test_on_discord_in_the_channel_and_in_the_direct_messages_that_asked(
    tmp_path: Path, discord: FakeDiscord
) -> None:
    discord.gateway.allows_content = True
    async with on_discord(tmp_path, discord, change=lambda text: text + _READS) as house:
        for what in ("checkout fails", "mails are late"):
            await discord.command(DISCORD_ANA, OPS, "incident declare", {"title": what, "new": True})
        await told(discord, DISCORD_ANA, "INC-2")
        await discord.mentions(DISCORD_ANA, OPS, CLOSE)
        await told(discord, DISCORD_ANA, "INC-2: mails are late")
        await discord.says(CHI, OPS, "yes")
        await discord.direct(DISCORD_ANA, "yes")
        await told(discord, DISCORD_ANA, "INC-2 is resolved.")
        await discord.mentions(DISCORD_ANA, OPS, "close INC-1 too")
        await told(discord, DISCORD_ANA, "INC-1: checkout fails")
        await discord.says(CHI, OPS, "never mind")
        await house.inbox.idle()
        assert ["open", "resolved"] == await states(house)
        await discord.says(DISCORD_ANA, OPS, "yes")
        await told(discord, DISCORD_ANA, "INC-1 is resolved.")


async def test_in_the_browser_in_the_channel(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house, seats(house.url, "ana", "bo") as (ana, bo):
        for what in ("checkout fails", "mails are late"):
            await ana.says(f"/incident declare --new {what}")
        await ana.sees("You declared INC-2")
        await ana.says(f"@wardroom {CLOSE}", channel="dev")
        await ana.sees("Which incident do you mean?")
        await bo.says("INC-1", channel="dev")
        await ana.says("INC-2", channel="dev")
        await ana.sees("INC-2: mails are late", "Nothing was done yet")
        await bo.says("yes", channel="dev")
        await ana.says("never mind", channel="dev")
        await ana.sees("Dropped: ")
        await house.inbox.idle()
        assert ["open", "open"] == await states(house)
