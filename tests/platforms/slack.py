"""A Slack workspace on this machine: its Web API, Socket Mode and signed deliveries, with people in it.

It keeps messages, refuses what Slack refuses, and can repeat, drop, delay and forge what it delivers.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp
from aiohttp import web

from tests.platforms.slack_api import TEAM, Said, WebApi
from tests.platforms.slack_rooms import BOT

SIGNING_SECRET = "s" * 32
LIMIT = 20.0


class FakeSlack(WebApi):
    """The workspace. Deliveries go over Socket Mode once a client connects, else to `events_url`, signed."""

    def __init__(self) -> None:
        super().__init__()
        self.events_url = ""
        self.delivered: list[tuple[str, dict[str, Any]]] = []
        self._sockets: set[web.WebSocketResponse] = set()
        self._acks: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._runner: web.AppRunner | None = None

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL should be."""
        return f"http://127.0.0.1:{self.port}/api/"

    async def start(self) -> None:
        """Open the workspace."""
        app = web.Application(client_max_size=1 << 22)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/socket", self._socket)
        app.router.add_post("/response/{id}", self._respond)
        app.router.add_post("/upload/{id}", self.files.upload)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close it."""
        await self.disconnect()
        if self._runner:
            await self._runner.cleanup()

    # What people do.

    async def says(self, user: str, text: str, channel: str = "C0OPS", thread: str | None = None) -> Said:
        """Write words; in a channel they arrive as an event, and as a second one if the bot is named."""
        said = Said(channel, self.stamp(), user, text, thread=thread)
        self.said.append(said)
        event = {"type": "message", "channel": channel, "user": user, "text": text, "ts": said.ts}
        event["channel_type"] = "im" if channel.startswith("D") else "channel"
        if thread:
            parent = next(one for one in self.said if one.ts == thread)
            event |= {"thread_ts": thread, "parent_user_id": parent.user}
        await self.deliver("events_api", self.event(event))
        if f"<@{BOT}>" in text and not channel.startswith("D"):
            await self.deliver("events_api", self.event(event | {"type": "app_mention"}))
        return said

    async def mentions(self, user: str, text: str, channel: str = "C0OPS", thread: str | None = None) -> Said:
        """Say something to the bot in a channel."""
        return await self.says(user, f"<@{BOT}> {text}", channel, thread)

    async def command(
        self, user: str, command: str, text: str = "", channel: str = "C0OPS"
    ) -> dict[str, Any]:
        """Use a slash command."""
        body = {
            "command": command,
            "text": text,
            "team_id": TEAM,
            "user_id": user,
            "user_name": user.lower(),
            "channel_id": channel,
            "channel_name": "directmessage" if channel.startswith("D") else channel.lower(),
            "trigger_id": self._trigger(user),
            "response_url": self._response_url(channel, user, None),
            "api_app_id": "A0",
        }
        return await self.deliver("slash_commands", body)

    async def clicks(self, user: str, said: Said, label: str) -> dict[str, Any]:
        """Press the button that begins with this label, or choose the option in a menu."""
        return await self.deliver("interactive", self.click_body(user, said, label))

    def click_body(self, user: str, said: Said, label: str) -> dict[str, Any]:
        """What Slack delivers for a click."""
        action = said.action(label)
        thread = {"thread_ts": said.thread} if said.thread else {}
        return {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": user, "username": user.lower(), "team_id": TEAM},
            "channel": {"id": said.channel},
            "container": {
                "type": "message",
                "message_ts": said.ts,
                "channel_id": said.channel,
                "is_ephemeral": bool(said.only_for),
                **thread,
            },
            "message": {"ts": said.ts, "text": said.text, "user": said.user, **thread},
            "trigger_id": self._trigger(user),
            "response_url": self._response_url(said.channel, user, said.thread),
            "actions": [action | {"action_ts": self.stamp(), "type": action.get("type", "button")}],
        }

    async def submits(self, user: str, view: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
        """Fill in a modal and send it."""
        return await self.deliver("interactive", self.submit_body(user, view, values))

    def submit_body(self, user: str, view: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
        """What Slack delivers for a modal that was sent."""
        state: dict[str, Any] = {}
        for block in view["blocks"]:
            name = block.get("block_id", "").removeprefix("field:")
            if block["type"] == "input" and name in values:
                chosen = {"selected_option": {"value": values[name]}}
                text = {"value": values[name]}
                menu = block["element"]["type"] == "static_select"
                state[block["block_id"]] = {block["element"]["action_id"]: chosen if menu else text}
        return {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": user, "username": user.lower(), "team_id": TEAM},
            "view": view | {"state": {"values": state}},
        }

    async def shortcut(self, user: str, said: Said, callback: str) -> dict[str, Any]:
        """Choose something in a message's menu."""
        thread = {"thread_ts": said.thread} if said.thread else {}
        body = {
            "type": "message_action",
            "callback_id": callback,
            "team": {"id": TEAM, "domain": "acme"},
            "user": {"id": user, "name": user.lower(), "team_id": TEAM},
            "channel": {"id": said.channel},
            "message": {"ts": said.ts, "text": said.text, "user": said.user, **thread},
            "message_ts": said.ts,
            "action_ts": self.stamp(),
            "trigger_id": self._trigger(user),
            "response_url": self._response_url(said.channel, user, said.thread),
        }
        return await self.deliver("interactive", body)

    async def opens_home(self, user: str) -> None:
        """Look at the app's own page."""
        event = {"type": "app_home_opened", "user": user, "channel": f"D{user}", "tab": "home"}
        await self.deliver("events_api", self.event(event))

    # What people see.

    async def sees(self, user: str, *words: str) -> Said:
        """Wait until this person sees a message with all these words; the newest that has them."""

        def found() -> Said | None:
            seen = [one for one in self.said if self._visible(one, user)]
            fits = [one for one in seen if all(word in one.words() for word in words)]
            return fits[-1] if fits else None

        await self.until(lambda: found() is not None, f"{user} to see {words}")
        said = found()
        assert said is not None
        return said

    async def modal(self, user: str) -> dict[str, Any]:
        """Wait for the modal that was opened for this person."""
        await self.until(lambda: user in self.views, f"a modal for {user}")
        return self.views.pop(user)

    async def until(self, fits: Callable[[], bool], what: str = "it") -> None:
        """Wait until something holds."""
        try:
            async with asyncio.timeout(LIMIT), self._news:
                await self._news.wait_for(fits)
        except TimeoutError:
            seen = "\n---\n".join(f"[{one.only_for or 'all'}] {one.words()}" for one in self.said)
            raise AssertionError(f"waited in vain for {what}. Seen:\n{seen}\nFaults: {self.faults}") from None

    # How things are delivered.

    async def deliver(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """Deliver over the socket, or over HTTP if nobody holds one; returns what was answered."""
        self.delivered.append((kind, body))
        if self._sockets:
            return await self._over_socket(kind, body)
        return await self.over_http(kind, body)

    async def again(self, number: int = -1) -> dict[str, Any]:
        """Deliver something once more, as Slack does when it is not sure."""
        kind, body = self.delivered[number]
        return await self.deliver(kind, body)

    async def over_http(
        self, kind: str, body: dict[str, Any], *, secret: str = SIGNING_SECRET, age: float = 0.0
    ) -> dict[str, Any]:
        """Deliver to `events_url` with a signature; returns status and answer."""
        form = {"interactive": {"payload": json.dumps(body)}, "slash_commands": body}.get(kind)
        text = aiohttp.FormData(form)().decode() if form else json.dumps(body)
        stamp = str(int(time.time() - age))
        digest = hmac.new(secret.encode(), f"v0:{stamp}:{text}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
            "Content-Type": "application/x-www-form-urlencoded" if form else "application/json",
        }
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.events_url, data=text, headers=headers) as answer,
        ):
            said = await answer.text()
            parsed = json.loads(said) if said.startswith("{") else {}
            return {"status": answer.status} | parsed

    async def disconnect(self) -> None:
        """Cut every socket."""
        for socket in list(self._sockets):
            await socket.close()

    @property
    def sockets(self) -> int:
        """How many clients hold a socket."""
        return len(self._sockets)

    async def connected(self) -> None:
        """Wait until a client holds a socket."""
        await self.until(lambda: bool(self._sockets), "a socket")

    async def _over_socket(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        envelope = f"env-{next(self._numbers)}"
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._acks[envelope] = future
        socket = next(iter(self._sockets))
        frame = {"type": kind, "envelope_id": envelope, "payload": body, "accepts_response_payload": True}
        await socket.send_json(frame)
        with suppress(TimeoutError):
            async with asyncio.timeout(3):
                return {"status": 200} | await future
        return {"status": 0}

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0"}})
        self._sockets.add(socket)
        await self._changed()
        try:
            async for frame in socket:
                if frame.type is aiohttp.WSMsgType.TEXT and frame.data.startswith("{"):
                    answer = json.loads(frame.data)
                    waiting = self._acks.pop(answer.get("envelope_id", ""), None)
                    if waiting is not None and not waiting.done():
                        waiting.set_result(answer.get("payload") or {})
        finally:
            self._sockets.discard(socket)
            await self._changed()
        return socket

    def _visible(self, said: Said, user: str) -> bool:
        mine = not said.channel.startswith("D") or said.channel == f"D{user}"
        return mine and said.only_for in ("", user)

    def event(self, event: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        return {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": "A0",
            "event": event,
            "event_id": f"Ev{number}",
            "event_time": int(time.time()),
            "authorizations": [
                {"team_id": TEAM, "user_id": BOT, "is_bot": True, "is_enterprise_install": False}
            ],
        }

    def _trigger(self, user: str) -> str:
        return f"{next(self._numbers)}:{user}:trigger"

    def _response_url(self, channel: str, user: str, thread: str | None) -> str:
        name = f"r{next(self._numbers)}"
        self._responses[name] = (channel, user, thread, 0)
        return f"http://127.0.0.1:{self.port}/response/{name}"
