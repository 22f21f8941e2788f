import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.approvals import records, units
from core.approvals.ageing import units as ageing
from core.approvals.draft import Decided
from core.approvals.request import Ask, Choice, Request, Status, Terms
from core.approvals.states import Happening
from core.approvals.using import units as using
from core.clock import ManualClock
from core.errors import Conflict, Forbidden, Invalid
from core.store import audit, deadlines, events
from core.store.engine import Store, Unit
from core.store.outbox_rows import NEWS
from tests.core.approvals.people import PEOPLE, TEAMS, TERMS, draft


async def asked(store: Store, **more: Any) -> Request:
    return await store.transact(units.ask, draft(**more), PEOPLE, TEAMS)


async def says(store: Store, who: str, choice: Choice, request: Request, reason: str = "") -> Decided:
    return await store.transact(units.decide, request.id, PEOPLE[who], choice, reason, request.digest[:8])


async def now(store: Store, request: Request) -> Request:
    return await store.read(records.get, request.id)


async def kinds(store: Store, request: Request) -> list[str]:
    return [event["kind"] for event in await store.read(events.history, request.id)]


async def test_two_people_with_a_security_officer_among_them_approve(any_store: Store) -> None:
    request = await asked(any_store)
    first = await says(any_store, "ana", Choice.APPROVE, request)
    assert "Still needed: Chi (security)." in first.words
    second = await says(any_store, "chi", Choice.APPROVE, request)
    assert Status.APPROVED is second.request.status
    assert ["approval.requested", "approval.decided", "approval.decided", "approval.closed"] == await kinds(
        any_store, request
    )
    await any_store.transact(audit.seal)
    assert () == (await any_store.read(audit.verify)).findings


async def test_the_requester_is_refused_and_told_why(any_store: Store) -> None:
    request = await asked(any_store, by="ana", terms=TERMS.model_copy(update={"approvals": 1}))
    decided = await says(any_store, "ana", Choice.APPROVE, request)
    assert decided.refusal is not None
    assert "OWN_REQUEST" == decided.refusal.code
    assert () == (await now(any_store, request)).votes


async def test_the_owner_of_a_program_cannot_decide_for_it(store: Store) -> None:
    terms = Terms(ask=(Ask(role="developer"), Ask(role="sre")))
    request = await asked(store, by="rex", terms=terms)
    decided = await says(store, "dev", Choice.APPROVE, request)
    assert decided.refusal is not None
    assert "OWN_REQUEST" == decided.refusal.code


async def test_a_second_click_counts_once(store: Store) -> None:
    request = await asked(store)
    await says(store, "ana", Choice.APPROVE, request)
    again = await says(store, "ana", Choice.APPROVE, request)
    assert again.words.startswith("You already approved AP-1 at 09:00:00 UTC")
    assert 1 == len((await now(store, request)).votes)


async def test_a_vote_can_be_changed_until_the_end(store: Store) -> None:
    request = await asked(store, terms=TERMS.model_copy(update={"rejections_to_block": 2}))
    await says(store, "ana", Choice.APPROVE, request)
    await says(store, "ana", Choice.ABSTAIN, request)
    assert [Choice.ABSTAIN] == [vote.choice for vote in (await now(store, request)).votes]


async def test_a_rejection_needs_a_reason_and_ends_it(store: Store) -> None:
    request = await asked(store)
    without = await says(store, "ana", Choice.REJECT, request)
    assert without.refusal is not None
    assert "needs a reason" in without.words
    decided = await says(store, "ana", Choice.REJECT, request, "not on a Friday")
    assert Status.REJECTED is decided.request.status
    assert "“not on a Friday”" in decided.words


async def test_whoever_comes_late_is_told_how_it_stands(store: Store) -> None:
    request = await asked(store)
    await says(store, "chi", Choice.REJECT, request, "no")
    late = await says(store, "ana", Choice.APPROVE, request)
    assert late.refusal is not None
    assert "ALREADY_FINAL" == late.refusal.code
    assert "AP-1 is rejected since 09:00:00 UTC" in late.words


async def test_a_click_on_a_card_that_showed_something_else_is_no_vote(store: Store) -> None:
    request = await asked(store)
    decided = await store.transact(units.decide, request.id, PEOPLE["ana"], Choice.APPROVE, "", "00000000")
    assert decided.refusal is not None
    assert "STALE_DIGEST" == decided.refusal.code


async def test_an_outsider_is_told_who_is_asked(store: Store) -> None:
    request = await asked(store)
    decided = await says(store, "eve", Choice.APPROVE, request)
    assert "AP-1 asks security and sre. Your roles: manager. Your click was not counted." == decided.words


async def test_time_widens_reminds_and_ends_it(any_store: Store, clock: ManualClock) -> None:
    request = await asked(any_store)

    async def wake() -> None:
        for deadline in await any_store.read(deadlines.due):
            await any_store.transact(ageing.on_due, deadline.ref)

    clock.advance(timedelta(hours=6))
    await wake()
    assert "approval.reminded" == (await kinds(any_store, request))[-1]
    clock.advance(timedelta(hours=3))
    await wake()
    assert 1 == (await now(any_store, request)).level
    assert (await says(any_store, "eve", Choice.APPROVE, request)).refusal is None
    clock.advance(timedelta(hours=3))
    await wake()
    extended = await now(any_store, request)
    assert (2, Status.PENDING) == (extended.level, extended.status)
    clock.advance(timedelta(hours=1))
    await wake()
    ended = await now(any_store, request)
    assert (Status.EXPIRED, "EXPIRED") == (ended.status, ended.final.code if ended.final else "")
    assert await any_store.read(deadlines.earliest) is None


async def test_a_vote_after_the_end_meets_the_time_out_first(store: Store, clock: ManualClock) -> None:
    request = await asked(store, terms=TERMS.model_copy(update={"escalation": ()}))
    clock.advance(timedelta(hours=14))
    late = await says(store, "ana", Choice.APPROVE, request)
    assert late.refusal is not None
    assert Status.EXPIRED is (await now(store, request)).status


async def test_an_approval_lapses_when_nobody_uses_it(store: Store, clock: ManualClock) -> None:
    request = await asked(store)
    await says(store, "ana", Choice.APPROVE, request)
    await says(store, "chi", Choice.APPROVE, request)
    clock.advance(timedelta(minutes=15))
    await store.transact(ageing.on_due, request.id)
    assert Status.LAPSED is (await now(store, request)).status
    with pytest.raises(Conflict) as refused:
        await store.transact(using.claim, request.id, "RUN-1")
    assert "LAPSED" == refused.value.data["code"]


async def test_an_approval_is_used_once_and_its_result_is_kept(store: Store) -> None:
    request = await asked(store)
    await says(store, "ana", Choice.APPROVE, request)
    await says(store, "chi", Choice.APPROVE, request)
    await store.transact(using.claim, request.id, "RUN-1")
    with pytest.raises(Conflict) as refused:
        await store.transact(using.claim, request.id, "RUN-2")
    assert "ALREADY_CLAIMED" == refused.value.data["code"]
    done = await store.transact(using.report, request.id, Happening.EXECUTED, "restarted in 4 s")
    assert (Status.EXECUTED, "restarted in 4 s") == (done.status, done.result)


async def test_a_veto_revokes_until_the_approval_is_used(store: Store) -> None:
    terms = TERMS.model_copy(update={"ask": (Ask(role="sre"), Ask(role="security")), "approvals": 2})
    request = await asked(store, terms=terms)
    await says(store, "ana", Choice.APPROVE, request)
    await says(store, "bo", Choice.APPROVE, request)
    revoked = await says(store, "chi", Choice.REJECT, request, "key was leaked")
    assert Status.REVOKED is revoked.request.status


async def test_only_the_requester_withdraws(store: Store) -> None:
    request = await asked(store)
    with pytest.raises(Forbidden):
        await store.transact(units.withdraw, request.id, PEOPLE["ana"])
    withdrawn = await store.transact(units.withdraw, request.id, PEOPLE["dev"], "wrong service")
    assert Status.WITHDRAWN is withdrawn.status


async def test_the_same_key_is_the_same_request(store: Store) -> None:
    first, second = await asked(store), await asked(store)
    assert first.id == second.id
    with pytest.raises(Conflict):
        await asked(store, title="something else")


async def test_a_quorum_that_is_impossible_is_refused_with_the_reason(store: Store) -> None:
    with pytest.raises(Invalid, match="needs 3 approvals, and only 2 people may decide"):
        await asked(store, terms=Terms(ask=(Ask(role="sre"),), approvals=3))
    with pytest.raises(Invalid, match="Somebody of auditors must approve"):
        await asked(store, terms=Terms(ask=(Ask(role="sre"), Ask(role="auditors", must=True))))


async def test_an_abstention_that_makes_the_quorum_impossible_goes_to_the_next_level(store: Store) -> None:
    request = await asked(store, terms=TERMS.model_copy(update={"approvals": 3}))
    decided = await says(store, "bo", Choice.ABSTAIN, request)
    assert (1, Status.PENDING) == (decided.request.level, decided.request.status)


async def test_what_a_decision_changes_and_what_it_says_are_one_commit(store: Store) -> None:
    request = await asked(store)

    def fails(unit: Unit) -> None:
        units.decide(unit, request.id, PEOPLE["ana"], Choice.APPROVE, "", request.digest)
        raise RuntimeError("power cut")

    waiting = sa.select(sa.func.count()).select_from(NEWS)
    before = await store.read(lambda unit: unit.conn.execute(waiting).scalar_one())
    with pytest.raises(RuntimeError):
        await store.transact(fails)
    assert () == (await now(store, request)).votes
    assert ["approval.requested"] == await kinds(store, request)
    assert before == await store.read(lambda unit: unit.conn.execute(waiting).scalar_one())


async def test_fifty_people_at_once_make_one_transition(any_store: Store) -> None:
    request = await asked(any_store)
    people = ["ana", "bo", "chi", "eve", "dev"] * 10
    answers = await asyncio.gather(*(says(any_store, who, Choice.APPROVE, request) for who in people))
    assert 1 == (await kinds(any_store, request)).count("approval.closed")
    assert 50 == len(answers)
    assert all(answer.words for answer in answers)


async def test_a_yes_without_its_second_factor_records_nothing_and_one_with_it_says_how_sure_it_is(
    any_store: Store,
) -> None:
    terms = Terms(ask=(Ask(role="sre"),), second_factor=True)
    request = await asked(any_store, terms=terms)
    weak = await says(any_store, "ana", Choice.APPROVE, request)
    assert weak.refusal is not None
    assert "SECOND_FACTOR" == weak.refusal.code
    assert ["approval.requested"] == await kinds(any_store, request)
    said = (request.id, PEOPLE["ana"], Choice.APPROVE, "", request.digest)
    sure = await any_store.transact(units.decide, *said, via="slack", factor="totp")
    assert Status.APPROVED is sure.request.status
    assert ["chat+totp"] == [vote.strength for vote in (await now(any_store, request)).votes]
    history = await any_store.read(events.history, request.id)
    assert "chat+totp" == next(one["data"]["strength"] for one in history if "choice" in one["data"])


async def test_a_no_needs_no_second_factor_and_other_mistakes_are_told_first(store: Store) -> None:
    terms = Terms(ask=(Ask(role="sre"),), second_factor=True, rejections_to_block=1)
    request = await asked(store, terms=terms)
    old = await store.transact(units.decide, request.id, PEOPLE["ana"], Choice.APPROVE, "", "0" * 8)
    assert old.refusal is not None
    assert "STALE_DIGEST" == old.refusal.code
    rejected = await says(store, "ana", Choice.REJECT, request, "no")
    assert Status.REJECTED is rejected.request.status


async def test_the_strength_of_a_vote_says_which_way_it_came(store: Store) -> None:
    request = await asked(store, terms=Terms(ask=(Ask(role="sre"),), approvals=2))
    said = (request.id, PEOPLE["ana"], Choice.APPROVE, "", request.digest)
    await store.transact(units.decide, *said, via="email")
    assert ["mail"] == [vote.strength for vote in (await now(store, request)).votes]
