"""A local server that speaks Discord's gateway and REST interface, with verbs for what people do there.

    discord = FakeDiscord()
    await discord.start()                       # then point the bot at discord.api_url, discord.gateway_url
    ask = await discord.command("1004", "2001", "runbook run", {"runbook": "restart-service"})
    card = await discord.sees("2001", "Approve")
    await discord.clicks("1001", card, "Approve")
    await discord.until(lambda: "approved" in discord.read("2001"))
    assert discord.problems == []               # every breach of a published limit is refused and noted

Channels, people and times are arguments. A message is a copy: an old copy has the old buttons.
"""

import asyncio
import copy
from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.platforms.discord_gateway import Gateway
from tests.platforms.discord_limits import SELECT, walk
from tests.platforms.discord_posts import Denied
from tests.platforms.discord_rest import Fault, Rest
from tests.platforms.discord_state import BOT, GUILD, Interaction, State, is_private, labels, text

Json = dict[str, Any]
PEOPLE = {"1001": "Ana Ruiz", "1002": "Bo Lindqvist", "1003": "Chi Okafor", "1004": "Dev Patel"}
CHANNELS = {"2001": "ops", "2002": "incidents"}


class FakeDiscord:
    """The server. `guild`, `bot`, `token` are what the bot finds; the rest is said by methods."""

    guild, bot, token = GUILD, BOT, "fake.discord.token"

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        self.state = State(now)
        self.gateway = Gateway(self.state, self.token)
        self.rest = Rest(self.state, self.gateway, self.token, self.changed)
        self._event = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._said: dict[str, tuple[str, Json]] = {}
        self.port = 0
        for number, name in PEOPLE.items():
            self.state.add_user(number, name)
        for number, name in CHANNELS.items():
            self.state.add_channel(number, name)

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.add_routes(self.rest.routes())
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v10"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/gateway"

    @property
    def problems(self) -> list[str]:
        """Every breach of a limit, in words."""
        return self.state.problems

    # What people do.

    async def says(self, user: str, channel: str, words: str) -> Json:
        """Words in a channel or thread; without a mention the bot sees them only with the privileged intent."""
        message = self.state.new_message(channel, user, {"content": words})
        self.state.messages[channel].append(message)
        seen = message | self.state.origin(channel)
        if "guild_id" in seen:
            seen |= {"member": self.state.member(user, full=False)}
        await self._tell("MESSAGE_CREATE", seen)
        return copy.deepcopy(message)

    async def mentions(self, user: str, channel: str, words: str) -> Json:
        """Words to the bot."""
        return await self.says(user, channel, f"<@{BOT}> {words}")

    async def direct(self, user: str, words: str) -> Json:
        """Words in a direct message."""
        return await self.says(user, self.state.direct_channel(user)["id"], words)

    async def command(self, user: str, channel: str, name: str, options: Json | None = None) -> Interaction:
        """A slash command, as registered: `runbook run` is the subcommand `run` of `runbook`."""
        data = self._command(name, options or {})
        return await self._interact(2, user, channel, data)

    async def autocompletes(
        self, user: str, channel: str, name: str, field: str, typed: str, options: Json | None = None
    ) -> Interaction:
        """Somebody types in `field`; the answer is in `choices`."""
        data = self._command(name, (options or {}) | {field: typed}, partial=True)
        inner = data["options"][0]["options"] if " " in name else data["options"]
        next(option for option in inner if option["name"] == field)["focused"] = True
        return await self._interact(4, user, channel, data)

    async def message_command(self, user: str, message: Json, name: str) -> Interaction:
        """A command of a message's own menu."""
        assert any(c["name"] == name and c.get("type") == 3 for c in self.commands()), name
        number = message["id"]
        data = {
            "id": "1",
            "name": name,
            "type": 3,
            "target_id": number,
            "resolved": {"messages": {number: copy.deepcopy(message)}},
        }
        return await self._interact(2, user, message["channel_id"], data)

    async def clicks(self, user: str, message: Json, label: str) -> Interaction:
        """Press the button, or choose the entry of a menu, with this label on this copy of the message."""
        for component in walk(message["components"]):
            if component["type"] == 2 and component.get("label") == label and component.get("custom_id"):
                return await self.presses(user, message, component["custom_id"])
            for option in component.get("options", []):
                if option["label"] == label:
                    return await self.presses(user, message, component["custom_id"], [option["value"]])
        raise AssertionError(f"no “{label}” among {labels(message)}")

    async def presses(
        self, user: str, message: Json, custom_id: str, values: list[str] | None = None
    ) -> Interaction:
        """Press what has this id, known to the bot or not."""
        data: Json = {"component_type": SELECT if values else 2, "custom_id": custom_id, "id": 1}
        data |= {"values": values} if values else {}
        return await self._interact(3, user, message["channel_id"], data, message)

    async def submits(self, user: str, asked: Interaction, values: dict[str, str]) -> Interaction:
        """Fill in the form that `asked` was answered with (by field id or label) and send it."""
        assert asked.modal is not None, "no form was opened"
        parts: list[Json] = []
        for label in (c for c in asked.modal["components"] if c["type"] == 18):
            part = label["component"]
            value = values.get(part["custom_id"], values.get(label["label"], part.get("value") or ""))
            assert value or not part.get("required", True), f"“{label['label']}” is required"
            assert len(value) <= (part.get("max_length") or 4000)
            sent = {"values": [value] if value else []} if part["type"] == SELECT else {"value": value}
            inner = {"type": part["type"], "custom_id": part["custom_id"], "id": 2, **sent}
            parts.append({"type": 18, "id": 1, "component": inner})
        data = {"custom_id": asked.modal["custom_id"], "components": parts}
        return await self._interact(5, user, asked.payload["channel_id"], data, asked.payload.get("message"))

    # What goes wrong.

    async def redeliver(self, what: Interaction | Json) -> None:
        """Deliver the same interaction or message once more."""
        await self._tell(*self._said[what.id if isinstance(what, Interaction) else what["id"]])

    async def disconnect(self, code: int = 4000) -> None:
        """Hang up; 4000 can be resumed, and what happens meanwhile is told afterwards."""
        await self.gateway.hang_up(code)

    def refuse(self, path: str, status: int, code: int, times: int = 1) -> None:
        """The next calls whose "METHOD /path" contains `path` get this answer."""
        self.rest.faults.append(Fault(path, times, Denied(status, code, f"refused with {code}")))

    def limit(self, path: str, retry_after: float, times: int = 1) -> None:
        """The next calls whose "METHOD /path" contains `path` are told to wait."""
        headers = {
            "Via": "1.1 google",
            "Retry-After": str(retry_after),
            "X-RateLimit-Limit": "5",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset-After": str(retry_after),
            "X-RateLimit-Scope": "user",
        }
        denied = Denied(429, 0, "You are being rate limited.", headers)
        denied.body |= {"retry_after": retry_after, "global": False}
        self.rest.faults.append(Fault(path, times, denied))

    def forget_nonces(self) -> None:
        """Some minutes pass: a repeated nonce is no longer recognised."""
        self.state.nonces.clear()

    # What is to be seen.

    def messages(self, channel: str) -> list[Json]:
        """Copies of the messages of a channel or thread, oldest first."""
        return copy.deepcopy(self.state.messages.get(channel, []))

    def read(self, channel: str) -> str:
        """All words of a channel or thread."""
        return "\n".join(text(message) for message in self.state.messages.get(channel, []))

    def whispers(self, user: str) -> list[str]:
        """What this person alone was told: as private answers, then in direct messages."""
        asked = [i for i in self.state.interactions.values() if i.user == user]
        direct = [m for m in self.messages(f"9{user}") if m["author"]["id"] == BOT]
        return [words for i in asked for words in i.texts] + [text(message) for message in direct]

    def threads(self) -> list[str]:
        """Ids of all threads."""
        return [channel["id"] for channel in self.state.threads()]

    def commands(self) -> list[Json]:
        """All registered commands."""
        return [command for scope in self.state.commands.values() for command in scope]

    async def sees(self, channel: str, words: str, seconds: float = 5) -> Json:
        """The newest message of the channel with these words or this button, as soon as it is there."""
        found: list[Json] = []

        def look() -> bool:
            found[:] = [m for m in self.messages(channel) if words in text(m) or words in labels(m)]
            return bool(found)

        await self.until(look, seconds, f"“{words}” in {channel}")
        return found[-1]

    async def until(self, holds: Callable[[], object], seconds: float = 5, what: str = "") -> None:
        """Wait until `holds()`, looked at after everything that happens here, and often enough besides."""
        limit = asyncio.get_running_loop().time() + seconds
        while not holds():
            assert asyncio.get_running_loop().time() < limit, f"waited {seconds} s in vain {what}".strip()
            self._event.clear()
            try:
                await asyncio.wait_for(self._event.wait(), 0.02)
            except TimeoutError:
                continue

    def changed(self) -> None:
        """Something happened: `until` looks again."""
        self._event.set()

    async def _interact(
        self, kind: int, user: str, channel: str, data: Json, message: Json | None = None
    ) -> Interaction:
        shown = copy.deepcopy(message) if message is not None else None
        payload = self.state.interaction(kind, user, channel, data, shown)
        asked = Interaction(payload, asyncio.get_running_loop().time())
        self.state.interactions[payload["token"]] = asked
        await self._tell("INTERACTION_CREATE", payload)
        await self.until(lambda: asked.is_answered, 4, f"for the answer to {data}")
        return asked

    async def _tell(self, kind: str, data: Json) -> None:
        self._said[data["id"]] = (kind, data)
        await self.gateway.dispatch(kind, data)
        self.changed()

    def _command(self, name: str, options: Json, *, partial: bool = False) -> Json:
        area, _, sub = name.partition(" ")
        found = next(c for c in self.commands() if c["name"] == area and c.get("type", 1) == 1)
        group = next((o for o in found.get("options", []) if o["type"] == 2), None) if sub else None
        inside = group is not None and any(o["name"] == sub for o in group["options"])
        known_here = group["options"] if group is not None and inside else found.get("options", [])
        node = next(o for o in known_here if o["name"] == sub) if sub else found
        known = {option["name"]: option for option in node.get("options") or []}
        assert set(options) <= set(known), f"/{name} has no {set(options) - set(known)}"
        missing = [n for n, o in known.items() if o.get("required") and n not in options]
        assert partial or not missing, f"/{name} needs {missing}"
        given = [{"name": n, "type": known[n]["type"], "value": value} for n, value in options.items()]
        inner = [{"name": sub, "type": 1, "options": given}] if sub else given
        if group is not None and inside:
            inner = [{"name": group["name"], "type": 2, "options": inner}]
        return {"id": found["id"], "name": area, "type": 1, "options": inner}


__all__ = ["BOT", "GUILD", "FakeDiscord", "Interaction", "is_private", "labels", "text"]
