"""`GET /ws`: who may come in, by which sign, how many, and what becomes of a frame that cannot be read."""

import asyncio
import contextlib

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from bot.doors import Gate
from bot.following import Following
from bot.web.api.door import problem
from bot.web.connections import Connections, check_source
from bot.web.live import frames
from bot.web.live.session import TOO_MANY, UNKNOWN, Bounds, Session, fault
from core.errors import Invalid, TooMany, Unavailable, UnknownPerson, WardroomError
from core.ids import new_reference
from handlers.caller import Caller

PROTOCOL = "wardroom"
_CARRIED = "wardroom.token."
_FRAME_LIMIT = 16 * 1024
_HEARTBEAT = 20.0
_INTRODUCTION = 10.0  # seconds in which somebody without a sign must say who they are
_STRANGERS = 50  # how many of them there may be at a time
log = structlog.get_logger("wardroom.live")
_MEND = 'Send `Authorization: Bearer …`, or as your first frame: {"op": "auth", "token": "…"}'


class LiveDoor:
    """Lets programs and pages in, and shows them out when the house stops."""

    def __init__(
        self, gate: Gate, following: Following, connections: Connections, public_url: str, bounds: Bounds
    ) -> None:
        self._gate = gate
        self._following = following
        self._connections = connections
        self._public_url = public_url
        self._bounds = bounds
        self._sessions: set[Session] = set()
        self._strangers = 0
        self._closed = False

    def routes(self) -> list[web.RouteDef]:
        """GET `/ws`."""
        return [web.get("/ws", self._serve)]

    async def close(self) -> None:
        """Say to everybody that the house stops, and let nobody in."""
        self._closed = True
        for session in self._sessions:
            session.close(WSCloseCode.GOING_AWAY, "the house stops: come back with `after`")
        await asyncio.gather(*(session.end() for session in tuple(self._sessions)))

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        try:
            self._must_be_open()
            check_source(request, self._public_url)
            socket = web.WebSocketResponse(
                protocols=(PROTOCOL,), heartbeat=_HEARTBEAT, max_msg_size=_FRAME_LIMIT, compress=False
            )
            if not socket.can_prepare(request):
                raise Invalid("This address speaks WebSocket.", "Connect with a WebSocket client.")
        except WardroomError as error:
            return problem(error)
        with contextlib.ExitStack() as held:
            try:
                caller = await self._shown(request)
                if caller is not None:
                    held.enter_context(self._connections.one(caller.token.id))
                elif self._strangers >= _STRANGERS:
                    raise TooMany("Too many have not said who they are.", _MEND, retry_after=_INTRODUCTION)
            except WardroomError as error:
                if not _carried(request):
                    return problem(error)
                # A page is not told why a handshake fails, only that it did (1006); so it is let in and shown out.
                await socket.prepare(request)
                await _refuse(socket, error)
                return socket
            return await self._in(request, socket, caller, held)

    async def _in(
        self,
        request: web.Request,
        socket: web.WebSocketResponse,
        caller: Caller | None,
        held: contextlib.ExitStack,
    ) -> web.WebSocketResponse:
        await socket.prepare(request)
        if caller is None:
            try:
                caller = await self._introduced(socket)
                self._must_be_open()
                held.enter_context(self._connections.one(caller.token.id))
            except WardroomError as error:
                await _refuse(socket, error)
                return socket
            await socket.send_str(frames.text({"op": "welcome", "person": caller.person.id}))
        session = Session((socket, request.transport), caller, self._following, self._bounds)
        self._sessions.add(session)
        try:
            async for message in socket:
                await self._heard(session, caller, message.type, message.data)
        finally:
            self._sessions.discard(session)
            await session.end()
        return socket

    def _must_be_open(self) -> None:
        if self._closed:
            raise Unavailable("The house stops.", "Come back in a moment, with `after`.")

    async def _heard(self, session: Session, caller: Caller, kind: WSMsgType, data: object) -> None:
        try:
            self._gate.count(caller)
            await session.hear(_frame(kind, data))
        except TooMany as error:
            await session.send(frames.error(error))
            if error.data.get("told"):
                session.close(TOO_MANY, "too many frames")
        except WardroomError as error:
            await session.send(frames.error(error))
        except Exception:
            log.exception("live.failed", reference=(reference := new_reference()))
            await session.send(frames.error(fault(reference)))

    async def _shown(self, request: web.Request) -> Caller | None:
        """Who comes with a sign: a header, or a subprotocol where a page cannot send one; None without."""
        if "Authorization" in request.headers:
            return await self._gate.caller(request.headers["Authorization"])
        carried = _carried(request)
        return await self._gate.known(carried.removeprefix(_CARRIED)) if carried else None

    async def _introduced(self, socket: web.WebSocketResponse) -> Caller:
        self._strangers += 1
        try:
            async with asyncio.timeout(_INTRODUCTION):
                message = await socket.receive()
        except TimeoutError:
            raise UnknownPerson("You did not say who you are.", _MEND) from None
        finally:
            self._strangers -= 1
        frame = _frame(message.type, message.data)
        if not isinstance(frame, frames.Auth):
            raise UnknownPerson("I do not know yet who you are.", _MEND)
        return await self._gate.known(frame.token)


def _carried(request: web.Request) -> str:
    """The subprotocol that carries a token, if one does and no header says who comes."""
    offered = [one.strip() for one in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    carried = next((one for one in offered if one.startswith(_CARRIED)), "")
    return "" if "Authorization" in request.headers else carried


def _frame(kind: WSMsgType, data: object) -> frames.Frame:
    if kind is not WSMsgType.TEXT or not isinstance(data, str):
        raise Invalid("This frame is no text.", "Send JSON in text frames.")
    return frames.parse(data)


_CODES: dict[type[WardroomError], int] = {TooMany: TOO_MANY, Unavailable: WSCloseCode.TRY_AGAIN_LATER}


async def _refuse(socket: web.WebSocketResponse, error: WardroomError) -> None:
    with contextlib.suppress(ConnectionError):
        await socket.send_str(frames.text(frames.error(error)))
        code = _CODES.get(type(error), UNKNOWN)
        await socket.close(code=code, message=error.what.encode()[:120])
