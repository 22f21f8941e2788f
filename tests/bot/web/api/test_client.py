"""The client for programs, against a running house: it asks once, waits, survives a restart, uses and reports."""

import asyncio
import ssl
import threading
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.client import AsyncWardroom, Decision, NotApproved, Wardroom, WardroomError
from core.approvals import records
from core.approvals.search import records as searching
from core.approvals.search.records import Search
from tests.bot.web.api.house import QUESTION, World, serving
from tests.house import ROOT

TLS = ROOT / "tests" / "platforms" / "tls"


async def decide(world: World, request: str, *people: str, no: bool = False) -> None:
    stored = await world.house.store.read(records.get, request)
    for who in people:
        program = await world.program(who)
        body = {
            "decision": "reject" if no else "approve",
            "reason": "not today" if no else "",
            "digest": stored.digest,
        }
        assert 200 == (await program.post(f"/approvals/{request}/decisions", body))[0]


async def asked(world: World) -> str:
    async with asyncio.timeout(10):
        while True:
            found, _ = await world.house.store.read(searching.find, Search(requester="rex"), 5)
            if found:
                return found[0].id
            await asyncio.sleep(0.01)


async def client(world: World, **more: Any) -> AsyncWardroom:
    return AsyncWardroom(world.house.url, (await world.program("rex")).secret, **more)


async def test_it_waits_for_people(tmp_path: Path) -> None:
    async with serving(tmp_path) as world, await client(world) as wardroom:
        waiting = asyncio.create_task(wardroom.approve(**QUESTION))
        await decide(world, await asked(world), "ana", "bo")
        decision = await asyncio.wait_for(waiting, 15)
        assert (True, "APPROVED") == (decision.is_approved, decision.status)


async def test_the_same_key_is_the_same_question(tmp_path: Path) -> None:
    async with serving(tmp_path) as world, await client(world) as wardroom:
        one, two = [await wardroom.ask(key="k", **QUESTION) for _ in range(2)]
        assert one.id == two.id


async def test_a_guarded_function_runs_once_people_agreed_to_this_very_call(tmp_path: Path) -> None:
    done: list[str] = []
    async with serving(tmp_path) as world, await client(world) as wardroom:

        @wardroom.requires_approval(kind="deploy", ask=[{"role": "sre"}], approvals=1)
        async def deploy(service: str, *, version: str) -> str:
            done.append(service)
            return f"{service} {version}"

        running = asyncio.create_task(deploy("checkout", version="1.4.2"))
        request = await asked(world)
        assert [] == done
        await decide(world, request, "ana")
        assert "checkout 1.4.2" == await asyncio.wait_for(running, 15)
        stored = await world.house.store.read(records.get, request)
        assert {"function": "deploy", "args": ["checkout"], "kwargs": {"version": "1.4.2"}} == stored.subject
        assert "EXECUTED" == stored.status


async def test_a_guarded_function_does_not_run_when_people_say_no(tmp_path: Path) -> None:
    async with serving(tmp_path) as world, await client(world) as wardroom:

        @wardroom.requires_approval(kind="deploy", ask=[{"role": "sre"}])
        async def deploy() -> None:
            raise AssertionError("it ran")

        running = asyncio.create_task(deploy())
        request = await asked(world)
        for who in ("ana", "bo"):
            if (await world.house.store.read(records.get, request)).is_pending:
                await decide(world, request, who, no=True)
        with pytest.raises(NotApproved, match="rejected"):
            await asyncio.wait_for(running, 15)


async def test_a_failure_is_reported_and_raised(tmp_path: Path) -> None:
    async with serving(tmp_path) as world, await client(world) as wardroom:

        @wardroom.requires_approval(kind="deploy", ask=[{"role": "sre"}])
        async def deploy() -> None:
            raise RuntimeError("the disk is full")

        running = asyncio.create_task(deploy())
        request = await asked(world)
        await decide(world, request, "ana")
        with pytest.raises(RuntimeError):
            await asyncio.wait_for(running, 15)
        stored = await world.house.store.read(records.get, request)
        assert ("EXECUTION_FAILED", True) == (stored.status, "disk is full" in stored.result)


async def test_what_the_server_refuses_is_raised_in_its_words(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        with pytest.raises(WardroomError, match="I do not know this token"):
            await AsyncWardroom(world.house.url, "wr_" + "x" * 43).ask(**QUESTION)
        async with await client(world) as wardroom:
            with pytest.raises(WardroomError, match="There is no role"):
                await wardroom.ask(**(QUESTION | {"ask": [{"role": "wizard"}]}))


async def test_it_goes_on_waiting_over_a_restart_of_the_server(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        url, wardroom = world.house.url, await client(world)
        made = await wardroom.ask(key="k", **QUESTION)
        config, port = world.house.settings.config, world.house.settings.http_port
    waiting = asyncio.create_task(wardroom.wait(made))
    async with serving(tmp_path, port=port) as world:
        assert url == world.house.url
        await decide(world, made.id, "ana", "bo")
        decision = await asyncio.wait_for(waiting, 30)
        assert "APPROVED" == decision.status
        assert config == world.house.settings.config


def test_a_server_that_is_not_there_is_told_in_words() -> None:
    with pytest.raises(WardroomError, match="does not answer"):
        Wardroom("http://127.0.0.1:9", "wr_x", patience=0).wait(Decision("AP-1", "PENDING", {}))


async def test_an_approval_is_claimed_once_also_by_whoever_claimed_it(tmp_path: Path) -> None:
    async with serving(tmp_path) as world, await client(world) as one, await client(world) as other:
        made = await one.ask(key="k", **(QUESTION | {"approvals": 1}))
        await decide(world, made.id, "ana")
        assert await one.claim(made)
        for again in (one, other):
            with pytest.raises(WardroomError, match="ALREADY_CLAIMED"):
                await again.claim(made)


async def test_a_program_that_may_do_it_twice_claims_with_a_key_and_goes_on(tmp_path: Path) -> None:
    async with serving(tmp_path) as world, await client(world) as wardroom:
        made = await wardroom.ask(**(QUESTION | {"approvals": 1}))
        await decide(world, made.id, "ana")
        assert 1 == len({await wardroom.claim(made, key="order-1") for _ in range(2)})


def pooled() -> int:
    """How many threads the loop's pool has."""
    return sum(thread.name.startswith("asyncio_") for thread in threading.enumerate())


async def test_twenty_questions_wait_without_a_thread_each_and_hold_up_nobody(tmp_path: Path) -> None:
    async with serving(tmp_path) as world, await client(world) as wardroom:
        made = [await wardroom.ask(key=str(number), **QUESTION) for number in range(20)]
        before = pooled()
        waiting = [asyncio.create_task(wardroom.wait(one)) for one in made]
        await decide(world, made[-1].id, "ana", "bo")
        assert "APPROVED" == (await asyncio.wait_for(waiting.pop(), 15)).status
        assert pooled() <= before + 2  # the house may use one
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_answers_in_pieces_and_answers_that_break_off_are_read_or_tried_again() -> None:
    calls = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal calls
        calls += 1
        stream = web.StreamResponse()
        stream.enable_chunked_encoding()
        await stream.prepare(request)
        await stream.write(b'{"id": "AP-1", "stat')
        if calls == 1:
            assert request.transport is not None
            request.transport.abort()
            return stream
        await stream.write(b'us": "PENDING"}')
        return stream

    app = web.Application()
    app.router.add_post("/behind/api/v1/approvals", answer)
    async with TestServer(app) as server:
        wardroom = AsyncWardroom(str(server.make_url("/behind/")), "wr_x", patience=1)
        assert "AP-1" == (await wardroom.ask(**QUESTION)).id
        assert 2 == calls


async def test_a_server_that_cannot_prove_who_it_is_gets_no_token() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "server.pem", TLS / "server.key")
    server = TestServer(web.Application(), scheme="https")
    await server.start_server(ssl=context)
    try:
        with pytest.raises(WardroomError, match="certificate verify failed"):
            await AsyncWardroom(str(server.make_url("")), "wr_x", patience=0).ask(**QUESTION)
    finally:
        await server.close()


async def test_a_token_cannot_write_headers_of_its_own() -> None:
    with pytest.raises(ValueError, match="no header can carry"):
        await AsyncWardroom("http://127.0.0.1:9", "wr_x\r\nX-Evil: 1", patience=0).ask(**QUESTION)
