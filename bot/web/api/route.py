"""A route of the interface: what it takes, what it may, what it gives; the document of it is made of these."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from bot.asker import Asker
from core.errors import Invalid, NotFound
from core.ids import parse_numbered
from core.store.engine import Store
from core.text import one_line
from core.world import World
from handlers.caller import Caller

JSON = "application/json"
EVENTS = "text/event-stream"


_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)")


def _moment(value: Any) -> Any:
    if not _RFC3339.fullmatch(str(value)):
        raise PydanticCustomError("moment", "this is no time as in 2026-03-02T09:00:00Z")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
"""A point in time as RFC 3339 writes it, with its zone; a bare number is none."""


class Query(BaseModel):
    """What stands after the question mark; unknown names are refused."""

    # Made ready at the first use: there are a hundred of these, and a start needs none.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


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
    wants_events: bool = False

    @property
    def world(self) -> World:
        """The configured world."""
        return self.caller.world


def numbered(asking: Asking, prefix: str, what: str) -> str:
    """The id of a thing in the path.

    Raises:
        NotFound: no such thing can have that id.
    """
    try:
        return parse_numbered(asking.path["id"], prefix)
    except Invalid:
        named = one_line(asking.path["id"], 40)
        raise NotFound(f"There is no {what} “{named}”.", f"Ids look like {prefix}-12.") from None


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
        streams: whether it answers with `EVENTS` where the program accepts them.
        answers: the model of its JSON, where the document describes it.
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
    streams: bool = False
    answers: type[BaseModel] | None = None
