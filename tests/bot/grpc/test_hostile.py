"""Whatever bytes arrive, the answer is a status in words, and the house goes on."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from google.protobuf.struct_pb2 import Struct
from grpc import aio
from hypothesis import given
from hypothesis import strategies as st

from bot.grpc import convert
from bot.grpc import oversight_pb2 as pb
from bot.grpc.calls import CALLS
from core.digest import digest
from core.errors import Invalid
from tests.bot.grpc.house import World, here, new_key, question, serving

_FINE = {
    "OK",
    "INVALID_ARGUMENT",
    "NOT_FOUND",
    "PERMISSION_DENIED",
    "FAILED_PRECONDITION",
    "ALREADY_EXISTS",
    "RESOURCE_EXHAUSTED",
}
_MANY = "\nlimits:\n  requests_per_minute: {person: 100000, workspace: 100000}\n"
_TEXTS = (
    "",
    "\x00",
    "AP-1",
    "AP-0",
    "AP-" + "9" * 40,
    "\u202e\u2066<!channel>",
    "'; DROP TABLE approval; --",
    "x" * 5_000,
)
_NUMBERS = (0, 1, -1, 2**31 - 1, -(2**31))


async def _answer(world: World, name: str, raw: bytes, metadata: Any) -> str:
    channel: Any = world.channel
    call = channel.unary_unary(f"/wardroom.oversight.v1.OversightService/{name}")
    try:
        await call(raw, metadata=metadata)
    except aio.AioRpcError as error:
        return "a stack trace" if "Traceback" in (error.details() or "") else error.code().name
    return "OK"


def _spoiled(raw: bytes) -> list[bytes]:
    cut = [raw[:length] for length in range(0, len(raw), 5)]
    flipped = [raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :] for at in range(0, len(raw), 3)]
    return [*cut, *flipped, b"\xff" * 200, b"\x00" * 200, b"\x0b" * 500]


async def test_spoiled_messages_get_a_status(tmp_path: Path) -> None:
    async with serving(here(tmp_path, lambda text: text.replace("\nlimits:\n", _MANY, 1))) as world:
        rex = await world.program("rex")
        fine = question(idempotency_key="k").SerializeToString()
        for raw in _spoiled(fine):
            for call in CALLS:
                assert await _answer(world, call.name, raw, rex.metadata) in _FINE, (call.name, raw)
        assert pb.STATUS_PENDING == (await rex.ask(title="It goes on")).status


async def test_strange_words_and_numbers_get_a_status(tmp_path: Path) -> None:
    async with serving(here(tmp_path, lambda text: text.replace("\nlimits:\n", _MANY, 1))) as world:
        rex = await world.program("rex")
        for call in CALLS:
            for field in call.takes.DESCRIPTOR.fields:
                plain = field.message_type is None and not field.is_repeated
                values: Any = (_TEXTS if field.type == field.TYPE_STRING else _NUMBERS) if plain else ()
                for value in values:
                    said = {"id": "AP-1", "idempotency_key": new_key()} | {field.name: value}
                    known = {
                        name: one
                        for name, one in said.items()
                        if name in call.takes.DESCRIPTOR.fields_by_name
                    }
                    if field.type == field.TYPE_BOOL:
                        known[field.name] = bool(value)
                    raw = call.takes(**known).SerializeToString()
                    assert await _answer(world, call.name, raw, rex.metadata) in _FINE, (call.name, known)


async def test_strange_metadata_gets_a_status(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex = await world.program("rex")
        for more in (
            (("authorization", "Bearer"),),
            (("authorization", "Basic eDp5"),),
            (("authorization-bin", b"\xff\x00"),),
            (("authorization", "Bearer " + "x" * 4_000),),
        ):
            assert "UNAUTHENTICATED" == await _answer(world, "ListRequests", b"", more)
        for key in (" ", "x" * 300):
            metadata = (*rex.metadata, ("idempotency-key", key))
            assert "INVALID_ARGUMENT" == await _answer(
                world, "CreateRequest", question().SerializeToString(), metadata
            )


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), _json, max_size=5))
def test_a_subject_means_the_same_as_a_struct_and_as_json(subject: dict[str, Any]) -> None:
    as_json = pb.ClaimRequest(subject_json=orjson.dumps(subject).decode())
    struct = Struct()
    struct.update(subject)
    as_struct = pb.ClaimRequest(subject=struct)
    assert _equal(subject) == _equal(convert.subject_of(as_json)) == _equal(convert.subject_of(as_struct))


def _equal(value: Any) -> Any:
    """Whole numbers are whole, as a struct cannot tell `1.0` from `1`."""
    if isinstance(value, dict):
        return {name: _equal(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_equal(inner) for inner in value]
    whole = isinstance(value, float) and value.is_integer() and abs(value) <= 2**53
    return int(value) if whole else value


@given(st.binary(max_size=200))
def test_any_bytes_are_a_subject_or_are_refused(raw: bytes) -> None:
    text = raw.decode(errors="ignore")
    try:
        found = convert.subject_of(pb.ClaimRequest(subject_json=text))
    except Invalid:
        return
    assert digest(found)


def test_what_is_nested_too_deeply_for_a_struct_is_left_to_json() -> None:
    deep: dict[str, Any] = {}
    for _ in range(30):
        deep = {"in": deep}
    assert convert.struct_of(deep) is None
    with pytest.raises(Invalid):
        convert.subject_of(
            pb.ClaimRequest(subject_json=orjson.dumps({"a": [1, float("inf")]}).decode() + "x")
        )
