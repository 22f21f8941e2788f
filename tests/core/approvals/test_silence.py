"""What silence may approve, and everything that stops it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.approvals import records, units
from core.approvals.ageing import units as ageing
from core.approvals.approvers import freeze, seats_for
from core.approvals.config import Policy
from core.approvals.draft import Draft, Frozen, Judge, request_of
from core.approvals.policy import Answer, Verdict, evaluate
from core.approvals.request import Choice, Finding, Request, Status, Vote
from core.approvals.silence.rule import NEVER, Told, why_not
from core.approvals.states import actor_kind
from core.approvals.using import units as using
from core.clock import ManualClock
from core.errors import Conflict
from core.notify import units as notices
from core.store import events
from core.store.engine import Store, Unit
from tests.core.approvals.people import PEOPLE, TEAMS
from tests.stores import START

TEN = timedelta(minutes=10)
SMALL: dict[str, Any] = {
    "name": "small",
    "applies_to": "purchase",
    "triggers": [
        {"name": "SMALL", "when": "subject.amount < 500.0", "severity": "LOW"},
        {"name": "NEW_SELLER", "when": "subject.new_seller", "severity": "MEDIUM"},
    ],
    "ask": [{"role": "sre"}, {"role": "security"}],
    "approvals": 2,
    "timeout": "10m",
    "on_timeout": "approve",
    "auto_approve": {"triggers": ["SMALL"], "min_trust": 0.8},
}
PENS = {
    "amount": 120.0,
    "new_seller": False,
    "agent": {"id": "rex", "trust_score": 0.9, "as_of": START.isoformat()},
}
HEARD = Told(reached=True, unreachable=False)


def judge_of(**changes: Any) -> Judge:
    policies = [Policy.model_validate(SMALL | changes)]
    return lambda kind, subject, now: evaluate(policies, kind, subject, now)


JUDGE = judge_of()


def question(subject: Mapping[str, Any] = PENS, judge: Judge = JUDGE) -> Draft:
    verdict = judge("purchase", dict(subject), START)
    assert verdict.terms is not None
    return Draft(
        kind="purchase",
        title="pens",
        reason="",
        subject=dict(subject),
        requester=PEOPLE["rex"],
        terms=verdict.terms,
        key="k",
        findings=verdict.findings,
    )


async def asked(store: Store, *, heard: bool = True, **more: Any) -> Request:
    def ask(unit: Unit) -> Request:
        request = units.ask(unit, question(**more), PEOPLE, TEAMS)
        if heard:
            occasion = notices.Occasion(request.id, "requested", request.digest, request.expires)
            notices.heard(unit, occasion, "ana")
        return request

    return await store.transact(ask)


async def after_silence(
    store: Store, clock: ManualClock, request: Request, judge: Judge | None = JUDGE
) -> Request:
    clock.advance(TEN)
    await store.transact(ageing.on_due, request.id, judge)
    return await store.read(records.get, request.id)


async def test_silence_approves_what_its_policy_lists_and_nobody_is_said_to_have(
    any_store: Store, clock: ManualClock
) -> None:
    request = await asked(any_store)
    after = await after_silence(any_store, clock, request)
    assert after.final is not None
    assert (Status.APPROVED, "AUTO_APPROVED") == (after.status, after.final.code)
    assert f"policy:{request.rules.policy_hash}" == after.final.actor
    assert "policy" == actor_kind(after.final)
    log = await any_store.read(events.history, request.id)
    assert ["policy.evaluated", "approval.closed"] == [event["kind"] for event in log[-2:]]
    assert after.approved_until == START + TEN + timedelta(minutes=15)
    await any_store.transact(using.claim, request.id, "ex_1")


async def test_without_the_present_policies_silence_approves_nothing(
    store: Store, clock: ManualClock
) -> None:
    after = await after_silence(store, clock, await asked(store), None)
    assert Status.EXPIRED is after.status
    assert after.final is not None
    assert "the present policies could not be heard" in after.final.reason
    assert "time" == actor_kind(after.final)


async def test_policies_that_fail_approve_nothing(store: Store, clock: ManualClock) -> None:
    def fails(_kind: str, _subject: dict[str, Any], _now: datetime) -> Verdict:
        raise RuntimeError("no such thing")

    assert Status.EXPIRED is (await after_silence(store, clock, await asked(store), fails)).status


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (judge_of(effect="deny", ask=[], on_timeout="expire", auto_approve=None), "deny it"),
        (judge_of(on_timeout="expire", auto_approve=None), "leave nothing to silence"),
        (judge_of(applies_to="other"), "leave nothing to silence"),
        (judge_of(auto_approve={"triggers": ["NEW_SELLER"]}), "SMALL needs people"),
        (judge_of(auto_approve={"triggers": ["SMALL"], "min_trust": 0.95}), "has to be 0.95"),
        (judge_of(auto_approve={"triggers": ["SMALL"], "max_age": "5m"}), "was last known at 09:00:00 UTC"),
        (judge_of(auto_approve={"triggers": ["SMALL"], "min_trust": 0.1}), ""),
        (judge_of(triggers=[{"name": "SMALL", "when": "true", "severity": "HIGH"}]), "it is HIGH by now"),
        (judge_of(triggers=[{"name": "OTHER", "when": "true", "severity": "LOW"}]), "OTHER needs people"),
        (judge_of(triggers=[{"name": "SMALL", "when": "subject.gone > 1"}]), "DATA_GAP needs people"),
    ],
)
async def test_what_the_policies_say_by_now_can_stop_it(
    store: Store, clock: ManualClock, now: Judge, said: str
) -> None:
    after = await after_silence(store, clock, await asked(store), now)
    assert after.final is not None
    assert (Status.EXPIRED if said else Status.APPROVED) is after.status
    assert said in after.final.reason


async def test_one_no_is_enough_although_two_would_block(store: Store, clock: ManualClock) -> None:
    request = await asked(store)
    assert 2 == request.rules.block
    await store.transact(units.decide, request.id, PEOPLE["ana"], Choice.REJECT, "no", request.digest)
    after = await after_silence(store, clock, request)
    assert after.final is not None
    assert (Status.EXPIRED, True) == (after.status, "Ana rejected it" in after.final.reason)


async def test_nobody_told_means_nobody_silent(store: Store, clock: ManualClock) -> None:
    after = await after_silence(store, clock, await asked(store, heard=False))
    assert Status.EXPIRED is after.status


async def test_what_was_once_out_of_reach_is_never_approved_by_silence(
    store: Store, clock: ManualClock
) -> None:
    request = await asked(store)
    await store.transact(notices.mark_unreachable, request.id)
    assert Status.EXPIRED is (await after_silence(store, clock, request)).status


async def test_a_late_vote_decides_nothing_and_the_policy_is_heard_all_the_same(
    store: Store, clock: ManualClock
) -> None:
    request = await asked(store)
    clock.advance(TEN)
    for who, choice in (("ana", Choice.APPROVE), ("bo", Choice.REJECT)):
        late = await store.transact(units.decide, request.id, PEOPLE[who], choice, "so", request.digest)
        assert late.refusal is not None
        assert "ALREADY_FINAL" == late.refusal.code
    waiting = await store.read(records.get, request.id)
    assert (Status.PENDING, ()) == (waiting.status, waiting.votes)
    with pytest.raises(Conflict):
        await store.transact(using.claim, request.id, "ex_1")
    await store.transact(ageing.on_due, request.id, JUDGE)
    assert "AUTO_APPROVED" == ((await store.read(records.get, request.id)).final or _never()).code


def _never() -> Any:
    raise AssertionError


@pytest.mark.parametrize("code", sorted(NEVER))
def test_some_reasons_are_never_approved_by_silence_whatever_is_listed(code: str) -> None:
    judge = judge_of(auto_approve={"triggers": ["SMALL", code]})
    request = _request(judge, (Finding(policy="small", code=code, severity="LOW", message=code),))
    assert f"{code} needs people" in why_not(request, HEARD, judge("purchase", PENS, START), START)


@given(
    trust=st.tuples(
        st.one_of(st.none(), st.floats(), st.just(0.9), st.text(max_size=4), st.booleans()),
        st.integers(-60, 120),
    ),
    grave=st.sampled_from(["MEDIUM", "HIGH", "CRITICAL"]),
    extra=st.sampled_from(["", "NEW_SELLER", *sorted(NEVER)]),
    against=st.booleans(),
    told=st.builds(Told, reached=st.booleans(), unreachable=st.booleans()),
    answer=st.sampled_from([None, Answer.ALLOW, Answer.DENY, Answer.REQUIRE]),
)
def test_only_all_of_it_together_is_a_yes(
    trust: tuple[Any, int], grave: Any, extra: str, against: bool, told: Told, answer: Answer | None
) -> None:
    """No path from silence or error to an approval outside of the fence."""
    (score, age), now = trust, START + TEN
    agent = {"trust_score": score, "as_of": (now - timedelta(minutes=age)).isoformat()}
    base = Finding(policy="small", code="SMALL", severity="LOW", message="small")
    more = (base.model_copy(update={"code": extra}),) if extra else ()
    request = _request(JUDGE, (base, *more), agent=agent)
    request = request.model_copy(update={"priority": "NORMAL" if grave == "MEDIUM" else grave})
    if against:
        vote: dict[str, Any] = {
            "person": "ana",
            "name": "Ana",
            "choice": Choice.REJECT,
            "at": now,
            "digest": "old",
        }
        request = request.model_copy(update={"votes": (Vote(**vote),)})
    verdict = _verdict(answer, base)
    approves = not why_not(request, told, verdict, now)
    trusted = isinstance(score, float) and 0.8 <= score <= 1 and 0 <= age <= 15
    light = grave == "MEDIUM" and not extra and not against
    assert approves is (trusted and light and told == HEARD and answer is Answer.REQUIRE)


@pytest.mark.parametrize("priority", ["HIGH", "CRITICAL"])
def test_what_is_grave_is_never_approved_by_silence(priority: Any) -> None:
    small = Finding(policy="small", code="SMALL", severity="LOW", message="small")
    request = _request(JUDGE, (small,))
    verdict = JUDGE("purchase", PENS, START)
    assert [] == why_not(request, HEARD, verdict, START)
    grave = request.model_copy(update={"priority": priority})
    assert [f"its priority is {priority}"] == why_not(grave, HEARD, verdict, START)


def test_what_leaves_nothing_to_silence_is_never_approved_by_it() -> None:
    small = Finding(policy="small", code="SMALL", severity="LOW", message="small")
    request = _request(JUDGE, (small,))
    closed = request.model_copy(update={"rules": request.rules.model_copy(update={"silence": None})})
    verdict = JUDGE("purchase", PENS, START)
    assert ["its policy leaves nothing to silence"] == why_not(closed, HEARD, verdict, START)


def _verdict(answer: Answer | None, finding: Finding) -> Verdict | None:
    if answer is None:
        return None
    terms = JUDGE("purchase", PENS, START).terms if answer is Answer.REQUIRE else None
    return Verdict(answer, (finding,) if answer is not Answer.ALLOW else (), terms)


def _request(judge: Judge, findings: tuple[Finding, ...], agent: Any = PENS["agent"]) -> Request:
    draft = question({**PENS, "agent": agent}, judge)
    seats = seats_for(draft.terms, PEOPLE, TEAMS, ("rex", "dev"))
    rules, expires = freeze(draft.terms, seats, ("rex", "dev"), START, findings)
    return request_of(draft, Frozen("AP-1", rules, seats, START, expires))
