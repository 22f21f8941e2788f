"""Channels of a Slack workspace, as a bot makes, fills, pins in and archives them, with Slack's refusals."""

import itertools
import re
import time
from dataclasses import dataclass, field
from typing import Any

BOT = "U0BOT"
_NEEDS = {
    "conversations.create": "channels:manage",
    "conversations.setTopic": "channels:manage",
    "conversations.invite": "channels:manage",
    "conversations.archive": "channels:manage",
    "conversations.list": "channels:read",
    "pins.add": "pins:write",
    "pins.remove": "pins:write",
}


@dataclass
class Channel:
    """A channel that somebody made."""

    id: str
    name: str
    creator: str
    created: int
    topic: str = ""
    is_archived: bool = False
    people: set[str] = field(default_factory=set)


class Rooms:
    """What of the Web API is about channels. `missing` are scopes that the app lacks; what is `deaf_to` is done, and the
    answer is lost.
    """

    members: dict[str, set[str]]

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.pins: set[tuple[str, str]] = set()
        self.missing: set[str] = set()
        self.deaf_to: list[str] = []
        self._made = itertools.count(1)

    def lacks(self, method: str) -> dict[str, Any]:
        """The refusal of a method whose scope the app lacks."""
        needed = _NEEDS.get(method, "")
        return {"error": "missing_scope", "needed": needed} if needed in self.missing else {}

    def make(self, name: str, creator: str, created: float | None = None) -> Channel:
        """Somebody makes a channel."""
        at = int(created if created is not None else time.time())
        channel = Channel(f"C0NEW{next(self._made)}", name, creator, at, people={creator})
        self.channels[channel.id] = channel
        self.members[channel.id] = channel.people
        return channel

    def named(self, name: str) -> Channel:
        """The channel of that name."""
        return next(one for one in self.channels.values() if one.name == name)

    def _conversations_create(self, args: dict[str, Any]) -> dict[str, Any]:
        name = args["name"]
        if not re.fullmatch(r"[a-z0-9_-]{1,80}", name):
            return {"error": "invalid_name_specials"}
        if any(one.name == name for one in self.channels.values()):
            return {"error": "name_taken"}
        made = self.make(name, BOT)
        return {"channel": {"id": made.id, "name": made.name, "creator": BOT, "created": made.created}}

    def _conversations_list(self, args: dict[str, Any]) -> dict[str, Any]:
        begin, limit = int(args.get("cursor") or 0), int(args.get("limit") or 100)
        known = [one for one in self.channels.values() if not one.is_archived]
        more = str(begin + limit) if begin + limit < len(known) else ""
        shown = [
            {"id": one.id, "name": one.name, "creator": one.creator, "created": one.created}
            for one in known[begin : begin + limit]
        ]
        return {"channels": shown, "response_metadata": {"next_cursor": more}}

    def _conversations_setTopic(self, args: dict[str, Any]) -> dict[str, Any]:
        if len(args["topic"]) > 250:
            return {"error": "too_long"}
        self.channels[args["channel"]].topic = args["topic"]
        return {}

    def _conversations_invite(self, args: dict[str, Any]) -> dict[str, Any]:
        people, asked = self.channels[args["channel"]].people, set(args["users"].split(","))
        if asked <= people:
            return {"error": "already_in_channel"}
        people |= asked
        return {}

    def _conversations_archive(self, args: dict[str, Any]) -> dict[str, Any]:
        channel = self.channels[args["channel"]]
        if channel.is_archived:
            return {"error": "already_archived"}
        channel.is_archived = True
        return {}

    def _pins_add(self, args: dict[str, Any]) -> dict[str, Any]:
        pin = (args["channel"], args["timestamp"])
        if pin in self.pins:
            return {"error": "already_pinned"}
        self.pins.add(pin)
        return {}

    def _pins_remove(self, args: dict[str, Any]) -> dict[str, Any]:
        pin = (args["channel"], args["timestamp"])
        if pin not in self.pins:
            return {"error": "no_pin"}
        self.pins.remove(pin)
        return {}
