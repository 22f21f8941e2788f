"""What a program meets when people change what it asked, or ask back: over HTTP, and in the client."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.client import Changed, WardroomError
from core.approvals import records
from tests.bot.web.api.house import QUESTION, World, serving
from tests.bot.web.api.test_client import asked, client, decide

_ASKS = QUESTION | {"approvals": 1, "changeable": ["version", "replicas"]}
_ASKS["subject"] = {"service": "checkout", "version": "1.4.2", "replicas": 3}


async def change(world: World, who: str, request: dict[str, Any], **values: Any) -> tuple[int, Any]:
    program = await world.program(who)
    body = {"subject": values, "reason": "the older one is known to work"}
    match = {"If-Match": f'"{request["version"]}"'}
    return await program.ask("PATCH", f"/approvals/{request['id']}", body, headers=match)


async def test_people_change_a_question_and_a_program_claims_what_they_agreed_to(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        _, made = await rex.post("/approvals", _ASKS)
        status, changed = await change(world, "ana", made, version="1.4.1", replicas=2)
        assert (200, "1.4.1", 2) == (status, changed["subject"]["version"], changed["subject"]["replicas"])
        assert made["digest"] == changed["amended"]["asked"]
        assert [("replicas", 3, 2), ("version", "1.4.2", "1.4.1")] == [
            (one["path"], one["before"], one["after"]) for one in changed["amended"]["changes"]
        ]
        old = {"decision": "approve", "digest": made["digest"]}
        bo = await world.program("bo")
        assert (409, "STALE_DIGEST") == _told(await bo.post(f"/approvals/{made['id']}/decisions", old))
        await decide(world, made["id"], "bo")
        path = f"/approvals/{made['id']}/claim"
        for body in ({}, {"digest": made["digest"]}, {"digest": changed["digest"][:4]}):
            status, told = await rex.post(path, body)
            assert (409, "STALE_DIGEST") == (status, told["code"])
            assert (changed["subject"], changed["digest"]) == (told["subject"], told["digest"])
        assert 200 == (await rex.post(path, {"digest": changed["digest"]}))[0]


@pytest.mark.parametrize(
    ("who", "values", "told"),
    [
        ("eve", {"replicas": 2}, (404, "NOT_FOUND")),
        ("ana", {"service": "payments"}, (400, "INVALID")),
        ("ana", {"replicas": None}, (400, "INVALID")),
        ("ana", {"replicas": "two"}, (400, "INVALID")),
        ("ana", {"replicas": 2**60}, (400, "INVALID")),
        ("ana", {"version": "x" * 501}, (400, "INVALID")),
        ("ana", {"more": {"a": 1}}, (400, "INVALID")),
    ],
)
async def test_what_may_not_be_changed_stays(
    tmp_path: Path, who: str, values: dict[str, Any], told: tuple[int, str]
) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        _, made = await rex.post("/approvals", _ASKS)
        if who == "eve":
            assert 403 <= (await change(world, who, made, **values))[0] <= 404
        else:
            assert told == _told(await change(world, who, made, **values))
        assert made["digest"] == (await world.house.store.read(records.get, made["id"])).digest


async def test_a_change_says_which_version_it_is_of(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        _, made = await rex.post("/approvals", _ASKS)
        body = {"subject": {"replicas": 2}, "reason": "enough"}
        assert 400 == (await rex.ask("PATCH", f"/approvals/{made['id']}", body))[0]
        old = made | {"version": made["version"] + 5}
        assert (409, "VERSION_CONFLICT") == _told(await change(world, "rex", old, replicas=2))
        assert 200 == (await change(world, "rex", made, replicas=2))[0]


async def test_a_question_wakes_whoever_waits_and_the_program_answers(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex, ana = await world.program("rex"), await world.program("ana")
        _, made = await rex.post("/approvals", _ASKS)
        path = f"/approvals/{made['id']}"
        waiting = asyncio.create_task(rex.get(f"{path}?wait=30s", headers={"If-None-Match": '"1"'}))
        said = {"text": "who tested it?", "kind": "question"}
        for _ in range(2):
            assert 201 == (await ana.post(f"{path}/comments", said, key="once"))[0]
        _, told = await asyncio.wait_for(waiting, 10)
        (question,) = told["comments"]
        assert ("PENDING", "question", "ana", "who tested it?", False) == (
            told["status"],
            *(question[name] for name in ("kind", "author", "text", "answered")),
        )
        answered = {"text": "the pipeline did", "answers": question["number"]}
        _, told = await rex.post(f"{path}/comments", answered)
        assert [True, False] == [one["answered"] for one in told["comments"]]
        assert (404, "NOT_FOUND") == _told(await rex.post(f"{path}/comments", answered))


async def test_the_client_never_runs_what_people_did_not_agree_to(tmp_path: Path) -> None:
    ran: list[str] = []
    async with serving(tmp_path) as world, await client(world) as wardroom:

        @wardroom.requires_approval(kind="deploy", ask=[{"role": "sre"}], changeable=["kwargs.version"])
        async def deploy(*, version: str) -> None:
            ran.append(version)

        running = asyncio.create_task(deploy(version="1.4.2"))
        request = await asked(world)
        program = await world.program("ana")
        _, shown = await program.get(f"/approvals/{request}")
        assert 200 == (await change(world, "ana", shown, kwargs={"version": "1.4.1"}))[0]
        await decide(world, request, "bo")
        with pytest.raises(Changed, match=r"kwargs.version: 1.4.2 -> 1.4.1") as raised:
            await asyncio.wait_for(running, 15)
        assert [] == ran
        decision = raised.value.decision
        assert {"version": "1.4.1"} == decision.subject["kwargs"]
        execution = await wardroom.claim(decision)
        await wardroom.report(decision, execution, "executed")
        assert "EXECUTED" == (await world.house.store.read(records.get, request)).status


async def test_a_caller_who_looks_away_cannot_claim_what_was_changed(tmp_path: Path) -> None:
    async with serving(tmp_path) as world, await client(world) as wardroom:
        before = await wardroom.ask(key="k", **_ASKS)
        assert 200 == (await change(world, "ana", dict(before.request), replicas=2))[0]
        await decide(world, before.id, "bo")
        with pytest.raises(WardroomError, match="STALE_DIGEST"):
            await wardroom.claim(before)
        again = await wardroom.ask(key="k", **_ASKS)
        assert (before.id, True) == (again.id, again.is_changed)
        with pytest.raises(Changed):
            await wardroom.claim(again)


def _told(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["code"]
