"""A route of the interface: what it takes, what it may, what it gives; the document of it is made of these."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.asker import Asker
from core.store.engine import Store
from core.wiring import World
from handlers.programs import Caller

JSON = "application/json"
EVENTS = "text/event-stream"


class Query(BaseModel):
    """What stands after the question mark; unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Page(Query):
    """Which part of a list."""

    limit: int = Field(default=50, ge=1, le=200)
    cursor: str = Field(default="", max_length=64, pattern=r"^[0-9A-Za-z_.-]*$")


@dataclass(frozen=True)
class Asking:
    """One request as its route sees it: who, about what, with which words."""

    caller: Caller
    store: Store
    asker: Asker
    path: Mapping[str, str]
    query: Any
    body: Any
    key: str
    version: int | None
    last_event: str = ""

    @property
    def world(self) -> World:
        """The configured world."""
        return self.caller.world


@dataclass(frozen=True)
class Answer:
    """What is answered: JSON, a status, and a version for the ETag."""

    body: Any
    status: int = 200
    version: int | None = None


@dataclass(frozen=True)
class Flow:
    """What is answered piece by piece, for as long as both sides are there."""

    pieces: AsyncGenerator[bytes, None]


Run = Callable[[Asking], Awaitable[Answer | Flow]]


@dataclass(frozen=True)
class Route:
    """One thing a program can ask for.

    Attributes:
        method: the HTTP method; every POST carries an Idempotency-Key.
        path: below `/api/v1`, with `{names}`.
        summary: what it does, in a sentence.
        permission: what the person and the token must be allowed; "" if being known is enough.
        run: does it.
        body: the model of the body, if it takes one.
        query: the model of what stands after the question mark.
        statuses: what it answers when all is well.
        refuses: the error statuses of its own, besides those that every route may answer.
        gives: the kind of content of its answer; `EVENTS` stays open.
    """

    method: Literal["GET", "POST", "PATCH"]
    path: str
    summary: str
    permission: str
    run: Run
    body: type[BaseModel] | None = None
    query: type[Query] = Query
    statuses: tuple[int, ...] = (200,)
    refuses: tuple[int, ...] = field(default=())
    gives: str = JSON
