"""One connection: what it follows, what it is sent, and when it is closed.

Nothing is queued for a connection: each topic reads on in the log once the last frame has left. A connection that
does not read is closed, and its program goes on later from the number of the last event it got.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import WSCloseCode, web

from bot.following import Following
from bot.web.api import shapes
from bot.web.live import frames
from bot.web.live.postbox import deliver
from core.errors import Conflict, NotFound, TooMany, Unavailable, UnknownPerson, WardroomError
from core.ids import new_reference
from handlers.caller import Caller
from handlers.programs import notices
from handlers.programs.watching import Kind, Topic, topic_of

# Close codes of our own; the rest are RFC 6455's.
UNKNOWN, SLOW, TOO_MANY = 4401, 4408, 4429
_POSTBOX = "notices"  # beside the topics: what brings notices
_FAREWELL = 3.0  # seconds until a goodbye must be answered
_ABANDONED = 20.0  # seconds until what a slow program has not read is dropped
log = structlog.get_logger("wardroom.live")


@dataclass(frozen=True)
class Bounds:
    """What one connection may: topics at once, and seconds until a frame must have left."""

    topics: int = 100
    patience: float = 10.0


class _LeftError(Exception):
    """The other side has gone, or was told to."""


class Session:
    """A connection of somebody known."""

    def __init__(
        self,
        line: tuple[web.WebSocketResponse, asyncio.Transport | None],
        caller: Caller,
        following: Following,
        bounds: Bounds,
    ) -> None:
        self._socket, self._transport = line
        self._farewell: asyncio.Task[None] | None = None
        self._caller = caller
        self._following = following
        self._bounds = bounds
        self._followed: dict[str, asyncio.Task[None]] = {}

    async def hear(self, frame: frames.Frame) -> None:
        """Do what a frame asks for.

        Raises:
            WardroomError: it cannot be done; says why.
        """
        match frame:
            case frames.Subscribe():
                self._subscribe(topic_of(frame.topic), frame.after)
            case frames.Unsubscribe():
                await self._unsubscribe(topic_of(frame.topic))
            case frames.Ping():
                await self.send({"op": "pong"})
            case frames.Ack():
                await self._following.store.transact(notices.take, self._caller, frame.id)
            case frames.Auth():
                raise Conflict("You are known already.", "Subscribe to something.")

    async def send(self, frame: dict[str, Any]) -> None:
        """Send a frame; a connection that does not take it in time is closed."""
        with suppress(_LeftError):
            await self._send(frame)

    def close(self, code: int, why: str) -> None:
        """Say goodbye, once, without waiting for it."""
        if self._farewell is None:
            self._farewell = asyncio.create_task(self._say_goodbye(code, why))

    async def end(self) -> None:
        """Follow nothing any more, once the goodbye is said."""
        if self._farewell is not None:
            await self._farewell
        await _cancelled(list(self._followed.values()))

    async def _send(self, frame: dict[str, Any]) -> None:
        if self._farewell is not None:
            raise _LeftError
        try:
            async with asyncio.timeout(self._bounds.patience):
                await self._socket.send_str(frames.text(frame))
        except TimeoutError:
            self.close(SLOW, "too slow: come back with `after`")
            raise _LeftError from None
        except ConnectionError:
            raise _LeftError from None

    async def _say_goodbye(self, code: int, why: str) -> None:
        transport = self._transport
        try:
            async with asyncio.timeout(_FAREWELL):
                await self._socket.close(code=code, message=why.encode())
        except (TimeoutError, ConnectionError):
            if transport is not None:
                asyncio.get_running_loop().call_later(_ABANDONED, transport.abort)

    def _is_mine(self, topic: Topic) -> bool:
        """Whether it is about the person themself: only their own programs are brought notices, since that tells them."""
        return (topic.kind, topic.id) == (Kind.APPROVER, self._caller.person.id)

    def _subscribe(self, topic: Topic, after: int | None) -> None:
        name = str(topic)
        if name in self._followed:
            raise Conflict(f"{name} is followed already.", "Unsubscribe first to start anew.")
        if len(self._followed.keys() - {_POSTBOX}) >= self._bounds.topics:
            raise TooMany(
                f"A connection follows {self._bounds.topics} topics at most.", "Open another, or unsubscribe."
            )
        self._followed[name] = asyncio.create_task(self._guarded(name, self._tell(topic, after)))

    async def _unsubscribe(self, topic: Topic) -> None:
        name = str(topic)
        if name not in self._followed:
            raise NotFound(f"{name} is not followed.", "Subscribe to it first.")
        names = (name, _POSTBOX) if self._is_mine(topic) else (name,)
        await _cancelled([task for one in names if (task := self._followed.pop(one, None))])
        await self.send({"op": "unsubscribed", "topic": name})

    async def _tell(self, topic: Topic, after: int | None) -> None:
        async with aclosing(self._following.follow(self._caller, topic, after)) as stream:
            async for one in stream:
                if one is not None:
                    await self._send(shapes.told(one))
                if self._is_mine(topic) and _POSTBOX not in self._followed:
                    brought = deliver(self._following.store, self._caller, self._send)
                    self._followed[_POSTBOX] = asyncio.create_task(self._guarded(_POSTBOX, brought))

    async def _guarded(self, name: str, work: Awaitable[None]) -> None:
        try:
            await work
        except _LeftError:
            pass
        except Unavailable:
            self.close(WSCloseCode.TRY_AGAIN_LATER, "the database does not answer: come back with `after`")
        except WardroomError as problem:
            await self.send(frames.error(problem, _topic(name)))
            if isinstance(problem, UnknownPerson):
                self.close(UNKNOWN, "the token does not count any more")
        except Exception:
            log.exception("live.failed", topic=name, reference=(reference := new_reference()))
            await self.send(frames.error(fault(reference), _topic(name)))
        finally:
            if self._followed.get(name) is asyncio.current_task():
                del self._followed[name]


def _topic(name: str) -> str:
    return "" if name == _POSTBOX else name


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def fault(reference: str) -> WardroomError:
    """What is said of a fault of ours; the log has the rest under the reference."""
    return WardroomError("Something went wrong on my side.", f"Reference {reference} is in the log.")
