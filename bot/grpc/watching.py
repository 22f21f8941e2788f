"""Watch: first how things stand, then every change by the order of the log, for as long as somebody listens.

Who waits holds a place in a list: no thread, and no connection of the database.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager

from bot.following import Following
from bot.grpc import convert
from bot.grpc import oversight_pb2 as pb
from core.approvals.request import Request, Status
from core.errors import Invalid, NotFound, TooMany, Unavailable
from core.store.engine import Store
from handlers.caller import Caller
from handlers.programs import deeds as programs
from handlers.programs.watching import Event, Snapshot, Topic, topic_of

_ME = "me"
_MEND = "Name one of `id`, `requester` and `approver`."
_READERS = 4  # who looks up requests at the same time; the rest of the house needs the database too
_BECAME = {
    "approval.requested": Status.PENDING,
    "approval.claimed": Status.EXECUTING,
}


class Watching:
    """Everybody who watches; at most `most` streams by one token."""

    def __init__(self, store: Store, following: Following, most: int) -> None:
        self._store = store
        self._following = following
        self._most = most
        self._open: Counter[str] = Counter()
        self._gate = asyncio.Semaphore(_READERS)

    async def watch(self, caller: Caller, message: pb.WatchRequest) -> AsyncGenerator[pb.WatchResponse, None]:
        """What somebody who watches is told, in its order.

        Raises:
            WardroomError: they may not, or may not any more; the database does not answer; or the house stops.
        """
        topic = _topic(caller, message)
        after = message.after if message.HasField("after") else None
        if after is not None and after < 0:
            raise Invalid(
                f"An `after` of {after} cannot be.", "It is the `seq` that you were told last, or 0."
            )
        with self._one(caller.token.id):
            async with aclosing(self._following.follow(caller, topic, after)) as told:
                async for one in told:
                    if isinstance(one, Snapshot):
                        for response in _stand(one):
                            yield response
                    elif isinstance(one, Event) and (change := await self._change(caller, one)):
                        yield change
        raise Unavailable("This server stops.", "Watch again, after the `seq` that you were told last.")

    async def _change(self, caller: Caller, event: Event) -> pb.WatchResponse | None:
        try:
            async with self._gate:
                request = await self._store.read(programs.seen, caller, event.row["ref"])
        except NotFound:
            # It was theirs to see when it happened, and is not any more.
            return None
        told = convert.event_of(event.row)
        change = pb.Change(event=told, became=_became(event), request=convert.request_of(request))
        return pb.WatchResponse(seq=event.seq, change=change)

    @contextmanager
    def _one(self, token: str) -> Iterator[None]:
        if self._open[token] >= self._most:
            raise TooMany(
                f"This token has {self._most} streams open, which is the most.",
                "End some: one stream can tell of all your requests.",
                retry_after=10,
            )
        self._open[token] += 1
        try:
            yield
        finally:
            self._open[token] -= 1
            if not self._open[token]:
                del self._open[token]


def _topic(caller: Caller, message: pb.WatchRequest) -> Topic:
    match message.WhichOneof("of"):
        case "id":
            return topic_of(f"approval:{message.id}")
        case "requester":
            return topic_of(f"requester:{_person(caller, message.requester)}")
        case "approver":
            return topic_of(f"approver:{_person(caller, message.approver)}")
        case _:
            raise Invalid("This names nothing to watch.", _MEND)


def _person(caller: Caller, name: str) -> str:
    return caller.person.id if name == _ME else name


def _stand(one: Snapshot) -> Iterator[pb.WatchResponse]:
    requests = one.thing if isinstance(one.thing, tuple) else (one.thing,)
    for request in requests:
        if isinstance(request, Request):
            yield pb.WatchResponse(seq=one.seq, state=convert.request_of(request))
    yield pb.WatchResponse(seq=one.seq, ready=pb.Ready())


def _became(event: Event) -> pb.Status.ValueType:
    said = event.row["data"].get("status") or _BECAME.get(event.row["kind"])
    return pb.Status.Value(f"STATUS_{said}") if said in set(Status) else pb.STATUS_UNSPECIFIED
