"""A running house that serves gRPC, and callers that speak to it with a real client."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from grpc import aio

from bot.app import House
from bot.grpc import oversight_pb2 as pb
from bot.grpc.oversight_pb2_grpc import OversightServiceStub
from bot.settings import Settings
from core.people.tokens import units as tokens
from tests.stories.house import running, settings

_keys = count(1)


class Refused(Exception):
    """What a call was refused with: the status, the stable code, the words, and what to do."""

    def __init__(self, error: aio.AioRpcError) -> None:
        super().__init__(error.details())
        trailing: Any = error.trailing_metadata()
        said: dict[str, Any] = dict(trailing or ())
        self.status = error.code().name
        self.code = str(said.get("wardroom-code", ""))
        self.words = error.details() or ""
        mend = said.get("wardroom-mend-bin", b"")
        self.mend = mend.decode() if isinstance(mend, bytes) else mend
        self.wait = int(str(said.get("retry-after", 0)))


class Program:
    """Somebody with a token, on a channel."""

    def __init__(self, channel: aio.Channel, secret: str) -> None:
        self.stub = OversightServiceStub(channel)
        self.metadata = (("authorization", f"Bearer {secret}"),) if secret else ()

    async def call(self, name: str, message: Message, **more: Any) -> Any:
        """Make a call.

        Raises:
            Refused: it was refused.
        """
        metadata = (*self.metadata, *more.pop("metadata", ()))
        try:
            return await getattr(self.stub, name)(message, metadata=metadata, **more)
        except aio.AioRpcError as error:
            raise Refused(error) from None

    async def ask(self, key: str = "", **more: Any) -> pb.Request:
        """Ask the usual question, or another."""
        message = question(**more)
        message.idempotency_key = key or new_key()
        made: pb.Request = await self.call("CreateRequest", message)
        return made

    async def decide(self, request: pb.Request, decision: str = "APPROVE", **more: Any) -> pb.Request:
        """Decide on what was shown."""
        said = {"id": request.id, "digest": request.digest, "idempotency_key": new_key()} | more
        word = pb.Decision.Value(f"DECISION_{decision}")
        made: pb.Request = await self.call("Decide", pb.DecideRequest(decision=word, **said))
        return made

    def watch(self, **what: Any) -> "aio.UnaryStreamCall[pb.WatchRequest, pb.WatchResponse]":
        """Watch; a stream."""
        return self.stub.Watch(pb.WatchRequest(**what), metadata=self.metadata)


class World:
    """The house, and programs that reach it."""

    def __init__(self, house: House, channel: aio.Channel) -> None:
        self.house, self.channel = house, channel

    async def secret(self, person: str, *scopes: str) -> str:
        """A new token of this person."""
        return await self.house.store.transact(tokens.create, self.house.world.people, person, scopes, "test")

    async def program(self, person: str, *scopes: str) -> Program:
        """A program with a new token of this person."""
        return Program(self.channel, await self.secret(person, *scopes))

    def stranger(self, secret: str = "") -> Program:
        """Somebody without a token that counts."""
        return Program(self.channel, secret)


@asynccontextmanager
async def serving(
    given: Settings, credentials: grpc.ChannelCredentials | None = None, clock: Any = None
) -> AsyncIterator[World]:
    """A house of these settings, and a channel to it."""
    async with running(given, clock=clock) as house:
        server = house.parts.grpc
        assert server is not None
        async with channel_to(server.address, credentials) as channel:
            yield World(house, channel)


def channel_to(address: str, credentials: grpc.ChannelCredentials | None = None) -> aio.Channel:
    """A channel of its own: channels to one address share their connection unless told otherwise."""
    options = (("grpc.use_local_subchannel_pool", 1),)
    if credentials is None:
        return aio.insecure_channel(address, options)
    return aio.secure_channel(address, credentials, options)


def here(folder: Path, edit: Callable[[str], str] = str, **more: Any) -> Settings:
    """Settings of a house that serves gRPC on a free port; `edit` changes its configuration."""
    given = settings(folder, **({"grpc_port": 0} | more))
    given.config.write_text(edit(given.config.read_text(encoding="utf-8")), encoding="utf-8")
    return given


def question(**more: Any) -> pb.CreateRequestRequest:
    """The usual question: two of the role sre on a deployment."""
    subject = Struct()
    subject.update({"service": "checkout", "version": "1.4.2"})
    usual: dict[str, Any] = {
        "kind": "deploy",
        "title": "Deploy checkout 1.4.2",
        "reason": "ticket 881 <!channel>",
        "subject": subject,
        "ask": [pb.Ask(role="sre")],
        "approvals": 2,
    }
    if "subject_json" in more:
        del usual["subject"]
    return pb.CreateRequestRequest(**(usual | more))


def new_key() -> str:
    """A key that was not used before."""
    return f"test-{next(_keys)}"
