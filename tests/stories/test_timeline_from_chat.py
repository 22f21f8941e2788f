"""What people say during an incident is kept by a sign or a menu, at the moment it was said, on every platform."""

import re
from pathlib import Path

import aiohttp

from bot.app import House
from core.incidents import records
from core.incidents.incident import Entry
from core.store import events
from core.store.engine import Unit
from tests.platforms.discord import FakeDiscord
from tests.platforms.discord_marks import deletes as deletes_on_discord
from tests.platforms.discord_marks import edits as edits_on_discord
from tests.platforms.discord_marks import reacts as reacts_on_discord
from tests.platforms.slack import FakeSlack
from tests.platforms.slack_marks import deletes, edits, reacts
from tests.stories.house import running, settings
from tests.stories.seats import seats
from tests.stories.test_on_discord import ANA as DISCORD_ANA
from tests.stories.test_on_discord import OPS, SLOW, on_discord, shows, told
from tests.stories.test_on_slack import ANA, BO, DEV, ZED, on_slack

_READS = "discord: {message_content: true}\n"


async def kept(house: House) -> list[Entry]:
    """What people kept of INC-1."""
    lines = await house.store.read(records.timeline, "INC-1")
    return [line for line in lines if line.kind == "quote"]


async def test_a_pin_on_slack_keeps_the_words_with_their_author_and_their_time(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with on_slack(tmp_path, slack) as house:
        await slack.command(ANA, "/incident", "declare checkout fails")
        card = await slack.sees(ANA, "INC-1", "checkout fails", "Acknowledge")
        said = await slack.says(BO, "the *disk* of db-1 is full &amp; rising", thread=card.ts)
        other = await slack.says(BO, "who wants lunch?")
        for each in (said, other):
            await reacts(slack, ANA, each, "pushpin")
        await slack.again()
        await slack.sees(ANA, "It is on the timeline of INC-1.")
        await reacts(slack, BO, said, "memo")
        await reacts(slack, BO, said, "thumbsup")
        (line,) = await kept(house)
        assert ("the *disk* of db-1 is full & rising", "Bo Lindqvist", "ana") == (
            line.text,
            line.author,
            line.by,
        )
        assert f"{float(said.ts):.3f}" == f"{line.at.timestamp():.3f}"
        assert f"https://acme.slack.com/archives/C0OPS/p{said.ts.replace('.', '')}" == line.link


async def test_words_that_are_changed_or_taken_away_on_slack_are_so_on_the_timeline(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with on_slack(tmp_path, slack) as house:
        await slack.command(ANA, "/incident", "declare checkout fails")
        card = await slack.sees(ANA, "INC-1", "checkout fails", "Acknowledge")
        first = await slack.says(BO, "disk full", thread=card.ts)
        second = await slack.says(BO, "never mind", thread=card.ts)
        third = await slack.says(BO, "rolled back", thread=card.ts)
        for each in (first, second, third):
            await reacts(slack, ANA, each, "pushpin")
        await slack.until(lambda: sum("It is on the timeline" in one.words() for one in slack.said) == 3)
        await edits(slack, first, "disk of db-2 full")
        await deletes(slack, second)
        await reacts(slack, ANA, third, "pushpin", on=False)
        await house.inbox.idle()
        (line,) = await kept(house)
        assert ("disk of db-2 full", True) == (line.text, line.edited is not None)
        assert "never mind" not in str(await house.store.read(_log))


async def test_who_may_not_is_told_and_whom_nobody_knows_changes_nothing(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with on_slack(tmp_path, slack) as house:
        await slack.command(DEV, "/incident", "declare checkout fails")
        card = await slack.sees(DEV, "INC-1", "checkout fails", "Acknowledge")
        said = await slack.says(BO, "disk full", thread=card.ts)
        await reacts(slack, ZED, said, "pushpin")
        await reacts(slack, DEV, said, "pushpin")
        await slack.sees(DEV, "You may not put words on the timeline of INC-1", "incident.timeline")
        assert [] == await kept(house)


async def test_add_to_timeline_in_slacks_menu_keeps_a_message_at_its_own_time(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with on_slack(tmp_path, slack) as house:
        said = await slack.says(BO, "errors since the deploy", channel="C0DEV")
        await slack.command(ANA, "/incident", "declare checkout fails")
        await slack.sees(ANA, "INC-1", "checkout fails", "Acknowledge")
        await slack.shortcut(ANA, said, "incident.timeline")
        asked = await slack.sees(ANA, "Which incident do you mean?")
        await slack.clicks(ANA, asked, "INC-1")
        await slack.sees(ANA, "It is on the timeline of INC-1.")
        await slack.shortcut(ANA, said, "incident.timeline")
        await slack.until(lambda: sum("Which incident" in one.words() for one in slack.said) == 2)
        asked = await slack.sees(ANA, "Which incident do you mean?")
        await slack.clicks(ANA, asked, "INC-1")
        await slack.sees(ANA, "That is on the timeline of INC-1 already.")
        (line,) = await kept(house)
        assert ("errors since the deploy", "Bo Lindqvist") == (line.text, line.author)
        first, *_ = await house.store.read(records.timeline, "INC-1")
        assert first.text == line.text, "it was said before the incident was declared"


async def test_an_incident_begins_with_the_message_it_was_seen_in_at_its_own_time(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with on_slack(tmp_path, slack) as house:
        said = await slack.says(BO, "checkout answers 500", channel="C0DEV")
        await slack.shortcut(ANA, said, "incident.declare")
        await slack.submits(
            ANA, await slack.modal(ANA), {"title": "Checkout fails", "source_text": said.text}
        )
        await slack.sees(ANA, "INC-1", "Checkout fails", "Acknowledge")
        first, *_ = await house.store.read(records.timeline, "INC-1")
        assert ("checkout answers 500", "Bo Lindqvist", "ana") == (first.text, first.author, first.by)
        assert f"{float(said.ts):.3f}" == f"{first.at.timestamp():.3f}"


async def test_a_pin_on_discord_keeps_the_words_and_follows_them(
    tmp_path: Path, discord: FakeDiscord
) -> None:
    discord.gateway.allows_content = True
    async with on_discord(tmp_path, discord, change=lambda text: text + _READS) as house:
        thread = await _declared(discord)
        said = await discord.says(DISCORD_ANA, thread, "the disk of db-1 is full")
        gone = await discord.says(DISCORD_ANA, thread, "never mind")
        for each in (said, gone):
            await reacts_on_discord(discord, DISCORD_ANA, each, "📌")
        await discord.until(lambda: len(_told(discord)) == 2, SLOW)
        await edits_on_discord(discord, said, "the disk of db-2 is full")
        await deletes_on_discord(discord, gone)
        await _until_kept(house, discord, ["the disk of db-2 is full"])
        (line,) = await kept(house)
        assert ("Ana Ruiz", "ana") == (line.author, line.by)
        assert line.link.endswith(f"/{thread}/{said['id']}")


async def test_without_the_intent_discord_shows_no_words_and_the_menu_still_keeps_them(
    tmp_path: Path, discord: FakeDiscord
) -> None:
    async with on_discord(tmp_path, discord) as house:
        thread = await _declared(discord)
        said = await discord.says(DISCORD_ANA, thread, "the disk of db-1 is full")
        await reacts_on_discord(discord, DISCORD_ANA, said, "📌")
        await told(discord, DISCORD_ANA, "I can see no words in that message.")
        await discord.message_command(DISCORD_ANA, said, "Add to timeline")
        await told(discord, DISCORD_ANA, "It is on the timeline of INC-1.")
        (line,) = await kept(house)
        assert ("the disk of db-1 is full", "Ana Ruiz") == (line.text, line.author)
        assert f"{line.at:%Y-%m-%dT%H:%M:%S}" == said["timestamp"][:19]


async def test_in_the_browser_a_message_is_kept_and_let_go(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house, seats(house.url, "ana", "bo") as (ana, bo):
        await ana.says("/incident declare checkout fails")
        card = await ana.sees("INC-1", "checkout fails", "open")
        await bo.says("the disk is full", thread=card["id"])
        said = await ana.sees("the disk is full")
        await ana.marks(said)
        await ana.sees("It is on the timeline of INC-1.")
        (line,) = await kept(house)
        assert ("the disk is full", "bo", "ana") == (line.text, line.author.lower()[:2], line.by)
        await ana.says("/incident history INC-1")
        shown = await ana.sees("Timeline of INC-1", "the disk is full")
        link = re.search(r'href="([^"]*/o/TL-INC-1[^"]*)"', shown["html"])
        assert link is not None
        async with aiohttp.ClientSession() as http, http.get(link[1].replace("&amp;", "&")) as page:
            assert (200, True) == (page.status, "the disk is full" in await page.text())
        await ana.marks(said, on=False)
        await house.inbox.idle()
        assert [] == await kept(house)


async def _declared(discord: FakeDiscord) -> str:
    """Declare INC-1 and say something there, so that its thread is open; returns the thread."""
    await discord.command(DISCORD_ANA, OPS, "incident declare", {"title": "checkout fails"})
    card = await shows(discord, "checkout fails")
    await discord.clicks(DISCORD_ANA, card, "Acknowledge")
    await shows(discord, "Ana Ruiz acknowledged it")
    return str(card["id"])


def _told(discord: FakeDiscord) -> list[str]:
    return [one for one in discord.whispers(DISCORD_ANA) if "It is on the timeline of INC-1." in one]


async def _until_kept(house: House, discord: FakeDiscord, words: list[str]) -> None:
    """Ask until exactly these words stand there."""
    for _ in range(50):
        await discord.command(DISCORD_ANA, OPS, "incident history", {"id": "INC-1"})
        if [line.text for line in await kept(house)] == words:
            return
    raise AssertionError(await kept(house))


def _log(unit: Unit) -> list[object]:
    return [event["data"] for event in events.after(unit, 0, 1_000)]
