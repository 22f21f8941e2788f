"""Where an incident is worked on: a channel, a post or a thread of its own, with its card pinned there."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.incidents import records, units
from core.incidents.closing import units as closing
from core.incidents.rooms import records as rooms
from core.people.person import Person
from core.store import outbox_rows
from core.store.engine import Unit
from tests.platforms.discord import FakeDiscord
from tests.platforms.discord_state import text
from tests.platforms.slack import FakeSlack
from tests.platforms.slack_api import BOT_TOKEN
from tests.stories.house import running, settings
from tests.stories.seats import seats
from tests.stories.test_on_discord import ANA as DISCORD_ANA
from tests.stories.test_on_discord import OPS, SLOW, on_discord, shows, told
from tests.stories.test_on_slack import ANA, BO, on_slack
from tests.stories.world import write_world

CHANNEL = "incidents: {room: channel, archive: true}\n"
POST = 'incidents: {discord_forum: "3001"}\n'
NAME = "inc-1-checkout-fails"
SYSTEM = Person(id="ana", name="Ana Ruiz")


@pytest.fixture
def discord(discord: FakeDiscord) -> FakeDiscord:
    discord.state.add_forum("3001", "incidents-forum")
    return discord


def adding(more: str) -> Callable[[str], str]:
    return lambda config: config + more


async def test_an_incident_gets_a_channel_with_its_card_pinned_its_people_and_a_topic(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with on_slack(tmp_path, slack, extra=CHANNEL) as house:
        await slack.command(ANA, "/incident", "declare checkout fails")
        await slack.until(lambda: bool(slack.pins), "a pin")
        channel = slack.named(NAME)
        (card,) = [one for one in slack.messages(channel.id) if "Acknowledge" in one.words()]
        assert {(channel.id, card.ts)} == slack.pins
        assert "INC-1 · SEV3 · checkout fails" in channel.topic
        assert {"U0BOT", ANA} == channel.people
        told = await slack.sees(ANA, f"INC-1 has a room of its own: #{NAME}.")
        assert "C0OPS" == told.channel, "it is not told to those who are in it"
        await slack.until(
            lambda: f"archives/{channel.id}|#{NAME}>" in str(card.blocks), "the way there on the card"
        )
        await slack.mentions(BO, "incident ack", channel=channel.id)
        await slack.sees(BO, "You lead INC-1 now.")
        await slack.until(lambda: "acknowledged" in card.words(), "the pinned card to follow")
        await slack.until(lambda: BO in channel.people, "whoever leads to be called in")
        calls = slack.calls.count("conversations.invite")
        await slack.mentions(BO, "incident update the disk is full", channel=channel.id)
        await slack.until(lambda: "the disk is full" in card.words(), "the update on the card")
        assert calls == slack.calls.count("conversations.invite"), "an update calls nobody in"
        await slack.mentions(BO, "incident severity INC-1 SEV2", channel=channel.id)
        await slack.until(lambda: "INC-1 · SEV2 · checkout fails" in channel.topic, "the topic to follow")
        said = [
            one.words() for one in slack.messages(channel.id) if "Bo Lindqvist acknowledged" in one.words()
        ]
        threads = {one.thread for one in slack.messages(channel.id)}
        assert (1, {None}) == (len(said), threads), "what is told stands in the channel, not in a thread"
        await house.store.transact(units.resolve, "INC-1", SYSTEM, "a disk")
        await house.store.transact(closing.close, "INC-1", SYSTEM)
        await slack.until(lambda: channel.is_archived, "the archive")


async def test_a_channel_whose_making_was_not_heard_of_is_found_again_and_not_made_twice(
    tmp_path: Path, slack: FakeSlack
) -> None:
    slack.deaf_to = ["conversations.create"]
    async with on_slack(tmp_path, slack, extra=CHANNEL):
        await slack.command(ANA, "/incident", "declare checkout fails")
        await slack.until(lambda: bool(slack.pins), "a pin")
        assert [NAME] == [one.name for one in slack.channels.values()]
        assert 2 == slack.calls.count("conversations.create")


async def test_a_process_that_dies_between_making_and_writing_down_leaves_one_channel(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with on_slack(tmp_path, slack, extra=CHANNEL) as house:
        await slack.command(ANA, "/incident", "declare checkout fails")
        await slack.until(lambda: bool(slack.pins), "a pin")
        await slack.sees(ANA, "has a room of its own")
        told = sum("has a room of its own" in one.words() for one in slack.messages())
        await house.store.transact(_as_if_it_had_died)
        assert 1 == await house.sender.reconcile()
        await slack.until(
            lambda: sum("has a room of its own" in one.words() for one in slack.messages()) > told, "it found"
        )
        (room,) = await house.store.read(rooms.find, "INC-1")
        assert ("open", slack.named(NAME).id) == (room.state, room.place.channel if room.place else "")
        assert [NAME] == [one.name for one in slack.channels.values()]


def _as_if_it_had_died(unit: Unit) -> None:
    """The channel is there, and nothing of ours knows it: its row was being sent by a process that is gone."""
    row, room = outbox_rows.OUTBOX, rooms.ROOM
    lost = row.update().where(row.c.kind == "room").values(state="sending", process="gone", finished=None)
    assert unit.conn.execute(lost).rowcount == 1
    unit.conn.execute(room.update().values(state="wanted", channel="", place=None, name="", url=""))


async def test_a_name_that_others_took_gets_a_number(tmp_path: Path, slack: FakeSlack) -> None:
    slack.make(NAME, ANA)
    slack.make(f"{NAME}-2", "U0BOT", created=1.0)
    async with on_slack(tmp_path, slack, extra=CHANNEL):
        await slack.command(ANA, "/incident", "declare checkout fails")
        await slack.until(lambda: bool(slack.pins), "a pin")
        assert {slack.named(f"{NAME}-3").id} == {channel for channel, _ in slack.pins}


async def test_without_the_scope_the_thread_is_the_room_and_says_which_scope(
    tmp_path: Path, slack: FakeSlack
) -> None:
    slack.missing = {"channels:manage"}
    async with on_slack(tmp_path, slack, extra=CHANNEL):
        await slack.command(ANA, "/incident", "declare checkout fails")
        why = await slack.sees(ANA, "No channel of its own: The app lacks the scope channels:manage.")
        assert "This thread is the room of INC-1." in why.words()
        card = await slack.sees(ANA, "INC-1", "Acknowledge")
        assert (card.ts, set()) == (why.thread, set(slack.channels))
        await slack.until(lambda: ("C0OPS", card.ts) in slack.pins, "the pin on the card")


async def test_in_a_thread_the_card_is_pinned_while_the_incident_is_open(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with on_slack(tmp_path, slack) as house:
        await slack.command(ANA, "/incident", "declare checkout fails")
        card = await slack.sees(ANA, "INC-1", "Acknowledge")
        await slack.until(lambda: ("C0OPS", card.ts) in slack.pins, "the pin")
        await house.store.transact(units.resolve, "INC-1", SYSTEM, "a disk")
        await slack.until(lambda: not slack.pins, "the pin to go")
        await house.store.transact(units.reopen, "INC-1", SYSTEM, "it is back")
        await slack.until(lambda: ("C0OPS", card.ts) in slack.pins, "the pin again")


async def test_that_pinning_is_not_allowed_is_said_once(tmp_path: Path, slack: FakeSlack) -> None:
    slack.missing = {"pins:write"}
    async with on_slack(tmp_path, slack):
        await slack.command(ANA, "/incident", "declare checkout fails")
        await slack.sees(ANA, "I could not pin the card of INC-1: The app lacks the scope pins:write.")
        await slack.command(ANA, "/incident", "declare payments fail")
        await slack.until(lambda: slack.calls.count("pins.add") == 2, "the second try")
        await slack.mentions(ANA, "incident list")
        await slack.sees(ANA, "Incidents: open")
        assert 1 == sum("I could not pin" in one.words() for one in slack.said)


async def test_on_discord_an_incident_is_a_post_of_the_forum(tmp_path: Path, discord: FakeDiscord) -> None:
    async with on_discord(tmp_path, discord, change=adding(POST)) as house:
        await discord.command(DISCORD_ANA, OPS, "incident declare", {"title": "checkout fails"})
        await discord.until(lambda: any(_pinned(discord, one) for one in discord.threads()), SLOW, "a pin")
        (post,) = [one for one in discord.state.threads() if one["parent_id"] == "3001"]
        assert "INC-1 checkout fails" == post["name"]
        (card,) = _pinned(discord, post["id"])
        words = "INC-1 has a room of its own: the post “INC-1 checkout fails”."
        places = discord.threads
        await discord.until(lambda: any(words in discord.read(one) for one in places()), SLOW, "the words")
        (thread,) = [one for one in discord.state.threads() if words in discord.read(one["id"])]
        assert (OPS, "INC-1") == (thread["parent_id"], thread["name"])
        assert (post["id"], True) == (card["id"], "checkout fails" in text(card))
        await discord.command(DISCORD_ANA, post["id"], "incident ack")
        await told(discord, DISCORD_ANA, "You are commander of INC-1 now.")
        await discord.until(lambda: "acknowledged" in text(_pinned(discord, post["id"])[0]), SLOW, "the card")
        await discord.until(lambda: "Ana Ruiz acknowledged" in discord.read(post["id"]), SLOW, "the words")
        (room,) = await house.store.read(rooms.find, "INC-1")
        assert ("post", "open") == (room.kind, room.state)


async def test_a_post_whose_making_was_not_heard_of_is_found_again(
    tmp_path: Path, discord: FakeDiscord
) -> None:
    async with on_discord(tmp_path, discord, change=adding(POST)):
        discord.rest.deaf_to_posts = True
        await discord.command(DISCORD_ANA, OPS, "incident declare", {"title": "checkout fails"})
        await discord.until(lambda: any(_pinned(discord, one) for one in discord.threads()), SLOW, "a pin")
        assert 1 == len([one for one in discord.state.threads() if one["parent_id"] == "3001"])


async def test_a_forum_that_is_none_leaves_the_thread_as_the_room(
    tmp_path: Path, discord: FakeDiscord
) -> None:
    change = adding('incidents: {discord_forum: "2002"}\n')
    async with on_discord(tmp_path, discord, change=change):
        await discord.command(DISCORD_ANA, OPS, "incident declare", {"title": "checkout fails"})
        await shows(discord, "No post of its own: `incidents.discord_forum` names no forum")


async def test_the_same_incident_is_worked_on_from_both_platforms(
    tmp_path: Path, slack: FakeSlack, discord: FakeDiscord
) -> None:
    config = write_world(tmp_path, channels=("slack",))
    more = {
        "config": config,
        "local": False,
        "demo": False,
        "slack_bot_token": SecretStr(BOT_TOKEN),
        "slack_app_token": SecretStr("xapp-1-test"),
        "slack_api_url": slack.api_url,
        "discord_token": SecretStr(discord.token),
        "discord_api_url": discord.api_url,
        "discord_gateway_url": discord.gateway_url,
    }
    async with running(settings(tmp_path, **more)) as house:
        await slack.connected()
        await slack.command(ANA, "/incident", "declare checkout fails")
        card = await slack.sees(ANA, "INC-1", "Acknowledge")
        await discord.command(DISCORD_ANA, OPS, "incident follow", {"id": "INC-1"})
        other = await shows(discord, "checkout fails")
        await discord.until(lambda: bool(_pinned(discord, OPS)), SLOW, "its pin on Discord")
        await slack.mentions(BO, "incident update the disk is full", thread=card.ts)
        await shows(discord, "Bo Lindqvist: the disk is full")
        await discord.command(DISCORD_ANA, other["id"], "incident resolve", {"cause": "a full disk"})
        await slack.sees(BO, "Ana Ruiz resolved it. Cause: a full disk")
        assert "resolved" == (await house.store.read(records.get, "INC-1")).state


async def test_in_the_browser_a_channel_is_opened_too(tmp_path: Path) -> None:
    given = settings(tmp_path)
    given.config.write_text(f"{given.config.read_text()}\n{CHANNEL}")
    async with running(given) as house, seats(house.url, "ana") as (ana,):
        await ana.says("/incident declare checkout fails")
        await ana.sees(f"INC-1 has a room of its own: #{NAME}.")
        card = await ana.sees_one(lambda one: one["channel"] == NAME and one["pinned"])
        await ana.presses(card, "Acknowledge")
        await ana.sees_one(lambda one: one["channel"] == NAME and "acknowledged it" in str(one["text"]))
        await ana.says("@wardroom incident update the disk is full", channel=NAME)
        assert "the disk is full" in str(
            await ana.sees_one(
                lambda one: (
                    one["channel"] == NAME and "disk" in str(one["text"]) and one["author"] == "wardroom"
                )
            )
        )


async def test_in_the_browser_there_is_one_channel_however_often_people_are_called_in(tmp_path: Path) -> None:
    given = settings(tmp_path)
    given.config.write_text(f"{given.config.read_text()}\n{CHANNEL}")
    async with running(given) as house, seats(house.url, "ana") as (ana,):
        await ana.says("/incident declare checkout fails")
        card = await ana.sees_one(lambda one: one["channel"] == NAME and one["pinned"])
        await ana.presses(card, "Acknowledge")
        await ana.sees_one(lambda one: one["channel"] == NAME and "acknowledged it" in str(one["text"]))
        await ana.says("/incident lead INC-1 bo")
        await ana.sees_one(lambda one: one["channel"] == NAME and "handed over" in str(one["text"]))
        async with asyncio.timeout(20):
            while not await house.sender.drained():
                await asyncio.sleep(0.01)
        assert "There is no channel" in str(await ana.says("hello", channel=f"{NAME}-2"))
        told = [one for one in ana.messages.values() if "has a room of its own" in str(one["text"])]
        assert ["ops"] == [one["channel"] for one in told], "it is not told to those who are in it"


async def test_a_test_and_a_small_incident_get_no_channel(tmp_path: Path, slack: FakeSlack) -> None:
    extra = "incidents: {room: channel, room_from: high}"
    async with on_slack(tmp_path, slack, extra=extra) as house:
        await slack.command(ANA, "/incident", "declare severity=sev3 checkout is slow")
        await slack.sees(ANA, "INC-1", "Acknowledge")
        await slack.until(lambda: len(slack.pins) == 1, "the pin in the thread's channel")
        assert not slack.channels
        await house.store.transact(units.tell, "INC-1", SYSTEM, units.News(severity=1))
        await slack.until(lambda: bool(slack.channels), "a channel now that it is grave")


def _pinned(discord: FakeDiscord, place: str) -> list[dict[str, object]]:
    return [one for one in discord.messages(place) if one["pinned"]]
