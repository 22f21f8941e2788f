"""The slash commands, made from the verbs, and registered only when they changed."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Literal, cast, get_args, get_origin

import discord
import structlog
from pydantic.fields import FieldInfo

from bot.discord.markdown import short
from core.digest import digest
from handlers.verb import Verb

Payload = dict[str, Any]

log = structlog.get_logger("wardroom.discord")

_STRING, _INTEGER, _BOOLEAN, _SUB, _GROUP = 3, 4, 5, 1, 2
_MORE = "more"
_MESSAGE_COMMAND = 3
_MOST = 25
_NAME = re.compile(r"^[-_a-z0-9]{1,32}\Z")
# What a card carries for us, and no person types.
_INTERNAL = frozenset({"value", "words", "source_link"})
# Commands of the message menu: label -> the commands they may stand for, and the arguments that may get the
# words of the message; the first that there is counts.
_MENU = {
    "Start incident": (("incident declare",), ("source_text", "title")),
    "Add to timeline": (
        ("incident note", "incident timeline", "incident update"),
        ("note", "text", "message"),
    ),
}


def tree(verbs: Sequence[Verb]) -> list[Payload]:
    """Every command as Discord wants to have it: `runbook run` is the subcommand `run` of `runbook`."""
    groups: dict[str, list[Verb]] = {}
    for verb in verbs:
        area = verb.command.split(" ")[0]
        if verb.command and _NAME.match(area):
            groups.setdefault(area, []).append(verb)
    commands = [_command(area, members) for area, members in groups.items()]
    return [*commands, *({"name": label, "type": _MESSAGE_COMMAND} for label in menu(verbs))]


def menu(verbs: Sequence[Verb]) -> dict[str, tuple[Verb, str]]:
    """The message menu: per label the verb, and which of its arguments gets the words of the message."""
    known = {verb.command: verb for verb in verbs}
    found: dict[str, tuple[Verb, str]] = {}
    for label, (commands, arguments) in _MENU.items():
        pairs = [
            (known[c], a)
            for c in commands
            if c in known
            for a in arguments
            if a in known[c].args.model_fields
        ]
        if pairs:
            found[label] = pairs[0]
    return found


def find(verbs: Sequence[Verb], area: str, sub: str) -> Verb | None:
    """The verb behind a command as Discord names it."""
    return next((verb for verb in verbs if _names(verb) == (area, sub)), None)


def fingerprint(commands: Sequence[Mapping[str, Any]]) -> str:
    """The same for commands that mean the same, whether they are ours or what Discord has stored."""
    return digest(sorted((_essence(command) for command in commands), key=lambda c: (c["type"], c["name"])))


async def register(client: discord.Client, commands: list[Payload], guild: str = "") -> None:
    """Register the commands for one server, or for all, if what Discord has differs; PUT replaces them all.

    A refusal is written to the log only: words and buttons work without slash commands.
    """
    app, wanted = client.application_id or 0, cast("Any", commands)
    have: Sequence[Any]
    try:
        if guild:
            have = await client.http.get_guild_commands(app, int(guild))
        else:
            have = await client.http.get_global_commands(app)
        if fingerprint(have) == fingerprint(commands):
            return
        if guild:
            await client.http.bulk_upsert_guild_commands(app, int(guild), wanted)
        else:
            await client.http.bulk_upsert_global_commands(app, wanted)
        log.info("discord.commands_registered", guild=guild or "all", count=len(commands))
    except (discord.HTTPException, discord.RateLimited, ValueError) as error:
        log.warning("discord.commands_refused", guild=guild or "all", reason=str(error)[:200])


def _names(verb: Verb) -> tuple[str, str]:
    area, *rest = verb.command.split(" ")
    return area, "-".join(rest)


def _command(area: str, members: list[Verb]) -> Payload:
    subs = {_names(verb)[1]: verb for verb in members if _NAME.match(_names(verb)[1])}
    if not subs:
        return {"name": area, "type": 1, **_described(members[0])}
    options = [{"name": name, "type": _SUB, **_described(verb)} for name, verb in subs.items()]
    if len(options) > _MOST:
        # Discord shows 25 at each level: the last ones move into a group, as in `/incident more review`.
        rest = options[_MOST - 1 :]
        told = short(", ".join(one["name"] for one in rest), 100)
        options = [
            *options[: _MOST - 1],
            {"name": _MORE, "type": _GROUP, "description": told, "options": rest[:_MOST]},
        ]
    title = ", ".join(subs)
    return {
        "name": area,
        "type": 1,
        "description": short(f"{area.capitalize()}: {title}", 100),
        "options": options,
    }


def _described(verb: Verb) -> Payload:
    fields = verb.args.model_fields
    names = [*verb.order, *(name for name in fields if name not in verb.order)]
    names = [name for name in names if name not in verb.args.carried]
    options = [_option(verb, name, fields[name]) for name in names if _is_asked(name, fields)]
    options.sort(key=lambda option: not option["required"])
    return {"description": short(verb.help, 100) or verb.name, "options": options[:_MOST]}


def _is_asked(name: str, fields: Mapping[str, FieldInfo]) -> bool:
    return name in fields and name not in _INTERNAL and bool(_NAME.match(name))


def _option(verb: Verb, name: str, field: FieldInfo) -> Payload:
    option: Payload = {
        "name": name,
        "type": _type(field.annotation),
        "description": short(field.description or name.replace("_", " "), 100),
        "required": field.is_required() and (name in verb.order or verb.form is None),
    }
    if name in verb.choices:
        return option | {"type": _STRING, "autocomplete": True}
    fixed = _fixed(field.annotation)
    if 0 < len(fixed) <= _MOST:
        option |= {"type": _STRING, "choices": [{"name": short(c, 100), "value": c[:100]} for c in fixed]}
    return option


def _type(annotation: Any) -> int:
    if annotation is bool:
        return _BOOLEAN
    return _INTEGER if annotation is int else _STRING


def _fixed(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [str(choice) for choice in get_args(annotation) if choice]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [str(member.value) for member in annotation]
    return []


def _essence(node: Mapping[str, Any]) -> Payload:
    """What of a command or option we decide; Discord adds ids, versions and defaults of its own."""
    return {
        "name": node["name"],
        "type": node.get("type", 1),
        "description": node.get("description") or "",
        "required": bool(node.get("required")),
        "autocomplete": bool(node.get("autocomplete")),
        "choices": [[c["name"], c["value"]] for c in node.get("choices") or []],
        "options": [_essence(option) for option in node.get("options") or []],
    }
