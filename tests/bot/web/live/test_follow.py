"""Programs follow requests, runs and incidents over a WebSocket: first how it stands, then what happens, once."""

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.workers import pause
from core.store.postgres import PostgresStore
from tests.bot.web.api.house import QUESTION, Program, World, serving
from tests.bot.web.live.socket import line
from tests.house import ROOT

KINDS = ["approval.decided", "approval.decided", "approval.closed"]


async def _asked(world: World, **more: Any) -> dict[str, Any]:
    rex = await world.program("rex")
    status, made = await rex.post("/approvals", QUESTION | more)
    assert 201 == status, made
    return dict(made)


async def _approve(program: Program, made: dict[str, Any]) -> None:
    said = {"decision": "approve", "digest": made["digest"]}
    assert 200 == (await program.post(f"/approvals/{made['id']}/decisions", said))[0]


async def test_a_program_sees_a_request_and_everything_that_happens_to_it(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        made = await _asked(world)
        rex, ana, bo = [await world.program(name) for name in ("rex", "ana", "bo")]
        async with line(rex) as live:
            first = await live.follow("approval:AP-1")
            assert ("snapshot", "approval:AP-1", "PENDING") == (
                first["op"],
                first["topic"],
                first["data"]["status"],
            )
            await _approve(ana, made)
            await _approve(bo, made)
            told = [await live.hear() for _ in KINDS]
            assert KINDS == [frame["kind"] for frame in told]
            assert {"event"} == {frame["op"] for frame in told}
            assert sorted({frame["seq"] for frame in told}) == [frame["seq"] for frame in told]
            assert told[0]["seq"] > first["seq"]
            assert ("AP-1", "ana") == (told[0]["ref"], told[0]["actor"])
            assert {"op": "unsubscribed", "topic": "approval:AP-1"} == await live.ask(
                op="unsubscribe", topic="approval:AP-1"
            )
            await rex.post("/approvals/AP-1/claim")
            assert {"op": "pong"} == await live.ask(op="ping")


async def test_who_comes_back_after_a_restart_goes_on_without_loss_or_repetition(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        made = await _asked(world)
        rex, ana = await world.program("rex"), await world.program("ana")
        async with line(rex) as live:
            await live.follow("approval:AP-1")
            await _approve(ana, made)
            last = (await live.hear())["seq"]
        port = world.house.web.port if world.house.web else 0
    async with serving(tmp_path, port=port) as world:
        again, bo = world.stranger(rex.secret), await world.program("bo")
        await _approve(bo, made)
        async with line(again) as live:
            first = await live.follow("approval:AP-1", after=last)
            assert ("snapshot", last) == (first["op"], first["seq"])
            told = [await live.hear() for _ in range(2)]
            assert KINDS[1:] == [frame["kind"] for frame in told]
            assert last < told[0]["seq"] < told[1]["seq"]


async def test_an_approver_hears_of_new_requests_and_of_what_waits(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        await _asked(world)
        ana = await world.program("ana")
        async with line(ana) as live:
            first = await live.follow("approver:ana")
            assert ["AP-1"] == [one["id"] for one in first["data"]["items"]]
            await _asked(world, title="Deploy checkout 1.4.3", subject={"version": "1.4.3"})
            told = await live.hear()
            assert ("approval.requested", "AP-2") == (told["kind"], told["ref"])


async def test_incidents_and_runs_are_followed_too(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", {"title": "Checkout is slow", "service": "checkout"})
        async with line(ana) as live:
            first = await live.follow("incident:INC-1")
            assert "Checkout is slow" == first["data"]["title"]
            assert "declared" in str(first["data"]["timeline"][0])
            await ana.ask("PATCH", "/incidents/INC-1", {"text": "Found it"})
            assert "incident.updated" == (await live.hear())["kind"]
            params = {"params": {"service": "checkout", "environment": "staging"}}
            status, run = await ana.post("/runbooks/restart-service/executions", params)
            assert 202 == status, run
            assert run["id"] == (await live.follow(f"execution:{run['id']}", after=0))["data"]["id"]
            kinds = [(await live.hear())["kind"] for _ in range(2)]
            assert "execution.requested" == kinds[0]


async def test_every_vote_of_many_arrives_once_whoever_else_writes(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        made = await _asked(world)
        rex, ana = await world.program("rex"), await world.program("ana")
        async with line(rex) as live:
            start = (await live.follow("approval:AP-1"))["seq"]
            said = [ana.post("/approvals/AP-1/comments", {"text": f"no. {number}"}) for number in range(60)]
            await asyncio.gather(*said)
            told = [await live.hear() for _ in said]
            assert 60 == len({frame["data"]["text"] for frame in told})
            numbers = [frame["seq"] for frame in told]
            assert sorted(set(numbers)) == numbers
            assert start < numbers[0]
        assert made["id"] == "AP-1"


@pytest.fixture
async def postgres(postgres_url: str) -> str:
    return postgres_url


async def test_more_may_wait_than_there_are_connections_of_the_database(
    tmp_path: Path, postgres: str
) -> None:
    more = {"database_url": SecretStr(postgres)}
    async with serving(tmp_path, more=more, limits="connections_per_token: 100") as world:
        made = await _asked(world)
        rex, ana = await world.program("rex"), await world.program("ana")
        async with AsyncExitStack() as held:
            lines = [await held.enter_async_context(line(rex)) for _ in range(40)]
            for live in lines:
                await live.follow("approval:AP-1")
            store = world.house.store
            assert isinstance(store, PostgresStore)
            pool: Any = store._open().pool
            async with asyncio.timeout(10):
                while pool.checkedout() > 1:  # one listens, for the whole process
                    await pause(asyncio.Event(), 0.02)
            await _approve(ana, made)
            told = {(await live.hear())["seq"] for live in lines}
        _, shown = await rex.get("/approvals/AP-1")
        assert told == {one["seq"] for one in shown["history"] if one["kind"] == "approval.decided"}


async def test_what_one_process_writes_another_tells(tmp_path: Path, postgres: str) -> None:
    more = {"database_url": SecretStr(postgres)}
    async with serving(tmp_path / "one", more=more) as one, serving(tmp_path / "two", more=more) as two:
        made = await _asked(one)
        rex, ana, bo = await two.program("rex"), await one.program("ana"), await one.program("bo")
        async with line(rex) as live:
            first = await live.follow("approval:AP-1")
            assert "PENDING" == first["data"]["status"]
            await _approve(ana, made)
            last = (await live.hear())["seq"]
        await _approve(bo, made)
        async with line(one.stranger(rex.secret)) as live:
            await live.follow("approval:AP-1", after=last)
            assert KINDS[1:] == [(await live.hear())["kind"] for _ in range(2)]


async def test_the_program_in_the_documents_follows_a_request_to_its_end(tmp_path: Path) -> None:
    page = (ROOT / "docs/how-to/live.md").read_text(encoding="utf-8")
    async with serving(tmp_path) as world:
        made = await _asked(world)
        rex, ana, bo = [await world.program(name) for name in ("rex", "ana", "bo")]
        code = page.split("```python\n")[1].split("```")[0].replace("http://127.0.0.1:8080", rex.base)
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-u", "-c", code),
            env={"WARDROOM_TOKEN": rex.secret},
            stdout=asyncio.subprocess.PIPE,
        )
        assert program.stdout is not None
        async with asyncio.timeout(20):
            assert (await program.stdout.readline()).startswith(b"snapshot")
            await _approve(ana, made)
            await _approve(bo, made)
            told = (await program.stdout.read()).decode().splitlines()
            assert 0 == await program.wait()
        assert KINDS == [text.split()[0] for text in told]
