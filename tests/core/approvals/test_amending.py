"""Approve with changes: a new version of what is asked, on which everybody decides anew, except who made it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.approvals import records, units
from core.approvals.ageing import units as ageing
from core.approvals.amending.units import Edit, amend
from core.approvals.config import Policy
from core.approvals.delegations.delegation import Delegation
from core.approvals.draft import Cast, Decided, Draft
from core.approvals.policy import evaluate
from core.approvals.request import Ask, Choice, Request, Rung, Status, Terms
from core.approvals.seating import units as seating
from core.clock import ManualClock
from core.digest import digest
from core.store import deadlines, events
from core.store.engine import Store
from tests.core.approvals.people import OPS, PEOPLE, TEAMS

SUBJECT: dict[str, Any] = {"symbol": "ACME", "quantity": 1_000, "limit": {"price": 41.5}, "tags": ["a"]}
TERMS = Terms(
    ask=(Ask(role="sre"), Ask(role="security")),
    approvals=1,
    rejections_to_block=2,
    timeout=timedelta(hours=12),
    changes=("quantity", "limit.price", "tags"),
)


def cast(*policies: dict[str, Any]) -> Cast:
    known = [Policy.model_validate({"applies_to": "trade", **one}) for one in policies]

    def judge(kind: str, subject: dict[str, Any], now: datetime) -> Any:
        return evaluate(known, kind, subject, now)

    return Cast(PEOPLE, TEAMS, judge)


async def asked(store: Store, terms: Terms = TERMS, by: str = "rex") -> Request:
    draft = Draft("trade", "Sell ACME", "", SUBJECT, PEOPLE[by], terms, "k", places=(OPS,))
    return await store.transact(units.ask, draft, PEOPLE, TEAMS)


async def change(
    store: Store, who: str, request: Request, house: Cast | None = None, **values: Any
) -> Decided:
    more = {name: values.pop(name) for name in ("reason", "shown", "version") if name in values}
    edit = Edit(SUBJECT | {"quantity": 1_200} | values, **{"reason": "within mandate", **more})
    return await store.transact(amend, request.id, PEOPLE[who], edit, house or cast())


async def says(store: Store, who: str, choice: Choice, request: Request, why: str = "") -> Decided:
    return await store.transact(units.decide, request.id, PEOPLE[who], choice, why, request.digest)


async def test_a_change_is_another_thing_and_every_vote_begins_anew(any_store: Store) -> None:
    before = await asked(any_store, TERMS.model_copy(update={"approvals": 2}))
    await says(any_store, "chi", Choice.APPROVE, before)
    decided = await change(any_store, "ana", before)
    after = decided.request
    assert (digest(SUBJECT | {"quantity": 1_200}), 1_200) == (after.digest, after.subject["quantity"])
    assert before.digest != after.digest
    assert () == (await any_store.read(records.get, before.id)).votes
    assert after == await any_store.read(records.get, before.id)
    log = await any_store.read(events.history, before.id)
    amended = next(event for event in log if event["kind"] == "approval.amended")
    assert ("ana", {"chi": "approve"}) == (amended["actor"], amended["data"]["void"])
    assert [{"path": "quantity", "before": 1_000, "after": 1_200}] == amended["data"]["changes"]
    assert (before.digest, after.digest) == (amended["data"]["before"], amended["data"]["digest"])


async def test_a_vote_for_what_was_asked_before_is_no_vote_for_what_is_asked_now(store: Store) -> None:
    before = await asked(store)
    await change(store, "ana", before)
    late = await says(store, "bo", Choice.APPROVE, before)
    assert late.refusal is not None
    assert "STALE_DIGEST" == late.refusal.code
    assert Status.PENDING is (await store.read(records.get, before.id)).status


async def test_whoever_changed_it_does_not_decide_on_it(store: Store) -> None:
    after = (await change(store, "ana", await asked(store))).request
    decided = await says(store, "ana", Choice.APPROVE, after)
    assert decided.refusal is not None
    assert "OWN_REQUEST" == decided.refusal.code
    assert "You changed AP-1, so you cannot vote on it." in decided.words
    assert Status.APPROVED is (await says(store, "bo", Choice.APPROVE, after)).request.status


async def test_somebody_who_voted_the_same_before_is_counted_again(store: Store) -> None:
    before = await asked(store, TERMS.model_copy(update={"approvals": 2}))
    await says(store, "bo", Choice.APPROVE, before)
    after = (await change(store, "ana", before)).request
    assert (await says(store, "bo", Choice.APPROVE, after)).changed


async def test_what_a_policy_denies_nobody_changes_it_into(store: Store) -> None:
    halt = {"name": "halt", "effect": "deny", "when": "subject.quantity > 1100", "reason": "Too many"}
    before = await asked(store)
    decided = await change(store, "ana", before, cast(halt))
    assert decided.refusal is not None
    assert "DENIED" == decided.refusal.code
    assert before == await store.read(records.get, before.id)


async def test_new_terms_only_tighten(store: Store) -> None:
    large = {
        "name": "large",
        "when": "subject.quantity > 1100",
        "severity": "HIGH",
        "approvals": 2,
        "ask": [{"role": "manager", "must": True}],
        "veto": [{"role": "manager"}],
    }
    after = (await change(store, "rex", await asked(store), cast(large))).request
    assert (2, ("manager",), 1, "HIGH") == (
        after.rules.needed,
        after.rules.must,
        after.rules.block,
        after.priority,
    )
    assert {"ana", "bo", "chi", "eve"} == {seat.person for seat in after.seats}
    eve = after.seat_of("eve")
    assert eve is not None
    assert eve.veto


async def test_milder_terms_change_nothing_that_is_frozen(store: Store) -> None:
    strict = TERMS.model_copy(update={"approvals": 2, "severity": "CRITICAL", "rejections_to_block": 1})
    mild = {"name": "mild", "severity": "LOW", "approvals": 1, "ask": [{"role": "sre"}]}
    before = await asked(store, strict)
    after = (await change(store, "rex", before, cast(mild))).request
    assert (2, 1, "CRITICAL", True) == (
        after.rules.needed,
        after.rules.block,
        after.priority,
        after.rules.reason_to_approve,
    )
    none = (await change(store, "rex", after, cast(), quantity=1_300)).request
    assert (2, "CRITICAL") == (none.rules.needed, none.priority)


async def test_who_cannot_be_done_without_cannot_change_it(store: Store) -> None:
    before = await asked(store, TERMS.model_copy(update={"approvals": 3}))
    decided = await change(store, "ana", before)
    assert decided.refusal is not None
    assert "without you it cannot get the 3 approvals" in decided.words
    assert before == await store.read(records.get, before.id)


async def test_what_would_need_more_people_than_there_are_is_refused_in_other_words(store: Store) -> None:
    many = {"name": "many", "approvals": 4, "ask": [{"role": "sre"}]}
    decided = await change(store, "rex", await asked(store), cast(many))
    assert "Too few people may decide on what it would become to get the 4 approvals" in decided.words


async def test_where_the_editor_was_needed_the_next_level_is_asked(store: Store) -> None:
    ladder = TERMS.model_copy(
        update={"approvals": 3, "escalation": (Rung(at=0.75, add=(Ask(role="manager"),)),)}
    )
    after = (await change(store, "ana", await asked(store, ladder))).request
    assert (1, Status.PENDING) == (after.level, after.status)


async def test_the_deputy_of_an_editor_does_not_decide_either(store: Store) -> None:
    before = await asked(store)
    away = Delegation("ana", "eve", store.clock.now(), store.clock.now() + timedelta(days=1), "")
    await store.transact(seating.delegate, PEOPLE, away, {"sre": frozenset({"manager"})})
    after = (await change(store, "ana", before)).request
    decided = await says(store, "eve", Choice.APPROVE, after)
    assert decided.refusal is not None
    assert "NOT_AN_APPROVER" == decided.refusal.code


@pytest.mark.parametrize(
    ("who", "values", "code"),
    [
        ("eve", {}, "NOT_AN_APPROVER"),
        ("dev", {}, "NOT_AN_APPROVER"),
        ("ana", {"reason": ""}, "INVALID"),
        ("ana", {"quantity": 1_000}, "INVALID"),
        ("ana", {"symbol": "EVIL"}, "INVALID"),
        ("ana", {"quantity": "many"}, "INVALID"),
        ("ana", {"quantity": True}, "INVALID"),
        ("ana", {"quantity": float("inf")}, "INVALID"),
        ("ana", {"tags": ["b"]}, "INVALID"),
        ("ana", {"new.one": 1}, "INVALID"),
        ("ana", {"shown": "00000000"}, "STALE_DIGEST"),
        ("ana", {"version": 7}, "VERSION_CONFLICT"),
    ],
)
async def test_what_cannot_be_changed_is_said_and_stays(
    store: Store, who: str, values: dict[str, Any], code: str
) -> None:
    before = await asked(store)
    decided = await change(store, who, before, **values)
    assert decided.refusal is not None
    assert code == decided.refusal.code
    assert before == await store.read(records.get, before.id)


async def test_without_a_list_nothing_may_be_changed(store: Store) -> None:
    decided = await change(store, "ana", await asked(store, TERMS.model_copy(update={"changes": None})))
    assert "Nothing in it may be changed." in decided.words


async def test_the_end_stays_where_it_was(store: Store, clock: ManualClock) -> None:
    before = await asked(store)
    clock.advance(timedelta(hours=6))
    after = (await change(store, "ana", before)).request
    assert before.expires == after.expires
    clock.advance(timedelta(hours=6))
    for due in await store.read(deadlines.due):
        await store.transact(ageing.on_due, due.ref)
    assert Status.EXPIRED is (await store.read(records.get, before.id)).status
    late = await change(store, "bo", after, quantity=5)
    assert late.refusal is not None
    assert "ALREADY_FINAL" == late.refusal.code


async def test_asking_again_with_the_same_key_is_the_same_question_though_it_was_changed(
    store: Store,
) -> None:
    before = await asked(store)
    after = (await change(store, "ana", before)).request
    assert after == await asked(store)
