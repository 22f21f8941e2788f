"""A question that replaces another, is good until a moment, or of which nobody knows what became: over HTTP and in chat."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bot.web.api.house import QUESTION, World, serving
from tests.stories.seats import seats


async def approved(world: World, request: dict[str, str]) -> str:
    """The execution of an approval that was claimed."""
    for who in ("ana", "bo"):
        program = await world.program(who)
        body = {"decision": "approve", "digest": request["digest"]}
        await program.post(f"/approvals/{request['id']}/decisions", body)
    rex = await world.program("rex")
    _, claimed = await rex.post(f"/approvals/{request['id']}/claim")
    return str(claimed["execution_id"])


async def test_a_question_takes_the_place_of_an_open_one_and_both_say_so(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        _, old = await rex.post("/approvals", QUESTION)
        better = QUESTION | {"subject": {"version": "1.4.3"}, "supersedes": old["id"]}
        status, new = await rex.post("/approvals", better, key="better")
        assert (201, old["id"]) == (status, new["supersedes"])
        _, ended = await rex.get(f"/approvals/{old['id']}")
        assert ("SUPERSEDED", new["id"], "requester") == (
            ended["status"],
            ended["superseded_by"],
            ended["final"]["actor_kind"],
        )
        again = await rex.post("/approvals", better, key="better")
        assert (200, new["id"]) == (again[0], again[1]["id"])
        late = await rex.post("/approvals", QUESTION | {"supersedes": old["id"]})
        assert (409, "ALREADY_FINAL") == (late[0], late[1]["code"])
        strange = await (await world.program("dev")).post("/approvals", QUESTION | {"supersedes": new["id"]})
        assert (404, "NOT_FOUND") == (strange[0], strange[1]["code"])


async def test_a_question_is_good_until_a_moment_and_not_asked_after_it(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        soon = datetime.now(UTC) + timedelta(minutes=10)
        _, asked = await rex.post("/approvals", QUESTION | {"valid_until": soon.isoformat()})
        assert (
            datetime.fromisoformat(asked["expires_at"])
            == datetime.fromisoformat(asked["valid_until"])
            == soon
        )
        past = QUESTION | {"valid_until": "2020-01-01T00:00:00Z"}
        status, refused = await rex.post("/approvals", past)
        assert (400, True) == (status, "no time to decide" in refused["detail"])
        for wrong in ("soon", "2026-01-01T00:00:00", "9999-12-31T23:59:59-12:00"):
            assert 400 == (await rex.post("/approvals", QUESTION | {"valid_until": wrong}))[0]


async def test_what_nobody_knows_is_said_by_a_person_who_has_looked(tmp_path: Path) -> None:
    async with serving(tmp_path) as world, seats(world.house.url, "ana") as (ana,):
        rex = await world.program("rex")
        _, asked = await rex.post("/approvals", QUESTION)
        execution = await approved(world, asked)
        path = f"/approvals/{asked['id']}/result"
        part = {"execution_id": execution, "outcome": "partial", "detail": "one of two hosts"}
        _, shown = await rex.post(path, part)
        assert ("EXECUTING", "one of two hosts") == (shown["status"], shown["execution"]["result"])
        await rex.post(path, part | {"outcome": "unknown", "detail": "the connection broke"})
        await ana.sees("Nobody knows what became of AP-1.", "/approvals reconcile AP-1 executed")
        await ana.says(f"/approvals reconcile {asked['id']} executed")
        await ana.sees("Say how you know.")
        await ana.says(f"/approvals reconcile {asked['id']} executed both hosts run 1.4.2")
        await ana.sees("AP-1 is done. both hosts run 1.4.2 (Ana Ruiz looked)")
        _, told = await rex.get(f"/approvals/{asked['id']}")
        assert ("EXECUTED", ["ana", "bo"]) == (told["status"], told["approved_by"])
        late = {"execution_id": execution, "outcome": "failed", "detail": "no host answered"}
        status, refused = await rex.post(path, late)
        assert (409, "ALREADY_KNOWN") == (status, refused["code"])
        assert "AP-1 stands as executed (both hosts run 1.4.2 (Ana Ruiz looked))" in refused["detail"]
        await ana.sees("⚠ Rex reports AP-1 as failed: “no host answered”, and it stands as executed")
        _, told = await rex.get(f"/approvals/{asked['id']}")
        assert ("EXECUTED", "approval.reported_late") == (told["status"], told["history"][-1]["kind"])
        assert ["approval.progressed", "approval.executed", "approval.executed"] == [
            one["kind"] for one in told["history"][-4:-1]
        ]
