"""A room that is refused at first is tried again: later by itself, at once when somebody asks; the card says what is missing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from core.incidents.rooms import records as rooms
from tests.platforms.discord_state import text
from tests.stories.house import fast_forward
from tests.stories.night import Night, night
from tests.stories.test_on_slack import ANA

LACKS = "No channel of its own: The app lacks the scope channels:manage. Add it on the app's OAuth page"
NAME = "inc-1-checkout-fails"


def with_rooms(config: str) -> str:
    ours = (
        'incidents: {updates: {}, room: channel, discord_forum: "3001"}\npaging: {urgency: {medium: none}}\n'
    )
    return config[: config.index("incidents: {updates: {}}")] + ours + _schedules(config)


def _schedules(config: str) -> str:
    return config[config.index("schedules:\n") :].partition("escalations:\n")[0]


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Night]:
    def change(config: str) -> str:
        return with_rooms(config).replace(", escalation: platform}", "}")

    async with night(tmp_path, change=change) as at_night:
        yield at_night
        await later(at_night)
        await at_night.forgets()


async def later(told: Night, **span: float) -> None:
    """Let time pass, and then some seconds in which cards are edited."""
    await fast_forward(told.house, **span)
    async with asyncio.timeout(20):
        while not await told.is_quiet():
            await fast_forward(told.house, seconds=1)
            await asyncio.sleep(0.01)


async def shown(told: Night, holds: Callable[[], bool]) -> None:
    """Let time pass until `holds()`: what failed may be known only after all was quiet, and is on the card some seconds later."""
    async with asyncio.timeout(20):
        while not holds():
            await later(told, seconds=1)


async def declared(told: Night) -> str:
    await told.slack.command(ANA, "/incident", "declare checkout fails")
    card = await told.slack.sees(ANA, "INC-1", "Acknowledge")
    await later(told)
    return card.ts


def said(told: Night, words: str) -> int:
    return sum(words in one.words() for one in told.slack.messages() if one.thread)


async def test_it_is_made_once_the_scope_is_there(told: Night) -> None:
    told.slack.missing = {"channels:manage"}
    thread = await declared(told)
    await told.slack.until(
        lambda: LACKS in next(one.words() for one in told.slack.messages() if one.ts == thread), "the card"
    )
    for minutes in (6, 8, 20):
        tries = told.slack.calls.count("conversations.create")
        await later(told, minutes=minutes)
        assert tries + 1 == told.slack.calls.count("conversations.create")
    assert 1 == said(told, LACKS), "it is not said again and again"
    told.slack.missing = set()
    await later(told, minutes=50)
    await told.slack.sees(ANA, f"INC-1 has a room of its own: #{NAME}.")
    (card,) = [one for one in told.slack.messages() if one.ts == thread]
    await told.slack.until(lambda: LACKS not in card.words() and f"#{NAME}" in card.words(), "the card")
    tries = told.slack.calls.count("conversations.create")
    await later(told, hours=7)
    assert tries == told.slack.calls.count("conversations.create")


async def test_somebody_who_asks_has_it_tried_at_once(told: Night) -> None:
    told.slack.missing = {"channels:manage"}
    await declared(told)
    told.slack.missing = set()
    await told.slack.command(ANA, "/incident", "room INC-1")
    await told.slack.sees(ANA, "I try it on Slack now")
    await told.slack.sees(ANA, f"INC-1 has a room of its own: #{NAME}.")
    await told.slack.command(ANA, "/incident", "room INC-1")
    await told.slack.sees(ANA, f"It is worked on in {NAME} (Slack).")
    await later(told)
    assert [NAME] == [one.name for one in told.slack.channels.values()]


async def test_an_error_that_does_not_pass_for_a_while_is_told_and_tried_again(told: Night) -> None:
    told.slack.refuse_next["conversations.create"] = [(500, {"ok": False, "error": "internal_error"})] * 10
    await declared(told)
    for _ in range(10):
        await later(told, minutes=6)
    assert [] == told.slack.refuse_next["conversations.create"]
    await told.slack.sees(ANA, "No channel of its own: Slack says internal_error.")
    await later(told, hours=1)
    await told.slack.sees(ANA, f"INC-1 has a room of its own: #{NAME}.")


async def test_what_is_over_is_given_none(told: Night) -> None:
    told.slack.missing = {"channels:manage"}
    await declared(told)
    await told.slack.command(ANA, "/incident", "resolve INC-1 a disk")
    await told.slack.sees(ANA, "INC-1 is resolved.")
    tries = told.slack.calls.count("conversations.create")
    await later(told, hours=1)
    assert tries == told.slack.calls.count("conversations.create")
    await told.slack.command(ANA, "/incident", "room INC-1")
    await told.slack.sees(ANA, "INC-1 is resolved.", "Reopen it first.")


async def test_a_post_that_discord_refused_is_made_later(told: Night) -> None:
    discord = told.discord
    discord.refuse("POST /channels/3001/threads", 403, 50013)
    await discord.command("1001", "2001", "incident declare", {"title": "checkout fails"})
    await shown(
        told, lambda: "No post of its own: The bot's role may not begin posts" in discord.read("2001")
    )
    await later(told, minutes=6)
    posts = [one for one in discord.state.threads() if one["parent_id"] == "3001"]
    assert ["INC-1 checkout fails"] == [one["name"] for one in posts]
    await discord.until(
        lambda: "No post of its own" not in text(discord.messages("2001")[0]), what="the card"
    )
    known = {room.platform: room for room in await told.house.store.read(rooms.find, "INC-1")}
    assert ("post", "open", "") == (known["discord"].kind, known["discord"].state, known["discord"].why)
