"""Discord's gateway: sessions that can be resumed, heartbeats, and every way in which it hangs up."""

import contextlib
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.platforms.discord_state import BOT, GUILD, State

Json = dict[str, Any]
_CONTENT = 1 << 15


@dataclass
class Session:
    """One bot's session: what it was sent, so that it can be sent again."""

    id: str
    intents: int
    url: str
    sent: list[Json] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None

    async def send(self, kind: str, data: Json) -> None:
        event = {"op": 0, "s": len(self.sent) + 1, "t": kind, "d": data}
        self.sent.append(event)
        if self.socket is not None and not self.socket.closed:
            # A line that was cut changes nothing: the event is kept and sent after a RESUME.
            with contextlib.suppress(ConnectionError):
                await self.socket.send_str(json.dumps(event))


class Gateway:
    """All sessions. `allows_content` is the switch on the app's page; `refuse_with` closes every identify."""

    def __init__(self, state: State, token: str) -> None:
        self._state = state
        self._token = token
        self.sessions: dict[str, Session] = {}
        self.allows_content = False
        self.refuse_with = 0
        self.identified = 0
        self.resumed = 0
        self.heartbeats = 0

    async def dispatch(self, kind: str, data: Json) -> None:
        """Tell every session, those that are away for a moment too."""
        for session in list(self.sessions.values()):
            await session.send(kind, self._seen(session, kind, data))

    @property
    def reads_all(self) -> bool:
        """Whether the bot has the privileged intent for words."""
        return any(session.intents & _CONTENT for session in self.sessions.values())

    async def hang_up(self, code: int) -> None:
        """Close every connection with this code; 4000 can be resumed, 1000 asks for a new session."""
        for session in list(self.sessions.values()):
            socket, session.socket = session.socket, None
            if socket is not None:
                await socket.close(code=code)

    async def ask_to_reconnect(self) -> None:
        """Operation 7: come back and resume."""
        for session in list(self.sessions.values()):
            if session.socket is not None:
                await session.socket.send_str(json.dumps({"op": 7, "d": None}))

    async def cut(self) -> None:
        """The network is gone, without a goodbye."""
        for session in list(self.sessions.values()):
            socket, session.socket = session.socket, None
            transport = socket._req.transport if socket is not None and socket._req is not None else None
            if transport is not None:
                transport.abort()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(timeout=0.2)
        await socket.prepare(request)
        await socket.send_str(json.dumps({"op": 10, "d": {"heartbeat_interval": 41_250}}))
        session: Session | None = None
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            said = json.loads(frame.data)
            match said["op"]:
                case 1:
                    self.heartbeats += 1
                    await socket.send_str(json.dumps({"op": 11}))
                case 2:
                    session = await self._identify(socket, said["d"], f"ws://{request.host}{request.path}")
                case 6:
                    session = await self._resume(socket, said["d"])
                case _:
                    pass
        if session is not None and session.socket is socket:
            session.socket = None
            if socket.close_code in (1000, 1001):
                self.sessions.pop(session.id, None)
        return socket

    async def _identify(self, socket: web.WebSocketResponse, data: Json, url: str) -> Session | None:
        code = self.refuse_with or (4004 if data["token"] != self._token else 0)
        if not code and data["intents"] & _CONTENT and not self.allows_content:
            code = 4014
        if code:
            await socket.close(code=code)
            return None
        self.identified += 1
        session = Session(f"session-{self.identified}", data["intents"], url, socket=socket)
        self.sessions[session.id] = session
        ready = {
            "v": 10,
            "user": self._state.users[BOT] | {"verified": True, "mfa_enabled": False, "locale": "en-US"},
            "guilds": [{"id": GUILD, "unavailable": True}],
            "session_id": session.id,
            "resume_gateway_url": url,
            "application": {"id": BOT, "flags": 0},
        }
        await session.send("READY", ready)
        await session.send("GUILD_CREATE", self._state.guild())
        return session

    async def _resume(self, socket: web.WebSocketResponse, data: Json) -> Session | None:
        session = self.sessions.get(data["session_id"])
        if session is None:
            await socket.send_str(json.dumps({"op": 9, "d": False}))
            return None
        self.resumed += 1
        session.socket = socket
        for event in session.sent[data["seq"] :]:
            await socket.send_str(json.dumps(event))
        await session.send("RESUMED", {})
        return session

    def _seen(self, session: Session, kind: str, data: Json) -> Json:
        """Without the privileged intent, words that are not for the bot arrive empty."""
        if (
            kind not in ("MESSAGE_CREATE", "MESSAGE_UPDATE")
            or session.intents & _CONTENT
            or "guild_id" not in data
        ):
            return data
        if data["author"]["id"] == BOT or any(user["id"] == BOT for user in data["mentions"]):
            return data
        return data | {"content": "", "components": [], "embeds": [], "attachments": []}
