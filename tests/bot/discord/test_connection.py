"""The connection breaks and heals, and tells what is wrong when it cannot."""

import pytest

from bot.discord.adapter import DiscordAdapter
from bot.platform import Refused, SendError
from handlers.cards.card import say
from tests.bot.discord.house import KEY, OPS, House, adapter_to, approval, connected
from tests.platforms.discord import FakeDiscord


@pytest.mark.parametrize("way", ["close", "ask", "cut"])
async def test_after_a_drop_the_session_goes_on_and_nothing_comes_twice(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter, way: str
) -> None:
    await discord.mentions("1004", "2001", "before")
    await discord.until(lambda: house.received)
    if way == "close":
        await discord.disconnect(4000)
    elif way == "ask":
        await discord.gateway.ask_to_reconnect()
    else:
        await discord.gateway.cut()
    await discord.mentions("1004", "2001", "meanwhile")
    await discord.until(lambda: discord.gateway.resumed == 1, what="for RESUME")
    await discord.mentions("1004", "2001", "after")
    await discord.until(lambda: len(house.received) == 3)
    assert ["after", "before", "meanwhile"] == sorted(heard.text for heard in house.received)
    assert (3, 1) == (house.deliveries, discord.gateway.identified)
    assert adapter.health().ok


async def test_a_forgotten_session_is_begun_anew(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    sessions = dict(discord.gateway.sessions)
    discord.gateway.sessions.clear()
    for session in sessions.values():
        assert session.socket is not None
        await session.socket.close(code=4000)
    # discord.py itself waits five seconds before it identifies again, as Discord asks.
    await discord.until(lambda: discord.gateway.identified == 2, 9, "for IDENTIFY")
    await discord.mentions("1004", "2001", "hello again")
    await discord.until(lambda: house.received)
    assert adapter.health().ok


async def test_a_missing_intent_is_told_with_its_switch(discord: FakeDiscord, house: House) -> None:
    with pytest.raises(Refused, match="Message Content Intent"):
        await adapter_to(discord, message_content=True).start(house)


async def test_a_bad_token_is_told_with_its_page(discord: FakeDiscord, house: House) -> None:
    discord.rest._token = "another"
    with pytest.raises(Refused, match="Make a new one"):
        await adapter_to(discord).start(house)


async def test_a_server_that_is_away_can_be_tried_again(discord: FakeDiscord, house: House) -> None:
    adapter = adapter_to(discord)
    await discord.stop()
    with pytest.raises(SendError, match="cannot be reached"):
        await adapter.start(house)
    await discord.start()
    await adapter.start(house)
    assert adapter.health().ok
    await adapter.stop()


async def test_health_says_when_something_last_came(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    before = adapter.health().last_event
    await discord.mentions("1004", "2001", "help")
    await discord.until(lambda: house.received)
    after = adapter.health().last_event
    assert before is not None
    assert after is not None
    assert (True, True) == (adapter.health().ok, after > before)


async def test_a_revoked_token_ends_in_words(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    await discord.disconnect(4004)
    await discord.until(lambda: "token" in adapter.health().detail)
    assert not adapter.health().ok


async def test_only_the_intents_that_are_needed_are_asked_for(
    discord: FakeDiscord, adapter: DiscordAdapter
) -> None:
    guilds, guild_messages, reactions, direct_messages = 1 << 0, 1 << 9, 1 << 10, 1 << 12
    assert [guilds | guild_messages | reactions | direct_messages] == [
        s.intents for s in discord.gateway.sessions.values()
    ]


async def test_commands_are_registered_only_when_they_changed(discord: FakeDiscord, house: House) -> None:
    for _ in range(3):
        async with connected(discord, house):
            pass
    assert 1 == discord.rest.calls.count("PUT /applications/10/commands")
    discord.state.commands[""][0]["description"] = "something older"
    async with connected(discord, house):
        pass
    assert 2 == discord.rest.calls.count("PUT /applications/10/commands")


async def test_commands_can_be_registered_for_single_servers(discord: FakeDiscord, house: House) -> None:
    async with connected(discord, house):
        assert [] != discord.state.commands[""]
    async with connected(discord, house, guild_ids=("5001",)):
        assert {"runbook", "wardroom", "incident", "Start incident", "Add to timeline"} == {
            command["name"] for command in discord.state.commands["5001"]
        }
    assert [] == discord.state.commands[""]


async def test_refused_commands_do_not_stop_the_bot(discord: FakeDiscord, house: House) -> None:
    discord.refuse("/commands", 403, 50001)
    async with connected(discord, house) as adapter:
        await adapter.post(OPS, say("here"), KEY)
    assert "here" == discord.read("2001")


async def test_after_the_stop_nothing_more_is_taken(discord: FakeDiscord, house: House) -> None:
    async with connected(discord, house) as adapter:
        await adapter.post(OPS, approval(), KEY)
    await discord.mentions("1004", "2001", "help")
    assert [] == house.received
