"""Server-sent events: the same stream as over the WebSocket, for those who can do plain HTTP alone."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from pydantic import Field

from bot.following import Following
from bot.web.api import shapes
from bot.web.api.route import EVENTS, Asking, Flow, Query, Route
from bot.web.connections import Connections
from core.digest import canonical
from core.errors import Invalid, Unavailable, WardroomError
from handlers.programs.watching import Event, Snapshot, Topic, topic_of

_BEAT = 15.0  # seconds without news after which a line shows that the connection lives
_RETRY = b"retry: 2000\n\n"
_LONGEST = 16


class Wish(Query):
    """What to follow, from which event on; a `Last-Event-ID` header goes before `after`."""

    topic: str = Field(min_length=1, max_length=100, description="such as approval:AP-1 or approver:NAME")
    after: int | None = Field(default=None, ge=0, le=2**53)


class Streams:
    """The route that stays open."""

    def __init__(self, following: Following, connections: Connections) -> None:
        self._following = following
        self._connections = connections

    def routes(self) -> tuple[Route, ...]:
        """With what it takes and may."""
        said = "How a thing stands, then what happens to it, as server-sent events."
        return (Route("GET", "/stream", said, "", self.open, query=Wish, refuses=(404,), gives=EVENTS),)

    async def open(self, asking: Asking) -> Flow:
        """Follow a topic."""
        after = _number(asking.last_event) if asking.last_event else asking.query.after
        return Flow(self._lines(asking, topic_of(asking.query.topic), after))

    async def _lines(self, asking: Asking, topic: Topic, after: int | None) -> AsyncGenerator[bytes, None]:
        has_begun = False
        with self._connections.one(asking.caller.token.id):
            follow = self._following.follow(asking.caller, topic, after, beat=_BEAT)
            try:
                async with aclosing(follow) as stream:
                    async for one in stream:
                        yield b": \n\n" if one is None else (b"" if has_begun else _RETRY) + _line(one)
                        has_begun = True
            except WardroomError as error:
                if not has_begun:
                    raise
                if isinstance(error, Unavailable):
                    return  # whoever follows comes back, and goes on where they were
                yield _lines_of("error", shapes.problem(error), None)


def _line(one: Snapshot | Event) -> bytes:
    said = shapes.told(one)
    return _lines_of(str(said["op"]), said, one.seq)


def _lines_of(name: str, data: dict[str, Any], seq: int | None) -> bytes:
    number = b"" if seq is None else b"id: %d\n" % seq
    return number + b"event: " + name.encode() + b"\ndata: " + canonical(data) + b"\n\n"


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST):
        raise Invalid(
            "The Last-Event-ID is no number of an event.", "Send the `id` of the last event you got."
        )
    return int(text)
