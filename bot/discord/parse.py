"""What Discord delivers, as an Inbound. Pure: nothing is asked of Discord here."""

import re
from collections.abc import Sequence
from typing import Any, cast

import discord

from bot.discord.commands import find, menu
from bot.discord.tags import Tag
from core.place import Actor, Place
from handlers.inbound import Click, Command, Message, Submit
from handlers.verb import Verb

_TITLE = 100


def place(channel: Any, message: int | None = None) -> Place | None:
    """Where that is; a thread is a thread of its parent channel. None if Discord did not say."""
    if channel is None:
        return None
    at = str(message) if message else None
    if isinstance(channel, discord.Thread):
        return Place(platform="discord", channel=str(channel.parent_id), thread=str(channel.id), message=at)
    direct = getattr(channel, "type", None) is discord.ChannelType.private
    return Place(platform="discord", channel=str(channel.id), message=at, direct=direct)


def actor(user: discord.abc.User) -> Actor:
    """The account, as Discord vouches for it. Ids are the same on every server, so there is no workspace."""
    return Actor(platform="discord", user=str(user.id), name=user.display_name)


def is_named(said: discord.Message, me: int) -> bool:
    """Whether it was said to us directly or mentions us."""
    # A server that Discord calls unavailable is unknown to the client, but its channels are not direct.
    return isinstance(said.channel, discord.DMChannel) or any(user.id == me for user in said.mentions)


def message(said: discord.Message, me: int, *, addressed: bool, named: bool = True) -> Message | None:
    """Somebody's words, without the mention of us at their beginning; None if nothing was said to us."""
    where = place(said.channel, said.id)
    text = re.sub(rf"^\s*(<@!?{me}>[\s,:]*)+", "", said.content).strip()
    if where is None or not (text or addressed):
        return None
    return Message(
        key=f"discord:{said.id}",
        actor=actor(said.author),
        place=where,
        text=text,
        addressed=addressed,
        named=named,
    )


def command(interaction: discord.Interaction[Any], verbs: Sequence[Verb]) -> Command | None:
    """A slash command, or a command of a message's menu with the words of that message."""
    where = place(interaction.channel)
    data = cast("dict[str, Any]", interaction.data or {})
    if where is None:
        return None
    if data.get("type", 1) == discord.AppCommandType.message.value:
        return _menu(interaction, where, data, verbs)
    sub, options = words(data)
    verb = find(verbs, data["name"], sub)
    return Command(
        key=key(interaction),
        actor=actor(interaction.user),
        place=where,
        area=data["name"],
        text=" ".join(verb.command.split(" ")[1:]) if verb else sub,
        options={option["name"]: _value(option["value"]) for option in options},
    )


def words(data: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """The subcommand ("" if there is none) and its options, each with `name`, `value` and maybe `focused`."""
    options = cast("list[dict[str, Any]]", data.get("options") or [])
    if options and options[0].get("type") == discord.AppCommandOptionType.subcommand_group.value:
        options = options[0].get("options") or []
    if options and options[0].get("type") == discord.AppCommandOptionType.subcommand.value:
        return options[0]["name"], options[0].get("options") or []
    return "", options


def click(interaction: discord.Interaction[Any], tag: Tag, values: list[str]) -> Click | None:
    """A button, or the chosen value of a menu."""
    where = _card(interaction)
    if where is None:
        return None
    args = dict(tag.args) | ({"value": values[0]} if values else {})
    return Click(
        key=key(interaction),
        actor=actor(interaction.user),
        place=where,
        verb=tag.verb,
        object=tag.object,
        revision=tag.revision,
        digest=tag.digest,
        args=args,
    )


def submit(interaction: discord.Interaction[Any], tag: Tag, fields: dict[str, str]) -> Submit | None:
    """A form that was sent."""
    where = _card(interaction)
    if where is None:
        return None
    return Submit(
        key=key(interaction),
        actor=actor(interaction.user),
        place=where,
        verb=tag.verb,
        object=tag.object,
        revision=tag.revision,
        digest=tag.digest,
        args=dict(tag.args),
        fields=fields,
    )


def key(interaction: discord.Interaction[Any]) -> str:
    """One press, one command, one sent form has one id, however often Discord delivers it."""
    return f"discord:{interaction.id}"


def _card(interaction: discord.Interaction[Any]) -> Place | None:
    shown = interaction.message
    # What only one person sees is not a place where anything can be posted or threaded.
    is_private = shown is None or shown.flags.ephemeral
    return place(interaction.channel, None if is_private or shown is None else shown.id)


def _menu(
    interaction: discord.Interaction[Any], where: Place, data: dict[str, Any], verbs: Sequence[Verb]
) -> Command | None:
    found = data.get("resolved", {}).get("messages", {}).get(data.get("target_id"), {})
    meant = menu(verbs).get(data["name"])
    if meant is None:
        return None
    verb, argument = meant
    area, *words_ = verb.command.split(" ")
    text = " ".join(str(found.get("content") or "").split())
    options = {argument: text[:_TITLE] if argument == "title" else text} if text else {}
    if text and "source_at" in verb.args.model_fields:
        options |= _origin(where, found)
    return Command(
        key=key(interaction),
        actor=actor(interaction.user),
        place=where.at(str(data.get("target_id"))),
        area=area,
        text=" ".join(words_),
        options=options,
    )


def _origin(where: Place, found: dict[str, Any]) -> dict[str, str]:
    """When the message of a menu was said, by whom, and where one can read it."""
    server, here, at = found.get("guild_id", "@me"), where.thread or where.channel, found["id"]
    return {
        "source_at": discord.utils.snowflake_time(int(at)).isoformat(),
        "source_by": str((found.get("author") or {}).get("id", "")),
        "source_link": f"https://discord.com/channels/{server}/{here}/{at}",
    }


def _value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
