"""What the imitation of Discord knows: people, channels, messages, interactions, in Discord's own shapes."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.platforms.discord_limits import EPHEMERAL, walk

Json = dict[str, Any]
BOT = "10"
GUILD = "5001"
_EPOCH_MS = 1_420_070_400_000


@dataclass
class Interaction:
    """One press, command or form, and all that the bot answered to it."""

    payload: Json
    asked_at: float
    type: int = 0  # of the first answer: 4 message, 5 thinking, 6 silently, 7 edited, 8 choices, 9 form
    modal: Json | None = None
    choices: list[Json] = field(default_factory=list)
    private: list[Json] = field(default_factory=list)
    is_over: bool = False

    @property
    def id(self) -> str:
        return str(self.payload["id"])

    @property
    def user(self) -> str:
        return str(
            self.payload["member"]["user"]["id"] if "member" in self.payload else self.payload["user"]["id"]
        )

    @property
    def is_answered(self) -> bool:
        return self.type != 0

    @property
    def texts(self) -> list[str]:
        """What the person alone was told, oldest first."""
        return [text(message) for message in self.private]


def text(message: Json) -> str:
    """The words of a message, as one would read them."""
    shown = [c["content"] for c in walk(message.get("components") or []) if c["type"] == 10]
    return "\n".join([*([message["content"]] if message.get("content") else []), *shown])


def labels(message: Json) -> list[str]:
    """What can be pressed or chosen on a message."""
    found: list[str] = []
    for component in walk(message.get("components") or []):
        if component["type"] == 2:
            found.append(component["label"])
        found += [option["label"] for option in component.get("options", [])]
    return found


class State:
    """Everything a server of Discord's would keep. `now` gives the time that ids and messages carry."""

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        self._now = now or (lambda: datetime.now(UTC))
        self._count = 0
        self.users: dict[str, Json] = {}
        self.channels: dict[str, Json] = {}
        self.messages: dict[str, list[Json]] = {}
        self.commands: dict[str, list[Json]] = {"": []}
        self.interactions: dict[str, Interaction] = {}
        self.nonces: dict[tuple[str, str], str] = {}
        self.closed_to_us: set[str] = set()
        self.problems: list[str] = []
        self.add_user(BOT, "wardroom", bot=True)

    def snowflake(self) -> str:
        self._count += 1
        return str(((int(self._now().timestamp() * 1000) - _EPOCH_MS) << 22) + self._count)

    def stamp(self) -> str:
        return self._now().isoformat()

    def add_user(self, number: str, name: str, *, bot: bool = False) -> Json:
        self.users[number] = {
            "id": number,
            "username": name.lower().replace(" ", "."),
            "global_name": name,
            "discriminator": "0",
            "avatar": None,
            "bot": bot,
            "flags": 0,
        }
        return self.users[number]

    def add_channel(self, number: str, name: str) -> Json:
        return self._add(
            {
                "id": number,
                "type": 0,
                "guild_id": GUILD,
                "name": name,
                "position": len(self.channels),
                "permission_overwrites": [],
                "parent_id": None,
                "nsfw": False,
                "topic": None,
                "rate_limit_per_user": 0,
            }
        )

    def add_forum(self, number: str, name: str) -> Json:
        forum = self.add_channel(number, name)
        forum |= {"type": 15, "available_tags": [], "default_reaction_emoji": None, "default_forum_layout": 0}
        forum |= {"default_sort_order": None, "default_thread_rate_limit_per_user": 0, "flags": 0}
        return forum

    def add_thread(self, number: str, parent: str, name: str, owner: str) -> Json:
        return self._add(
            {
                "id": number,
                "type": 11,
                "guild_id": GUILD,
                "parent_id": parent,
                "owner_id": owner,
                "name": name,
                "message_count": 0,
                "member_count": 1,
                "rate_limit_per_user": 0,
                "thread_metadata": {
                    "archived": False,
                    "locked": False,
                    "auto_archive_duration": 10080,
                    "archive_timestamp": self.stamp(),
                },
            }
        )

    def direct_channel(self, user: str) -> Json:
        number = f"9{user}"
        return self.channels.get(number) or self._add(
            {"id": number, "type": 1, "last_message_id": None, "recipients": [self.users[user]]}
        )

    def _add(self, channel: Json) -> Json:
        self.channels[channel["id"]] = channel
        self.messages.setdefault(channel["id"], [])
        return channel

    def threads(self) -> list[Json]:
        return [channel for channel in self.channels.values() if channel["type"] == 11]

    def new_message(self, channel: str, author: str, body: Json) -> Json:
        """A message in Discord's shape, not yet anywhere. Components get numbers like Discord's."""
        content = body.get("content") or ""
        people = [user for number, user in self.users.items() if f"<@{number}>" in content]
        return {
            "id": self.snowflake(),
            "channel_id": channel,
            "author": self.users[author],
            "content": content,
            "timestamp": self.stamp(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": people,
            "mention_roles": [],
            "attachments": [
                {"id": str(number), "filename": name, "size": len(data), "url": "", "proxy_url": ""}
                for number, (name, data) in enumerate(body.get("uploaded", {}).items(), start=1)
            ],
            "embeds": [],
            "pinned": False,
            "type": 19 if body.get("message_reference") else 0,
            "flags": body.get("flags", 0),
            "components": numbered(body.get("components") or []),
            **({"message_reference": body["message_reference"]} if body.get("message_reference") else {}),
        }

    def find(self, channel: str, message: str) -> Json | None:
        return next((m for m in self.messages.get(channel, []) if m["id"] == message), None)

    def origin(self, channel: str) -> Json:
        """The fields that say where an event happened."""
        return {} if self.channels[channel]["type"] == 1 else {"guild_id": GUILD}

    def member(self, user: str, *, full: bool = True) -> Json:
        member: Json = {
            "roles": [],
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
            "permissions": "2147483647",
        }
        return member | {"user": self.users[user]} if full else member

    def guild(self) -> Json:
        channels = [c for c in self.channels.values() if c["type"] in (0, 15)]
        return {
            "id": GUILD,
            "name": "Acme",
            "owner_id": "1001",
            "icon": None,
            "roles": [],
            "emojis": [],
            "features": [],
            "members": [],
            "channels": copy.deepcopy(channels),
            "threads": copy.deepcopy(self.threads()),
            "presences": [],
            "voice_states": [],
            "member_count": len(self.users),
            "preferred_locale": "en-US",
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "afk_timeout": 60,
            "nsfw_level": 0,
            "premium_tier": 0,
            "system_channel_flags": 0,
            "unavailable": False,
        }

    def interaction(
        self, kind: int, user: str, channel: str, data: Json, message: Json | None = None
    ) -> Json:
        payload: Json = {
            "id": self.snowflake(),
            "application_id": BOT,
            "type": kind,
            "token": f"token-{self.snowflake()}",
            "version": 1,
            "channel_id": channel,
            "channel": copy.deepcopy(self.channels[channel]),
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {},
            "attachment_size_limit": 10_000_000,
            "app_permissions": "2147483647",
            "data": data,
            **self.origin(channel),
        }
        payload |= {"member": self.member(user)} if "guild_id" in payload else {"user": self.users[user]}
        if message is not None:
            payload["message"] = {k: v for k, v in message.items() if k != "nonce"}
        return payload


def is_private(message: Json) -> bool:
    return bool(message.get("flags", 0) & EPHEMERAL)


def numbered(components: list[Json]) -> list[Json]:
    """The components with an id each, given by Discord where the bot gave none."""
    made = copy.deepcopy(components)
    taken = {c["id"] for c in walk(made) if c.get("id")}
    number = 0
    for component in walk(made):
        if not component.get("id"):
            number += 1
            while number in taken:
                number += 1
            component["id"] = number
    return made
