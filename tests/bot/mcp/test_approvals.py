"""Assistants ask people through MCP: over HTTP and over a process of their own, with real clients."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.demo.seed import free_port
from core.approvals import records
from tests.bot.mcp.house import Assistant, over_http, over_stdio, said
from tests.bot.web.api.house import QUESTION, World, serving
from tests.bot.web.api.test_client import decide

MCP = {"mcp_port": 0}


@asynccontextmanager
async def assistant(world: World, way: str, folder: Path, token: str) -> AsyncIterator[Assistant]:
    """A client of either way."""
    using = over_http(world, token) if way == "http" else over_stdio(world.house.url, token, folder)
    async with using as client:
        yield client


async def token(world: World, person: str = "rex", *scopes: str) -> str:
    return (await world.program(person, *scopes)).secret


@pytest.mark.parametrize("way", ["http", "stdio"])
async def test_people_agree_and_the_approval_is_used_once(tmp_path: Path, way: str) -> None:
    async with (
        serving(tmp_path, more=MCP) as world,
        assistant(world, way, tmp_path, await token(world)) as rex,
    ):
        asked = await rex.call("request_approval", **QUESTION)
        assert ("PENDING", 2) == (asked["status"], asked["approvals_needed"])
        assert ["Ana Ruiz", "Bo Lindqvist"] == sorted(asked["waiting_for"])
        assert "silence is never a yes" in asked["next"]
        assert (await rex.refused("claim_approval", id=asked["id"])).startswith("NOT_APPROVED: ")

        waiting = asyncio.create_task(rex.call("await_decision", id=asked["id"], wait_seconds=30))
        await decide(world, asked["id"], "ana", "bo")
        decided = await asyncio.wait_for(waiting, 15)
        assert ("APPROVED", 2) == (decided["status"], decided["approvals"])
        assert "claim_approval" in decided["next"]

        claimed = await rex.call("claim_approval", id=asked["id"])
        assert (await rex.refused("claim_approval", id=asked["id"])).startswith("ALREADY_CLAIMED: ")
        report = {"id": asked["id"], "execution_id": claimed["execution_id"], "outcome": "executed"}
        done = await rex.call("report_result", **report, detail="it is out")
        assert ("EXECUTED", "it is out") == (done["status"], done["result"])
        stored = await world.house.store.read(records.get, asked["id"])
        assert ("EXECUTED", "rex") == (stored.status, stored.requester)


async def test_a_no_comes_with_its_reason_which_is_data(tmp_path: Path) -> None:
    async with serving(tmp_path, more=MCP) as world, over_http(world, await token(world)) as rex:
        asked = await rex.call("request_approval", **(QUESTION | {"approvals": 1}))
        await decide(world, asked["id"], "ana", no=True)
        if (await world.house.store.read(records.get, asked["id"])).is_pending:
            await decide(world, asked["id"], "bo", no=True)
        decided = await rex.call("await_decision", id=asked["id"])
        assert ("REJECTED", "not today") == (decided["status"], decided["decisions"][0]["reason"])
        assert "do not ask for the same in other words" in decided["next"]


async def test_waiting_ends_with_pending_and_says_how_far_it_is(tmp_path: Path) -> None:
    heard: list[str | None] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append(message)

    async with serving(tmp_path, more=MCP) as world, over_http(world, await token(world)) as rex:
        asked = await rex.call("request_approval", **QUESTION)
        arguments = {"id": asked["id"], "wait_seconds": 1}
        told = await rex.client.call_tool("await_decision", arguments, progress_callback=hear)
        assert told.structured_content is not None
        assert "PENDING" == told.structured_content["status"]
        assert "0 of 2 have approved" in heard


async def test_the_same_question_is_asked_once_and_another_key_asks_anew(tmp_path: Path) -> None:
    async with (
        serving(tmp_path, more=MCP) as world,
        over_http(world, await token(world)) as one,
        over_http(world, await token(world)) as other,
    ):
        both = await asyncio.gather(*(each.call("request_approval", **QUESTION) for each in (one, other)))
        assert 1 == len({asked["id"] for asked in both})
        more = await one.call("request_approval", **QUESTION, key="a second one")
        assert both[0]["id"] != more["id"]
        changed = QUESTION | {"subject": {"version": "1.4.3"}}
        assert "KEY_USED: " in await one.refused("request_approval", **changed, key="a second one")


async def test_what_people_changed_is_shown_and_has_to_be_known_to_be_claimed(tmp_path: Path) -> None:
    policy = "{name: deploys, applies_to: deploy, when: 'true', ask: [{role: sre}], changes: [replicas], notify: [ops]}"
    question = {"kind": "deploy", "title": "Deploy", "subject": {"service": "checkout", "replicas": 9}}
    async with (
        serving(tmp_path, more=MCP, policy=policy) as world,
        over_http(world, await token(world)) as rex,
    ):
        asked = await rex.call("request_approval", **question)
        bo = await world.program("bo")
        wish = {"subject": {"replicas": 3}, "reason": "nine is too many"}
        status, told = await bo.ask("PATCH", f"/approvals/{asked['id']}", wish, headers={"If-Match": '"1"'})
        assert 200 == status, told
        await decide(world, asked["id"], "ana")
        decided = await rex.call("await_decision", id=asked["id"])
        assert ["replicas: 9 -> 3"] == decided["changed"]
        assert 3 == decided["subject"]["replicas"]
        assert "only what `subject` says now" in decided["next"]
        assert "STALE_DIGEST: " in await rex.refused("claim_approval", id=asked["id"])
        assert await rex.call("claim_approval", id=asked["id"], digest=decided["digest"])


async def test_of_two_that_claim_at_once_one_is_refused(tmp_path: Path) -> None:
    async with (
        serving(tmp_path, more=MCP) as world,
        over_http(world, await token(world)) as one,
        over_http(world, await token(world)) as other,
    ):
        asked = await one.call("request_approval", **(QUESTION | {"approvals": 1}))
        await decide(world, asked["id"], "ana")
        tried = await asyncio.gather(*(each.raw("claim_approval", id=asked["id"]) for each in (one, other)))
        assert [False, True] == sorted(bool(result.is_error) for result in tried)


async def test_a_process_waits_over_a_restart_of_the_house(tmp_path: Path) -> None:
    async with AsyncExitStack() as first:
        world = await first.enter_async_context(serving(tmp_path))
        secret, url, port = await token(world), world.house.url, world.house.settings.http_port
        async with over_stdio(url, secret, tmp_path) as rex:
            asked = await rex.call("request_approval", **(QUESTION | {"approvals": 1}))
            waiting = asyncio.create_task(rex.call("await_decision", id=asked["id"], wait_seconds=60))
            await first.aclose()
            async with serving(tmp_path, port=port) as again:
                await decide(again, asked["id"], "ana")
                assert "APPROVED" == (await asyncio.wait_for(waiting, 30))["status"]


async def test_a_house_that_stops_tells_whoever_waits(tmp_path: Path) -> None:
    port = free_port()
    async with serving(tmp_path, more={"mcp_port": port}) as world:
        secret = await token(world)
        async with over_http(world, secret) as rex:
            asked = await rex.call("request_approval", **QUESTION)
            waiting = asyncio.create_task(rex.refused("await_decision", id=asked["id"], wait_seconds=60))
            await asyncio.sleep(0.3)
            await world.house.assistants.stop()
            assert (await asyncio.wait_for(waiting, 5)).startswith("UNAVAILABLE: ")
            await world.house.assistants.start(world.house.settings.http_port)
            assert "PENDING" == (await rex.call("await_decision", id=asked["id"], wait_seconds=0))["status"]


async def test_hostile_arguments_are_refused_in_words(tmp_path: Path) -> None:
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"id": "AP-99"}, "NOT_FOUND: "),
        ({"id": "../incidents/INC-1"}, "INVALID: "),
        ({"id": "AP-1", "approved": True}, "INVALID: The arguments cannot be used: approved"),
        ({"id": "AP-1", "wait_seconds": 10**9}, "INVALID: "),
        ({"id": ["AP-1"]}, "INVALID: "),
        ({}, "INVALID: "),
    )
    async with serving(tmp_path, more=MCP) as world, over_http(world, await token(world)) as rex:
        for arguments, why in wrong:
            words = await rex.refused("await_decision", **arguments)
            assert words.startswith(why)
            assert "Traceback" not in words


async def test_hostile_questions_change_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path, more=MCP) as world, over_http(world, await token(world)) as rex:
        for wrong in (
            {"kind": "Deploy; DROP"},
            {"subject": {"n": 10**400}},
            {"subject": {"text": "x" * 300_000}},
            {"ask": [{"role": "wizard"}]},
            {"ask": [{"role": "sre", "person": "ana"}]},
            {"timeout": "soon"},
            {"title": ""},
        ):
            words = await rex.refused("request_approval", **(QUESTION | wrong))
            assert words.split(":")[0] in {"INVALID", "UNKNOWN", "TOO_LARGE"}, words
        assert "NOT_FOUND" in await rex.refused("await_decision", id="AP-1")


async def test_a_token_without_the_scope_is_told_which_one_it_lacks(tmp_path: Path) -> None:
    async with (
        serving(tmp_path, more=MCP) as world,
        over_http(world, await token(world, "ana", "incident.read")) as ana,
    ):
        result = await ana.raw("request_approval", **QUESTION)
        assert (True, "FORBIDDEN") == (result.is_error, (result.meta or {})["wardroom/code"])
        assert "lacks the scope `approval.request`" in said(result)


async def test_what_belongs_to_others_does_not_exist(tmp_path: Path) -> None:
    async with serving(tmp_path, more=MCP) as world:
        async with over_http(world, await token(world)) as rex:
            asked = await rex.call("request_approval", **QUESTION)
        async with over_http(world, await token(world, "chi", "approval.request", "approval.list")) as chi:
            assert "NOT_FOUND" in await chi.refused("claim_approval", id="AP-7")
            assert "FORBIDDEN" in await chi.refused("claim_approval", id=asked["id"])


async def test_a_process_without_a_token_that_counts_is_told_so_by_each_tool(tmp_path: Path) -> None:
    async with serving(tmp_path) as world, over_stdio(world.house.url, "wr_" + "x" * 43, tmp_path) as nobody:
        assert 19 == len((await nobody.client.list_tools()).tools)
        words = await nobody.refused("request_approval", **QUESTION)
        assert words.startswith("UNKNOWN_PERSON: I do not know this token.")


async def test_a_tool_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    async with serving(tmp_path, more=MCP) as world, over_http(world, await token(world)) as rex:
        assert "Unknown tool" in await rex.refused("approve_everything")
