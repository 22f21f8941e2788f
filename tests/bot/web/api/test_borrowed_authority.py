"""What somebody with a token tries, to get a yes that is not theirs to give or to have."""

from pathlib import Path

import pytest

from tests.bot.web.api.house import QUESTION, World, serving

PRODUCTION = {"params": {"service": "checkout", "environment": "production"}}


async def decided(world: World, who: str, request: dict[str, str], *scopes: str) -> tuple[int, str]:
    """What the token of `who` with these scopes gets for a yes: the status and the code."""
    program = await world.program(who, *scopes)
    body = {"decision": "approve", "digest": request["digest"]}
    status, told = await program.post(f"/approvals/{request['id']}/decisions", body)
    return status, str(told.get("code", ""))


async def test_a_run_is_never_approved_by_a_question_that_was_asked_under_its_key_before(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as world:
        dev = await world.program("dev")
        _, first = await dev.post("/runbooks/restart-service/executions", PRODUCTION)
        _, real = await dev.get(f"/approvals/{first['approval']}")
        # The next run has the next number, and its question all else that this one has.
        subject = real["subject"] | {"execution": "RUN-2"}
        easy = {"kind": "note", "title": "Lunch?", "subject": subject, "ask": [{"role": "manager"}]}
        _, forged = await dev.post("/approvals", easy, key="RUN-2/start")
        _, run = await dev.post("/runbooks/restart-service/executions", PRODUCTION)
        assert "RUN-2" == run["id"]
        assert forged["id"] != run["approval"]
        assert (200, "") == await decided(world, "eve", forged)
        assert "WAITING_APPROVAL" == (await (await world.program("ana")).get("/executions/RUN-2"))[1]["state"]


async def test_a_key_that_was_used_for_another_kind_of_question_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        await rex.post("/approvals", QUESTION | {"kind": "note", "approvals": 1}, key="k")
        status, told = await rex.post("/approvals", QUESTION, key="k")
        assert (409, "KEY_USED") == (status, told["code"])


@pytest.mark.parametrize(
    ("scope", "refused"), [("incident.read", (404, "NOT_FOUND")), ("approval.request", (403, "FORBIDDEN"))]
)
async def test_a_token_without_the_scope_does_not_decide_as_its_person(
    tmp_path: Path, scope: str, refused: tuple[int, str]
) -> None:
    async with serving(tmp_path) as world:
        _, asked = await (await world.program("rex")).post("/approvals", QUESTION)
        assert refused == await decided(world, "ana", asked, scope)
        assert (200, "") == await decided(world, "ana", asked, "approval.approve")


async def test_a_token_for_something_else_neither_sees_changes_talks_nor_takes_back(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex", "approval.request")
        _, asked = await rex.post("/approvals", QUESTION | {"changeable": ["version"]})
        one = f"/approvals/{asked['id']}"
        other = await world.program("rex", "runbook.list")
        assert 404 == (await other.get(one))[0]
        assert 403 == (await other.get("/approvals"))[0]
        assert 403 == (await other.get("/stream?topic=requester:rex"))[0]
        looks = await world.program("rex", "approval.show")
        patch = {"subject": {"version": "1.4.3"}, "reason": "fixed"}
        tag = {"If-Match": f'"{asked["version"]}"'}
        assert 403 == (await looks.ask("PATCH", one, patch, headers=tag))[0]
        assert 403 == (await looks.post(f"{one}/comments", {"text": "hello"}))[0]
        assert 403 == (await looks.post(f"{one}/withdraw"))[0]
        assert 200 == (await looks.get(one))[0]
        assert 200 == (await rex.ask("PATCH", one, patch, headers=tag))[0]
        assert 201 == (await rex.post(f"{one}/comments", {"text": "hello"}))[0]
        assert 200 == (await rex.post(f"{one}/withdraw"))[0]


async def test_a_narrow_token_of_somebody_who_lists_everything_does_not(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        _, asked = await rex.post("/approvals", QUESTION | {"ask": [{"role": "sre"}]})
        one = f"/approvals/{asked['id']}"
        assert 200 == (await (await world.program("eve", "approval.list")).get(one))[0]
        assert 404 == (await (await world.program("eve", "approval.request")).get(one))[0]


@pytest.mark.parametrize("name", ["person", "approver", "approverId", "actor", "as", "on_behalf_of"])
async def test_who_decides_is_who_the_token_is_and_no_words_say_otherwise(tmp_path: Path, name: str) -> None:
    """Rule 48: a name in the body is no name."""
    async with serving(tmp_path) as world:
        rex, bo = await world.program("rex"), await world.program("bo")
        _, asked = await rex.post("/approvals", QUESTION)
        yes = {"decision": "approve", "digest": asked["digest"], "reason": "ana"}
        status, told = await bo.post(f"/approvals/{asked['id']}/decisions", yes | {name: "ana"})
        assert (400, "INVALID") == (status, told["code"])
        assert 200 == (await bo.post(f"/approvals/{asked['id']}/decisions", yes))[0]
        _, now = await rex.get(f"/approvals/{asked['id']}")
        assert ["bo"] == [one["person"] for one in now["decisions"]]
