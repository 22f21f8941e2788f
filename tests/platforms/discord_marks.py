"""What people do to messages that are there already: sign them, change them, take them away."""

from typing import Any

from tests.platforms.discord import GUILD, FakeDiscord

Json = dict[str, Any]


async def reacts(discord: FakeDiscord, user: str, message: Json, sign: str, *, on: bool = True) -> None:
    """Put a sign on a message, or take it off."""
    kind = "MESSAGE_REACTION_ADD" if on else "MESSAGE_REACTION_REMOVE"
    told: Json = {
        "user_id": user,
        "channel_id": message["channel_id"],
        "message_id": message["id"],
        "guild_id": GUILD,
        "emoji": {"id": None, "name": sign},
        "type": 0,
        "burst": False,
    }
    told |= {"member": discord.state.member(user), "message_author_id": message["author"]["id"]} if on else {}
    await discord.gateway.dispatch(kind, told)
    discord.changed()


async def edits(discord: FakeDiscord, message: Json, words: str) -> None:
    """Whoever wrote it writes it in other words."""
    kept = discord.state.find(message["channel_id"], message["id"])
    assert kept is not None
    kept |= {"content": words, "edited_timestamp": discord.state.stamp()}
    await discord.gateway.dispatch("MESSAGE_UPDATE", kept | {"guild_id": GUILD})
    discord.changed()


async def deletes(discord: FakeDiscord, message: Json) -> None:
    """Whoever wrote it takes it away."""
    there = discord.state.messages[message["channel_id"]]
    there[:] = [one for one in there if one["id"] != message["id"]]
    told = {"id": message["id"], "channel_id": message["channel_id"], "guild_id": GUILD}
    await discord.gateway.dispatch("MESSAGE_DELETE", told)
    discord.changed()
