"""Watching: first how things stand, then every change once, also over a restart, by as many as like."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from grpc import aio

from bot.grpc import oversight_pb2 as pb
from core.clock import ManualClock
from core.people.tokens import records as tokens
from tests.bot.grpc.house import Program, World, channel_to, here, serving
from tests.stories.house import fast_forward, running

Stream = AsyncIterator[pb.WatchResponse]


async def told(stream: Any) -> pb.WatchResponse:
    async with asyncio.timeout(15):
        response = await stream.read()
    assert isinstance(response, pb.WatchResponse), "the stream has ended"
    return response


async def until(stream: Any, became: pb.Status.ValueType) -> list[pb.WatchResponse]:
    """What is told up to the change by which a request became this."""
    seen: list[pb.WatchResponse] = []
    while not seen or seen[-1].change.became != became:
        seen.append(await told(stream))
    return seen


async def ready(stream: Any) -> list[pb.WatchResponse]:
    """How things stand, up to `ready`."""
    seen: list[pb.WatchResponse] = []
    while not seen or seen[-1].WhichOneof("told") != "ready":
        seen.append(await told(stream))
    return seen


async def ended(stream: Any) -> tuple[str, str]:
    with pytest.raises(aio.AioRpcError) as caught:
        await _drained(stream)
    trailing: Any = caught.value.trailing_metadata()
    return caught.value.code().name, dict(trailing).get("wardroom-code", "")


async def _drained(stream: Any) -> None:
    while True:
        await told(stream)


async def vote(world: World, asked: pb.Request, *people: str) -> None:
    for who in people:
        await (await world.program(who)).decide(asked)


async def use(rex: Program, asked: pb.Request) -> None:
    claimed = await rex.call("Claim", pb.ClaimRequest(id=asked.id, idempotency_key="c"))
    result = pb.ReportResultRequest(
        id=asked.id, execution_id=claimed.execution_id, outcome=pb.OUTCOME_EXECUTED, idempotency_key="r"
    )
    await rex.call("ReportResult", result)


async def test_an_agent_is_told_of_every_change_once_and_can_claim_by_what_it_is_told(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex = await world.program("rex")
        stream = rex.watch(requester="me")
        assert ["ready"] == [one.WhichOneof("told") for one in await ready(stream)]
        asked = await rex.ask()
        await vote(world, asked, "ana", "bo")
        seen = await until(stream, pb.STATUS_APPROVED)
        kinds = [one.change.event.kind for one in seen]
        assert ["approval.requested", "approval.decided", "approval.decided", "approval.closed"] == kinds
        shown = seen[-1].change.request
        assert (asked.id, asked.digest) == (shown.id, shown.digest)
        assert shown.approved_until.ToDatetime() > shown.created_at.ToDatetime()
        await use(rex, shown)
        rest = await until(stream, pb.STATUS_EXECUTED)
        assert [pb.STATUS_EXECUTING, pb.STATUS_EXECUTED] == [one.change.became for one in rest]
        numbers = [one.seq for one in (*seen, *rest)]
        assert sorted(set(numbers)) == numbers


async def test_a_stream_tells_how_things_stand_before_what_happens(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex, ana = await world.program("rex"), await world.program("ana")
        one, two = await rex.ask(), await rex.ask(title="Another")
        await vote(world, one, "ana")
        for stream in (rex.watch(requester="me"), ana.watch(requester="rex")):
            *states, _ = await ready(stream)
            assert {one.id: 1, two.id: 0} == {state.state.id: state.state.approvals for state in states}
        *states, _ = await ready(rex.watch(id=one.id))
        assert [(one.id, 1)] == [(state.state.id, state.state.approvals) for state in states]
        stream = ana.watch(approver="me")
        *states, _ = await ready(stream)
        # Ana has voted on the first; what is left is the second.
        assert two.id in {state.state.id for state in states}
        await vote(world, two, "bo")
        assert two.id == (await told(stream)).change.request.id


async def test_silence_is_told_as_an_ending_too(tmp_path: Path) -> None:
    clock = ManualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    async with serving(here(tmp_path), clock=clock) as world:
        rex = await world.program("rex")
        asked = await rex.ask()
        stream = rex.watch(id=asked.id)
        await ready(stream)
        await fast_forward(world.house, hours=25)
        last = (await until(stream, pb.STATUS_EXPIRED))[-1].change
        assert (pb.STATUS_EXPIRED, "EXPIRED") == (last.request.status, last.request.final.code)


async def test_a_watch_goes_on_over_a_restart_and_misses_and_repeats_nothing(tmp_path: Path) -> None:
    given = here(tmp_path)
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(running(given))
        server = house.parts.grpc
        assert server is not None
        world = World(house, channel_to(server.address))
        secret = await world.secret("rex")
        rex = Program(world.channel, secret)
        asked = await rex.ask()
        stream = rex.watch(requester="me", after=0)
        await ready(stream)
        await vote(world, asked, "ana")
        first = await told(stream)
        while first.change.event.kind != "approval.decided":
            first = await told(stream)
    assert ("UNAVAILABLE", "UNAVAILABLE") == await ended(stream)
    await world.channel.close(None)
    async with serving(given) as world:
        # Nobody listens while this happens.
        await vote(world, asked, "bo")
        rex = Program(world.channel, secret)
        stream = rex.watch(requester="me", after=first.seq)
        *states, _ = await ready(stream)
        assert [pb.STATUS_APPROVED] == [state.state.status for state in states]
        await use(rex, asked)
        became = [one.change.became for one in await until(stream, pb.STATUS_EXECUTED)]
        assert [0, pb.STATUS_APPROVED, pb.STATUS_EXECUTING, pb.STATUS_EXECUTED] == became


async def test_nobody_watches_what_is_not_theirs(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        ana, rex, dev = [await world.program(who) for who in ("ana", "rex", "dev")]
        asked = await ana.ask(ask=[pb.Ask(role="security")], approvals=1)
        assert ("NOT_FOUND", "NOT_FOUND") == await ended(rex.watch(id=asked.id))
        assert ("PERMISSION_DENIED", "FORBIDDEN") == await ended(rex.watch(requester="ana"))
        assert ("PERMISSION_DENIED", "FORBIDDEN") == await ended(rex.watch(approver="eve"))
        assert ("UNAUTHENTICATED", "UNKNOWN_PERSON") == await ended(world.stranger().watch(id=asked.id))
        assert ("INVALID_ARGUMENT", "INVALID") == await ended(rex.watch())
        assert ("INVALID_ARGUMENT", "INVALID") == await ended(rex.watch(requester="me", after=99_999))
        assert ("INVALID_ARGUMENT", "INVALID") == await ended(rex.watch(requester="me", after=-1))
        # The human who answers for a program follows what it asks.
        await ready(dev.watch(requester="rex"))


async def test_a_revoked_token_ends_its_streams_with_the_next_news(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex, ana = await world.program("rex"), await world.program("ana")
        asked = await rex.ask()
        stream = rex.watch(id=asked.id)
        await ready(stream)
        for token in await world.house.store.read(tokens.of_person, "rex"):
            await world.house.store.transact(tokens.revoke, token.id, world.house.clock.now())
        await ana.decide(asked)
        assert ("UNAUTHENTICATED", "UNKNOWN_PERSON") == await ended(stream)


async def test_two_hundred_watch_at_once_without_a_thread_or_a_connection_each(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex = await world.program("rex")
        asked = await rex.ask()
        threads = threading.active_count()
        streams = [rex.watch(id=asked.id) for _ in range(200)]
        await asyncio.gather(*(ready(stream) for stream in streams))
        # Those that read the database for a moment are few, however many watch.
        assert threading.active_count() <= threads + 20
        # With everybody waiting, the house answers as ever, and all are told.
        await vote(world, asked, "ana", "bo")
        ends = await asyncio.gather(*(until(stream, pb.STATUS_APPROVED) for stream in streams))
        assert {3} == {len(end) for end in ends}
        for stream in streams:
            stream.cancel()


async def test_a_token_has_only_so_many_streams(tmp_path: Path) -> None:
    few = "\nlimits:\n  connections_per_token: 1\n  topics_per_connection: 2\n"
    async with serving(here(tmp_path, lambda text: text.replace("\nlimits:\n", few, 1))) as world:
        rex = await world.program("rex")
        asked = await rex.ask()
        streams = [rex.watch(id=asked.id) for _ in range(2)]
        for stream in streams:
            await ready(stream)
        assert ("RESOURCE_EXHAUSTED", "TOO_MANY") == await ended(rex.watch(id=asked.id))
        streams[0].cancel()
        async with asyncio.timeout(15):
            while not await _is_open(rex, asked):
                pass


async def _is_open(rex: Program, asked: pb.Request) -> bool:
    """Whether another stream is let in; the end of one is known a moment after its caller has left."""
    try:
        await ready(rex.watch(id=asked.id))
    except aio.AioRpcError:
        return False
    return True
