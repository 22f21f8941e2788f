"""The service as the server calls it: who asks, for how long, in which words, and every error as a status."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeVar

import grpc
import structlog
from google.protobuf.message import DecodeError, Message
from grpc import aio

from bot.asker import Asker
from bot.doors import Gate
from bot.grpc import oversight_pb2 as pb
from bot.grpc.calls import CALLS, Asking, Call
from bot.grpc.problems import refuse
from bot.grpc.watching import Watching
from core.errors import Invalid, WardroomError
from core.ids import new_reference
from core.store.engine import Store

NAME = pb.DESCRIPTOR.services_by_name["OversightService"].full_name
_LONGEST = 30.0  # seconds for a call that is answered once, whatever its caller allows
_Context = aio.ServicerContext[Any, Any]
_Taken = TypeVar("_Taken", bound=Message)
log = structlog.get_logger("wardroom.grpc")


class TooLate(WardroomError):
    """The time for a call is over; what it wanted may be done all the same."""

    code = "DEADLINE"
    status = 504


class Service:
    """Answers calls and streams."""

    def __init__(self, store: Store, gate: Gate, asker: Asker, watching: Watching) -> None:
        self._store = store
        self._gate = gate
        self._asker = asker
        self._watching = watching

    def handlers(self) -> "grpc.GenericRpcHandler[Any, Any]":
        """What the server is given."""
        methods = {
            call.name: grpc.unary_unary_rpc_method_handler(self._once(call), None, _bytes) for call in CALLS
        }
        methods["Watch"] = grpc.unary_stream_rpc_method_handler(self._watch, None, _bytes)
        return grpc.method_handlers_generic_handler(NAME, methods)

    def _once(self, call: Call) -> Callable[[bytes, _Context], Awaitable[Message]]:
        async def answer(raw: bytes, context: _Context) -> Message:
            async with _in_words(context, call.name), _in_time(context):
                said = _metadata(context)
                caller = await self._gate.caller(said.get("authorization", ""))
                if call.permission:
                    caller.must(call.permission)
                key = said.get("idempotency-key", "")
                return await call.run(Asking(caller, self._store, self._asker, _read(call.takes, raw), key))

        return answer

    async def _watch(self, raw: bytes, context: _Context) -> None:
        async with _in_words(context, "Watch"):
            caller = await self._gate.caller(_metadata(context).get("authorization", ""))
            message = _read(pb.WatchRequest, raw)
            async with aclosing(self._watching.watch(caller, message)) as told:
                async for one in told:
                    await context.write(one)


@asynccontextmanager
async def _in_words(context: _Context, name: str) -> AsyncIterator[None]:
    try:
        yield
    except WardroomError as error:
        await refuse(context, error)
    except aio.AbortError:
        raise
    except Exception:
        reference = new_reference()
        log.exception("grpc.failed", call=name, reference=reference)
        words = WardroomError("Something went wrong on my side.", f"Reference {reference} is in the log.")
        await refuse(context, words)


@asynccontextmanager
async def _in_time(context: _Context) -> AsyncIterator[None]:
    left = context.time_remaining()
    try:
        async with asyncio.timeout(_LONGEST if left is None else min(left, _LONGEST)):
            yield
    except TimeoutError:
        raise TooLate(
            "This took longer than there was time.",
            "It may be done all the same: send it again under the same idempotency key.",
        ) from None


def _metadata(context: _Context) -> Mapping[str, str]:
    """The texts that came along, by name; what came several times counts once."""
    return {name: value for name, value in context.invocation_metadata() or () if isinstance(value, str)}


def _read(kind: type[_Taken], raw: bytes) -> _Taken:
    try:
        return kind.FromString(raw)
    except DecodeError:
        words = f"These bytes are no {kind.DESCRIPTOR.name}."
        raise Invalid(words, "Make the message from bot/grpc/oversight.proto, or from reflection.") from None


def _bytes(message: Message) -> bytes:
    return message.SerializeToString()
