"""A part in an incident is handed over: both are called in the thread, and whoever has it is briefed directly."""

from pathlib import Path

from core.incidents import records
from tests.platforms.discord import FakeDiscord
from tests.platforms.slack import FakeSlack
from tests.stories.test_on_discord import ANA as DISCORD_ANA
from tests.stories.test_on_discord import OPS, SLOW, on_discord, shows
from tests.stories.test_on_slack import ANA, BO, on_slack

BO_THERE = "1002"


async def test_on_slack_the_briefing_comes_as_a_direct_message_and_its_buttons_work(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with on_slack(tmp_path, slack) as house:
        await slack.command(ANA, "/incident", "declare checkout fails")
        await slack.sees(ANA, "INC-1", "Acknowledge")
        await slack.command(ANA, "/incident", "lead INC-1 @bo")
        brief = await slack.sees(BO, "You lead INC-1 now.", "Nobody has: communications and scribe")
        assert brief.channel.startswith("D"), (
            "for their eyes in the channel it would be lost while they are away"
        )
        await slack.sees(BO, "Bo Lindqvist is commander now (Ana Ruiz said so).")
        await slack.clicks(BO, brief, "Hand over…")
        form = await slack.modal(BO)
        await slack.submits(BO, form, {"role": "scribe", "who": "ana"})
        await slack.sees(ANA, "You keep the notes of INC-1 now.")
        await slack.command(BO, "/incident", "resolve INC-1 a bad deploy")
        ended = await slack.sees(
            BO, "INC-1 is resolved; Bo Lindqvist was commander.", "nothing for you to do here"
        )
        assert (brief.ts, False) == (ended.ts, "Hand over" in ended.words())
        assert "ana" == (await house.store.read(records.get, "INC-1")).scribe


async def test_on_discord_the_briefing_comes_as_a_direct_message_too(
    tmp_path: Path, discord: FakeDiscord
) -> None:
    async with on_discord(tmp_path, discord):
        await discord.mentions(DISCORD_ANA, OPS, "incident declare checkout fails")
        await shows(discord, "INC-1")
        await discord.mentions(DISCORD_ANA, OPS, "incident lead INC-1 bo")
        direct = discord.state.direct_channel(BO_THERE)["id"]
        await discord.until(lambda: "You lead INC-1 now." in discord.read(direct), SLOW, "the briefing")
        await shows(discord, "Bo Lindqvist is commander now (Ana Ruiz said so).")


async def test_whoever_takes_no_direct_messages_on_discord_is_called_in_the_incident_s_thread(
    tmp_path: Path, discord: FakeDiscord
) -> None:
    async with on_discord(tmp_path, discord):
        await discord.mentions(DISCORD_ANA, OPS, "incident declare checkout fails")
        await shows(discord, "INC-1")
        discord.state.closed_to_us.add(BO_THERE)
        discord.rest.rung.clear()
        await discord.mentions(DISCORD_ANA, OPS, "incident lead INC-1 bo")
        words = "you are commander of INC-1 now. I could not write you a direct message"
        await discord.until(
            lambda: any(words in discord.read(one) for one in discord.threads()), SLOW, "the call"
        )
        assert words not in discord.read(OPS)
        assert BO_THERE in discord.rest.rung
