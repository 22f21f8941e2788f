"""In an incident's own room the bot listens as it does in the incident's thread: to bare words, and “this” is that incident."""

from pathlib import Path

from core.incidents import records
from core.paging import records as pages
from tests.platforms.discord import FakeDiscord
from tests.platforms.slack import FakeSlack
from tests.stories.house import running, settings
from tests.stories.seats import seats
from tests.stories.test_on_discord import ANA as DISCORD_ANA
from tests.stories.test_on_discord import OPS, SLOW, on_discord, told
from tests.stories.test_on_slack import ANA, BO, on_slack
from tests.stories.test_rooms_of_incidents import CHANNEL, NAME, POST, adding


async def test_a_bare_ack_in_the_channel_of_an_incident_answers_its_page(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with on_slack(tmp_path, slack, extra=CHANNEL) as house:
        await slack.command(ANA, "/incident", "declare checkout fails")
        await slack.until(lambda: bool(slack.pins), "a pin")
        room = slack.named(NAME).id
        await slack.mentions(ANA, "incident page bo", channel=room)
        await slack.sees(BO, "PG-1")
        await slack.says(BO, "did the deploy finish", channel=room)
        await slack.says(BO, "ack", channel=room)
        await slack.sees(BO, "PG-1 is yours: ")
        assert "bo" == (await house.store.read(pages.get, "PG-1")).owner
        await slack.mentions(BO, "resolve this: index was stale", channel=room)
        await slack.sees(BO, "index was stale", "Go on")
        await slack.says(BO, "yes", channel=room)
        await slack.sees(BO, "INC-1 is resolved.")
        assert "index was stale" == (await house.store.read(records.get, "INC-1")).cause


async def test_whoever_takes_it_and_tells_of_it_in_the_thread_on_slack_need_not_name_the_bot(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with on_slack(tmp_path, slack) as house:
        await slack.command(ANA, "/incident", "declare checkout fails")
        card = await slack.sees(ANA, "INC-1", "checkout fails", "Acknowledge")
        await slack.says(BO, "I'll take it", thread=card.ts)
        await slack.sees(BO, "Bo Lindqvist acknowledged it and leads.")
        await slack.says(BO, "INC-1: the token for the vendor is swordfish", thread=card.ts)
        await slack.sees(BO, "the token for the vendor is •••")
        await slack.sees(BO, "What you wrote has what looks like a secret in it")
        incident = await house.store.read(records.get, "INC-1")
        assert ("bo", "the token for the vendor is •••") == (incident.lead, incident.update)


async def test_in_a_post_of_the_forum_too(tmp_path: Path, discord: FakeDiscord) -> None:
    discord.state.add_forum("3001", "incidents-forum")
    discord.gateway.allows_content = True
    async with on_discord(
        tmp_path, discord, change=adding(POST + "discord: {message_content: true}\n")
    ) as house:
        await discord.command(DISCORD_ANA, OPS, "incident declare", {"title": "checkout fails"})
        await discord.until(
            lambda: any(one["parent_id"] == "3001" for one in discord.state.threads()), SLOW, "a post"
        )
        (post,) = [one for one in discord.state.threads() if one["parent_id"] == "3001"]
        await discord.mentions(DISCORD_ANA, post["id"], "incident page ana")
        await told(discord, DISCORD_ANA, "PG-1")
        await discord.says(DISCORD_ANA, post["id"], "ack")
        await told(discord, DISCORD_ANA, "PG-1 is yours: ")
        await discord.says(DISCORD_ANA, post["id"], "INC-1: the disk is full")
        await told(discord, DISCORD_ANA, "It stands on the card of INC-1 now")
        assert "ana" == (await house.store.read(pages.get, "PG-1")).owner


async def test_in_the_browser_the_cause_is_kept_that_was_said_of_this(tmp_path: Path) -> None:
    given = settings(tmp_path)
    given.config.write_text(f"{given.config.read_text()}\n{CHANNEL}")
    async with running(given) as house, seats(house.url, "ana") as (ana,):
        await ana.says("/incident declare checkout fails")
        await ana.sees_one(lambda one: one["channel"] == NAME and one["pinned"])
        await ana.says("I take this", channel=NAME)
        await ana.sees("Ana Ruiz acknowledged it and leads.")
        await ana.says("@wardroom resolve this: index was stale", channel=NAME)
        asked = await ana.sees_one(
            lambda one: "index was stale" in str(one["text"]) and bool(one.get("controls"))
        )
        await ana.presses(asked, "Go on")
        await ana.sees("INC-1 is resolved.")
        assert "index was stale" == (await house.store.read(records.get, "INC-1")).cause
