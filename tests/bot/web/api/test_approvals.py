"""A program asks, people decide, the program uses what it got: over HTTP, with every refusal in words."""

import asyncio
from pathlib import Path

import pytest

from core.approvals import records
from core.approvals.request import Status
from core.store import events
from tests.bot.web.api.house import QUESTION, World, serving
from tests.stories.seats import seats


async def decide(
    world: World, who: str, request: dict[str, str], decision: str = "approve", **more: str
) -> tuple[int, dict[str, str]]:
    program = await world.program(who)
    body = {"decision": decision, "digest": request["digest"]} | more
    return await program.post(f"/approvals/{request['id']}/decisions", body)


async def test_a_program_asks_people_decide_and_it_uses_the_approval_once(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        status, asked = await rex.post("/approvals", QUESTION)
        assert (201, "PENDING", 2, 0) == (
            status,
            asked["status"],
            asked["approvals_needed"],
            asked["approvals"],
        )
        assert {"ana", "bo"} == {seat["person"] for seat in asked["approvers"]}
        assert (409, "NOT_APPROVED") == _told(await rex.post(f"/approvals/{asked['id']}/claim"))
        for who in ("ana", "bo"):
            assert 200 == (await decide(world, who, asked))[0]
        status, claimed = await rex.post(f"/approvals/{asked['id']}/claim", key="k")
        assert (200, "EXECUTING") == (status, claimed["status"])
        again = await rex.post(f"/approvals/{asked['id']}/claim", key="k")
        assert (200, claimed["execution_id"]) == (again[0], again[1]["execution_id"])
        assert (409, "ALREADY_CLAIMED") == _told(
            await rex.post(f"/approvals/{asked['id']}/claim", key="other")
        )
        wrong = {"execution_id": "ex_other", "outcome": "executed"}
        assert (409, "NOT_CLAIMED") == _told(await rex.post(f"/approvals/{asked['id']}/result", wrong))
        done = {"execution_id": claimed["execution_id"], "outcome": "executed", "detail": "it is out"}
        for _ in range(2):
            assert (200, "EXECUTED") == _status(await rex.post(f"/approvals/{asked['id']}/result", done))
        failed = done | {"outcome": "failed"}
        assert (409, "ALREADY_KNOWN") == _told(await rex.post(f"/approvals/{asked['id']}/result", failed))
        _, told = await rex.get(f"/approvals/{asked['id']}")
        kinds = [one["kind"] for one in told["history"]]
        assert [
            "approval.requested",
            "approval.decided",
            "approval.decided",
            "approval.closed",
            "approval.claimed",
            "approval.executed",
            "approval.reported_late",
        ] == kinds


async def test_the_same_key_is_the_same_question_and_another_question_is_a_conflict(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        one, two = await asyncio.gather(*(rex.post("/approvals", QUESTION, key="same") for _ in range(2)))
        assert one[1]["id"] == two[1]["id"]
        assert [200, 201] == sorted((one[0], two[0]))
        other = QUESTION | {"subject": {"service": "payments"}}
        assert (409, "KEY_USED") == _told(await rex.post("/approvals", other, key="same"))


async def test_nobody_decides_who_may_not(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        _, asked = await rex.post("/approvals", QUESTION)
        assert (403, "OWN_REQUEST") == _told(await decide(world, "rex", asked))
        assert (403, "OWN_REQUEST") == _told(await decide(world, "dev", asked))
        assert (403, "NOT_AN_APPROVER") == _told(await decide(world, "eve", asked))
        assert (409, "STALE_DIGEST") == _told(await decide(world, "ana", asked | {"digest": "0" * 64}))
        assert (400, "INVALID") == _told(await decide(world, "ana", asked, "reject"))
        assert 200 == (await decide(world, "ana", asked, "reject", reason="no"))[0]
        assert (409, "ALREADY_FINAL") == _told(await decide(world, "bo", asked))
        assert 200 == (await decide(world, "ana", asked, "reject", reason="no"))[0], "said again, told again"
        assert (409, "ALREADY_FINAL") == _told(await decide(world, "ana", asked))
        request = await world.house.store.read(records.get, asked["id"])
        assert Status.REJECTED is request.status or len(request.votes) == 1


async def test_where_no_policy_speaks_it_is_recorded_as_let_pass_by_none(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        status, asked = await rex.post("/approvals", {"kind": "note", "title": "Say hello", "subject": {}})
        assert (200, "APPROVED", "policy:none") == (status, asked["status"], asked["final"]["actor"])
        assert 200 == (await rex.post(f"/approvals/{asked['id']}/claim"))[0]


async def test_a_denial_names_the_limit_and_is_kept_in_the_log(tmp_path: Path) -> None:
    halt = "{name: halt, applies_to: purchase, effect: deny, when: subject.halted, reason: Buying is halted}"
    async with serving(tmp_path, policy=halt) as world:
        rex = await world.program("rex")
        question = {"kind": "purchase", "title": "Buy", "subject": {"halted": True}}
        status, told = await rex.post("/approvals", question)
        assert (403, "DENIED") == (status, told["code"])
        assert "Buying is halted" in told["detail"]
        logged = await world.house.store.read(events.history, "rex")
        assert "DENY" == logged[-1]["data"]["answer"]
        status, verdict = await rex.post("/policies/evaluate", question)
        assert (200, "DENY") == (status, verdict["answer"])


async def test_waiting_ends_with_the_next_change_or_with_time(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        _, asked = await rex.post("/approvals", QUESTION)
        path = f"/approvals/{asked['id']}"
        waiting = asyncio.create_task(rex.get(f"{path}?wait=30s"))
        await until_somebody_waits(world, asked["id"])
        await decide(world, "ana", asked)
        status, told = await asyncio.wait_for(waiting, 10)
        assert (200, 1) == (status, told["approvals"])
        version = {"If-None-Match": f'"{told["version"]}"'}
        assert 304 == (await rex.get(path, headers=version))[0]
        assert 304 == (await rex.get(f"{path}?wait=50ms", headers=version))[0]
        old = {"If-None-Match": f'"{asked["version"]}"'}
        assert 1 == (await rex.get(f"{path}?wait=30s", headers=old))[1]["approvals"]


async def test_who_may_not_see_a_request_does_not_learn_of_it(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        dev = await world.program("ana")
        _, asked = await dev.post("/approvals", QUESTION | {"ask": [{"role": "security"}], "approvals": 1})
        rex = await world.program("rex")
        assert (404, "NOT_FOUND") == _told(await rex.get(f"/approvals/{asked['id']}"))
        assert [] == (await rex.get("/approvals"))[1]["items"]
        eve = await world.program("eve")
        assert [asked["id"]] == [one["id"] for one in (await eve.get("/approvals"))[1]["items"]]


async def test_lists_go_page_by_page(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        made = [(await rex.post("/approvals", QUESTION | {"title": str(n)}))[1]["id"] for n in range(5)]
        seen, cursor = [], ""
        while True:
            _, page = await rex.get(f"/approvals?limit=2&cursor={cursor}")
            seen += [one["id"] for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert made[::-1] == seen
        assert made[::-1] == [
            one["id"] for one in (await rex.get("/approvals?approver=ana&status=PENDING"))[1]["items"]
        ]
        assert [] == (await rex.get("/approvals?approver=eve"))[1]["items"]


async def test_a_program_takes_back_and_comments_without_deciding(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        _, asked = await rex.post("/approvals", QUESTION)
        status, told = await rex.post(f"/approvals/{asked['id']}/comments", {"text": "now or never"})
        assert (201, "PENDING", asked["version"] + 1) == (status, told["status"], told["version"])
        for _ in range(2):
            assert (200, "WITHDRAWN") == _status(await rex.post(f"/approvals/{asked['id']}/withdraw"))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"kind": "deploy"}, "title"),
        (QUESTION | {"colour": "red"}, "colour"),
        (QUESTION | {"ask": [{"role": "wizard"}]}, "There is no role"),
        (QUESTION | {"ask": [{}]}, "exactly one"),
        (QUESTION | {"approvals": 9}, "only 2 people may decide"),
        (QUESTION | {"policy": "nothing"}, "There is no policy"),
        (QUESTION | {"timeout": "soon"}, "not a duration"),
        ([], "body"),
    ],
)
async def test_bad_questions_are_told_what_is_wrong(tmp_path: Path, body: object, words: str) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        status, told = await rex.post("/approvals", body)
        assert (400, "INVALID") == (status, told["code"])
        assert words in told["detail"]
        assert "application/problem+json" in rex.headers["Content-Type"]


async def test_the_door_keeps_out_whoever_does_not_belong(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        for secret in ("", "wr_" + "x" * 43, "nonsense"):
            stranger = world.stranger(secret)
            assert (401, "UNKNOWN_PERSON") == _told(await stranger.get("/approvals"))
            assert "Bearer" in stranger.headers["WWW-Authenticate"]
        narrow = await world.program("ana", "incident.read")
        status, told = await narrow.post("/approvals", QUESTION)
        assert (403, "FORBIDDEN") == (status, told["code"])
        assert "approval.request" in told["detail"]
        rex = await world.program("rex")
        assert 400 == (await rex.ask("POST", "/approvals", QUESTION, headers={"Idempotency-Key": ""}))[0]
        assert 415 == (await rex.ask("POST", "/approvals", None))[0]
        assert 413 == (await rex.post("/approvals", QUESTION | {"subject": {"x": "y" * 300_000}}))[0]


def _told(answer: tuple[int, dict[str, str]]) -> tuple[int, str]:
    return answer[0], answer[1].get("code", "")


def _status(answer: tuple[int, dict[str, str]]) -> tuple[int, str]:
    return answer[0], answer[1].get("status", "")


async def until_somebody_waits(world: World, request: str) -> None:
    async with asyncio.timeout(10):
        while not world.house.store.bus.waited_for(f"approval:{request}"):
            await asyncio.sleep(0)


async def test_an_approval_that_no_longer_fits_is_stale_and_stays_so(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        question = QUESTION | {
            "kind": "purchase",
            "subject": {"symbol": "ACME", "price": "100"},
            "approvals": 1,
        }

        async def used(now: dict[str, str]) -> tuple[int, dict[str, str], dict[str, str]]:
            _, asked = await rex.post("/approvals", question)
            assert 200 == (await decide(world, "ana", asked))[0]
            status, told = await rex.post(f"/approvals/{asked['id']}/claim", {"subject": now})
            return status, told, asked

        assert 200 == (await used({"price": "100.5"}))[0]
        status, told, asked = await used({"price": "103"})
        assert 409 == status
        assert ("STALE", True) == (told["code"], "price was 100 and is 103" in told["detail"])
        _, stale = await rex.get(f"/approvals/{asked['id']}")
        assert ("STALE", "STALE") == (stale["status"], stale["final"]["code"])
        assert (409, "STALE") == _told(await rex.post(f"/approvals/{asked['id']}/claim"))


async def test_a_hard_limit_that_was_set_meanwhile_holds_at_the_claim(tmp_path: Path) -> None:
    halt = "{name: halt, applies_to: purchase, effect: deny, when: has(subject.halted) && subject.halted, reason: Buying is halted}"
    async with serving(tmp_path, policy=halt) as world:
        rex = await world.program("rex")
        question = QUESTION | {"kind": "purchase", "subject": {"symbol": "ACME"}, "approvals": 1}
        _, asked = await rex.post("/approvals", question)
        assert 200 == (await decide(world, "ana", asked))[0]
        status, told = await rex.post(f"/approvals/{asked['id']}/claim", {"subject": {"halted": True}})
        assert (409, "STALE") == (status, told["code"])
        assert "Buying is halted" in told["detail"]


async def test_people_are_not_worn_down_by_the_same_question(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        _, asked = await rex.post("/approvals", QUESTION | {"approvals": 2})
        for who in ("ana", "bo"):
            await decide(world, who, asked, "reject", reason="no")
        status, told = await rex.post("/approvals", QUESTION)
        assert (429, "TOO_MANY") == (status, told["code"])
        assert 240 < int(rex.headers["Retry-After"]) <= 300
        assert asked["id"] in told["detail"]
        assert 201 == (await rex.post("/approvals", QUESTION | {"subject": {"service": "payments"}}))[0]


async def test_a_program_cannot_flood_people(tmp_path: Path) -> None:
    async with serving(tmp_path, limits="pending_per_program: 2") as world:
        rex = await world.program("rex")
        made = [
            await rex.post("/approvals", QUESTION | {"title": str(n), "subject": {"n": n}}) for n in range(3)
        ]
        assert [201, 201, 429] == [status for status, _ in made]
        await rex.post(f"/approvals/{made[0][1]['id']}/withdraw")
        assert 201 == (await rex.post("/approvals", QUESTION))[0]


async def test_people_see_the_question_in_the_chat_and_decide_there(tmp_path: Path) -> None:
    async with serving(tmp_path) as world, seats(world.house.url, "ana", "bo") as (ana, bo):
        rex = await world.program("rex")
        _, asked = await rex.post("/approvals", QUESTION)
        card = await ana.sees("Approval needed", "Deploy checkout 1.4.2")
        await ana.presses(card, "Approve")
        await bo.presses(await bo.sees("Approval needed", "Deploy checkout 1.4.2"), "Approve")
        await ana.sees(f"{asked['id']} is approved by Ana Ruiz and Bo Lindqvist.")
        _, told = await rex.get(f"/approvals/{asked['id']}")
        assert ("APPROVED", ["local", "local"]) == (told["status"], [one["via"] for one in told["decisions"]])
