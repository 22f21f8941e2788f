"""People are paged on both chats, one of which may be away; any message that nobody expects fails the test."""

import asyncio
from pathlib import Path

from core.paging.page import State
from core.store import events
from tests.stories.night import Night, night

PAGE = "PG-1"
NAMES = {"ana": "Ana Ruiz", "bo": "Bo Lindqvist"}
ALL = ("slack", "discord", "sms", "email")


async def taken(told: Night) -> int:
    """How often it was taken."""
    known = await told.house.store.read(events.history, PAGE)
    return sum(one["kind"] == "page.taken" for one in known)


async def test_two_answer_at_once_on_different_chats_and_one_has_it(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        page = await told.starts()
        await told.passes(minutes=5)
        await told.hears(
            *(("ana", way, page) for way in ALL), *(("bo", way, page) for way in ("slack", "discord"))
        )
        # Both see the button, and press it before either has heard of the other.
        hers = told.slack.click_body("U0ANA", told.last("ana"), "I take it")
        his = await told.discord.sees("91002", page)
        await asyncio.gather(
            told.slack.deliver("interactive", hers), told.discord.clicks("1002", his, "I take it")
        )
        await told.settles()
        owner = (await told.page()).owner
        assert 1 == await taken(told)
        other, ways = ("bo", ("slack", "discord")) if owner == "ana" else ("ana", ALL)
        await told.hears(*((other, way, f"{NAMES[owner]} has {page}, you need not") for way in ways))
        # Whoever was second is told so where they pressed.
        first = f"{NAMES[owner]} has {page} and was first: checkout is slow."
        if owner == "ana":
            await told.discord.until(lambda: first in "\n".join(told.discord.whispers("1002")))
        else:
            await told.slack.sees("U0ANA", first)
        await told.slack.deliver("interactive", hers)
        assert (owner, 1) == ((await told.page()).owner, await taken(told))
        await told.passes(minutes=30)


async def test_while_slack_is_away_all_goes_on_on_discord_and_nothing_stale_arrives_when_it_is_back(
    tmp_path: Path,
) -> None:
    async with night(tmp_path) as told:
        down = (503, {"ok": False, "error": "service_unavailable"})
        ways = ("conversations.open", "chat.postMessage", "chat.update", "conversations.history")
        told.slack.refuse_next = {way: [down] * 500 for way in ways}
        page = await told.starts()
        await told.hears(("ana", "discord", page))
        await told.passes(minutes=2)
        await told.hears(("ana", "sms", page), ("ana", "email", page))
        await told.passes(minutes=3)
        await told.hears(("bo", "discord", page))
        await told.discord.clicks("1002", await told.discord.sees("91002", page), "I take it")
        await told.settles()
        assert (State.TAKEN, "bo") == ((await told.page()).state, (await told.page()).owner)
        taken_words = f"Bo Lindqvist has {page}, you need not do anything"
        await told.hears(*(("ana", way, taken_words) for way in ("discord", "sms", "email")))
        await told.slack_is_back()
        await told.passes(minutes=10)
        # Nobody is called on Slack for what somebody has; those who were not reached there need no word either.
        await told.hears()
