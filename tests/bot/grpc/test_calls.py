"""A program asks, people decide, the program uses what it got: over gRPC, with every refusal by its status."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import orjson
import pytest
from google.protobuf.struct_pb2 import Struct

from bot.grpc import oversight_pb2 as pb
from core.digest import digest
from tests.bot.grpc.house import Program, Refused, World, here, new_key, question, serving

_HALT = "\npolicies:\n  - {name: halt, applies_to: trade, effect: deny, when: subject.halted, reason: Trading is halted}"
_LOOSE = "\npolicies:\n  - {name: loose, applies_to: swap, ask: [{role: sre}], drift: 1%}"


async def refused(work: Awaitable[Any]) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        await work
    assert "Traceback" not in caught.value.words
    return caught.value.status, caught.value.code


async def approved(world: World, asked: pb.Request) -> pb.Request:
    for who in ("ana", "bo"):
        asked = await (await world.program(who)).decide(asked)
    assert asked.status == pb.STATUS_APPROVED
    return asked


def claim(asked: pb.Request, **more: Any) -> pb.ClaimRequest:
    return pb.ClaimRequest(**({"id": asked.id, "idempotency_key": new_key()} | more))


async def test_a_program_asks_people_decide_and_it_uses_the_approval_once(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex = await world.program("rex")
        asked = await rex.ask()
        assert (pb.STATUS_PENDING, 2, 0) == (asked.status, asked.approvals_needed, asked.approvals)
        assert {"ana", "bo"} == {seat.person for seat in asked.approvers}
        assert ("FAILED_PRECONDITION", "NOT_APPROVED") == await refused(rex.call("Claim", claim(asked)))
        await approved(world, asked)
        used = await rex.call("Claim", claim(asked, idempotency_key="k"))
        assert pb.STATUS_EXECUTING == used.request.status
        again = await rex.call("Claim", claim(asked, idempotency_key="k"))
        assert used.execution_id == again.execution_id
        assert ("FAILED_PRECONDITION", "ALREADY_CLAIMED") == await refused(rex.call("Claim", claim(asked)))
        done = pb.ReportResultRequest(
            id=asked.id,
            execution_id=used.execution_id,
            outcome=pb.OUTCOME_EXECUTED,
            detail="it is out",
            idempotency_key="r",
        )
        for _ in range(2):
            assert pb.STATUS_EXECUTED == (await rex.call("ReportResult", done)).status
        done.execution_id = "ex_other"
        assert ("FAILED_PRECONDITION", "NOT_CLAIMED") == await refused(rex.call("ReportResult", done))
        told = await rex.call("GetRequest", pb.GetRequestRequest(id=asked.id))
        assert "it is out" == told.execution.result
        kinds = [event.kind.removeprefix("approval.") for event in told.history]
        assert ["requested", "decided", "decided", "closed", "claimed", "executed"] == kinds
        assert {"ana", "bo"} == {vote.person for vote in told.decisions}


async def test_a_subject_has_the_same_digest_whatever_it_is_sent_as(tmp_path: Path) -> None:
    said: dict[str, Any] = {"quantity": 10, "price": 12.5, "tags": ["a", None, True], "deep": {"er": {}}}
    sent = Struct()
    sent.update(said)
    async with serving(here(tmp_path)) as world:
        rex = await world.program("rex")
        one = await rex.ask(subject=sent)
        two = await rex.ask(subject_json=orjson.dumps(said).decode())
        assert digest(said) == one.digest == two.digest
        assert said == orjson.loads(one.subject_json)
        large = await rex.ask(subject_json='{"id": 9007199254740993}')
        assert '{"id":9007199254740993}' == large.subject_json


async def test_the_same_key_is_the_same_question_and_another_question_is_a_conflict(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex = await world.program("rex")
        one, two = await asyncio.gather(*(rex.ask(key="same") for _ in range(2)))
        assert one.id == two.id
        other = rex.ask(key="same", subject_json='{"service": "payments"}')
        assert ("ALREADY_EXISTS", "KEY_USED") == await refused(other)
        message = question()
        assert ("INVALID_ARGUMENT", "INVALID") == await refused(rex.call("CreateRequest", message))
        key = (("idempotency-key", "same"),)
        assert one.id == (await rex.call("CreateRequest", message, metadata=key)).id


async def test_nobody_decides_who_may_not(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex = await world.program("rex")
        asked = await rex.ask()
        ana, bo, eve = [await world.program(who) for who in ("ana", "bo", "eve")]
        assert ("PERMISSION_DENIED", "OWN_REQUEST") == await refused(rex.decide(asked))
        assert ("PERMISSION_DENIED", "NOT_AN_APPROVER") == await refused(eve.decide(asked))
        assert ("FAILED_PRECONDITION", "STALE_DIGEST") == await refused(ana.decide(asked, digest="0" * 64))
        assert ("INVALID_ARGUMENT", "INVALID") == await refused(ana.decide(asked, "REJECT"))
        for _ in range(2):
            closed = await ana.decide(asked, "REJECT", reason="no")
            assert (pb.STATUS_REJECTED, "no") == (closed.status, closed.decisions[0].reason)
        for late in (bo.decide(asked), ana.decide(asked)):
            assert ("FAILED_PRECONDITION", "ALREADY_FINAL") == await refused(late)


async def test_a_denial_names_the_limit_and_where_no_policy_speaks_it_passes(tmp_path: Path) -> None:
    given = here(tmp_path, lambda text: text.replace("\npolicies:", _HALT, 1))
    async with serving(given) as world:
        rex = await world.program("rex")
        halted: dict[str, Any] = {
            "kind": "trade",
            "title": "Buy",
            "subject_json": '{"halted": true}',
            "ask": [],
        }
        with pytest.raises(Refused, match="Trading is halted") as caught:
            await rex.ask(**halted)
        assert ("PERMISSION_DENIED", "DENIED") == (caught.value.status, caught.value.code)
        note = await rex.ask(kind="note", title="Say hello", ask=[], approvals=0)
        assert (pb.STATUS_APPROVED, "policy:none") == (note.status, note.final.actor)


async def test_an_approval_that_no_longer_fits_is_stale(tmp_path: Path) -> None:
    given = here(tmp_path, lambda text: text.replace("\npolicies:", _LOOSE, 1))
    async with serving(given) as world:
        rex, ana = await world.program("rex"), await world.program("ana")
        swap: dict[str, Any] = {"kind": "swap", "title": "Buy", "ask": [], "approvals": 0}
        asked = await rex.ask(subject_json='{"price": "100"}', **swap)
        await ana.decide(asked)
        with pytest.raises(Refused, match="price was 100 and is 103") as caught:
            await rex.call("Claim", claim(asked, subject_json='{"price": "103"}'))
        assert ("FAILED_PRECONDITION", "STALE") == (caught.value.status, caught.value.code)
        told = await rex.call("GetRequest", pb.GetRequestRequest(id=asked.id))
        assert pb.STATUS_STALE == told.status == told.final.status


async def test_a_change_is_made_at_one_version_and_makes_votes_void(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex, ana = await world.program("rex"), await world.program("ana")
        asked = await rex.ask(changeable=["version"])
        voted = await ana.decide(asked)
        change = pb.UpdateRequestRequest(
            id=asked.id,
            expected_version=asked.version,
            subject_json='{"version": "1.4.3"}',
            reason="1.4.2 is broken",
            idempotency_key="c",
        )
        assert ("ABORTED", "VERSION_CONFLICT") == await refused(rex.call("UpdateRequest", change))
        change.expected_version = voted.version
        changed = await rex.call("UpdateRequest", change)
        for _ in range(2):
            changed = await rex.call("UpdateRequest", change)
            assert "1.4.3" == changed.subject["version"]
            assert (0, []) == (changed.approvals, list(changed.decisions))
        assert asked.digest != changed.digest
        assert ("FAILED_PRECONDITION", "STALE_DIGEST") == await refused(ana.decide(asked))
        assert 1 == (await ana.decide(changed)).approvals
        change.expected_version = 0
        assert ("INVALID_ARGUMENT", "INVALID") == await refused(rex.call("UpdateRequest", change))


async def test_a_question_is_asked_and_answered_once(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex, ana = await world.program("rex"), await world.program("ana")
        asked = await rex.ask()
        why = pb.CommentRequest(id=asked.id, text="why now?", question=True, idempotency_key="q")
        for _ in range(2):
            assert ["why now?"] == [one.text for one in (await ana.call("Comment", why)).comments]
        answer = pb.CommentRequest(id=asked.id, text="it is urgent", answers=1, idempotency_key="a")
        for _ in range(2):
            said = [
                (one.kind, one.author, one.answers) for one in (await rex.call("Comment", answer)).comments
            ]
            assert [("question", "ana", 0), ("answer", "rex", 1)] == said


async def test_who_may_not_see_a_request_does_not_learn_of_it(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        ana, rex, eve = [await world.program(who) for who in ("ana", "rex", "eve")]
        asked = await ana.ask(ask=[pb.Ask(role="security")], approvals=1)
        look = pb.GetRequestRequest(id=asked.id)
        assert ("NOT_FOUND", "NOT_FOUND") == await refused(rex.call("GetRequest", look))
        assert ("NOT_FOUND", "NOT_FOUND") == await refused(rex.decide(asked))
        assert [] == list((await rex.call("ListRequests", pb.ListRequestsRequest())).items)
        assert [asked.id] == [
            one.id for one in (await eve.call("ListRequests", pb.ListRequestsRequest())).items
        ]


async def test_lists_go_page_by_page_and_never_pass_what_clients_take(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex = await world.program("rex")
        made = [(await rex.ask(title=str(number))).id for number in range(5)]
        assert made[::-1] == await _pages(rex, limit=2)
        assert made[::-1] == await _pages(rex, limit=3, approver="ana", status=pb.STATUS_PENDING)
        assert [] == await _pages(rex, approver="eve")
        large = orjson.dumps({"text": "x" * 200_000}).decode()
        many = [(await rex.ask(title=str(number), subject_json=large)).id for number in range(12)]
        assert [*many[::-1], *made[::-1]] == await _pages(rex, limit=200)
        for wrong in ({"limit": 201}, {"limit": -1}, {"status": 99}, {"cursor": "x"}):
            listing = pb.ListRequestsRequest(**wrong)
            assert ("INVALID_ARGUMENT", "INVALID") == await refused(rex.call("ListRequests", listing))


async def _pages(rex: Program, **what: Any) -> list[str]:
    seen, cursor = [], ""
    while True:
        page = await rex.call("ListRequests", pb.ListRequestsRequest(cursor=cursor, **what))
        seen += [one.id for one in page.items]
        cursor = page.next
        if not cursor:
            return seen


async def test_a_withdrawn_request_stays_withdrawn(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex, ana = await world.program("rex"), await world.program("ana")
        asked = await rex.ask()
        back = pb.WithdrawRequest(id=asked.id, reason="not needed", idempotency_key="w")
        assert ("PERMISSION_DENIED", "FORBIDDEN") == await refused(ana.call("Withdraw", back))
        for _ in range(2):
            assert pb.STATUS_WITHDRAWN == (await rex.call("Withdraw", back)).status
        assert ("FAILED_PRECONDITION", "ALREADY_FINAL") == await refused(ana.decide(asked))


_BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({"title": ""}, "title"),
    ({"ask": [pb.Ask(role="wizard")]}, "There is no role"),
    ({"ask": [pb.Ask()]}, "exactly one"),
    ({"approvals": 9}, "only 2 people may decide"),
    ({"policy": "nothing"}, "There is no policy"),
    ({"priority": 9}, "no priority"),
    ({"subject_json": "{"}, "no JSON"),
    ({"subject_json": "[]"}, "no JSON object"),
    ({"subject_json": '{"a":' * 70 + "1" + "}" * 70}, "nested too deeply"),
    ({"key": "x" * 201}, "1 to 200"),
)


async def test_bad_questions_are_told_what_is_wrong(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex = await world.program("rex")
        for more, words in _BAD:
            with pytest.raises(Refused, match=words) as caught:
                await rex.ask(**more)
            assert ("INVALID_ARGUMENT", "INVALID") == (caught.value.status, caught.value.code)


async def test_a_number_that_is_none_is_refused(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex = await world.program("rex")
        for number in (float("nan"), float("inf")):
            subject = Struct()
            subject.update({"price": number})
            assert ("INVALID_ARGUMENT", "INVALID") == await refused(rex.ask(subject=subject))


async def test_limits_are_those_of_the_other_doors_and_say_how_long_to_wait(tmp_path: Path) -> None:
    few = "\nlimits:\n  requests_per_minute: {person: 3}\n"
    async with serving(here(tmp_path, lambda text: text.replace("\nlimits:\n", few, 1))) as world:
        rex = await world.program("rex")
        listing = pb.ListRequestsRequest()
        for _ in range(3):
            await rex.call("ListRequests", listing)
        with pytest.raises(Refused) as caught:
            await rex.call("ListRequests", listing)
        assert ("RESOURCE_EXHAUSTED", "TOO_MANY") == (caught.value.status, caught.value.code)
        assert 1 <= caught.value.wait <= 60


async def test_the_door_keeps_out_whoever_does_not_belong(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        for secret in ("", "wr_" + "x" * 43, "nonsense"):
            stranger = world.stranger(secret)
            assert ("UNAUTHENTICATED", "UNKNOWN_PERSON") == await refused(stranger.ask())
        narrow = await world.program("ana", "incident.read")
        with pytest.raises(Refused, match=r"approval\.request") as caught:
            await narrow.ask()
        assert ("PERMISSION_DENIED", "FORBIDDEN") == (caught.value.status, caught.value.code)
        assert "wardroom token create" in caught.value.mend
