"""The last step of the escalation, and how many people must be there at least."""

from datetime import timedelta

import pytest

from core.approvals import records, units
from core.approvals.ageing import units as ageing
from core.approvals.config import Policy
from core.approvals.escalation import UNTOLD
from core.approvals.policy import evaluate
from core.approvals.request import Ask, Choice, Request, Rung, Status, Terms
from core.approvals.seating import units as seating
from core.clock import ManualClock
from core.errors import Invalid
from core.store import events
from core.store.engine import Store
from tests.core.approvals.people import PEOPLE, TEAMS, draft
from tests.stores import START

LAST = Rung(at=1.0, add=(Ask(role="manager"), Ask(person="bo")), timeout=timedelta(hours=1), emergency=True)
TERMS = Terms(
    ask=(Ask(role="security"), Ask(person="ana")), approvals=2, timeout=timedelta(hours=8), escalation=(LAST,)
)


async def asked(store: Store, terms: Terms = TERMS) -> Request:
    return await store.transact(units.ask, draft(terms=terms), PEOPLE, TEAMS)


async def says(store: Store, request: Request, who: str, choice: Choice = Choice.APPROVE) -> Request:
    said = (request.id, PEOPLE[who], choice, "because", request.digest)
    return (await store.transact(units.decide, *said)).request


async def steps(store: Store, request: Request) -> list[tuple[str, bool, list[str]]]:
    found = [
        it["data"]
        for it in await store.read(events.history, request.id)
        if it["kind"] == "approval.escalated"
    ]
    return [(it["cause"], it["emergency"], sorted(it["added"])) for it in found]


async def test_at_the_deadline_the_emergency_list_is_asked_and_has_an_hour(
    store: Store, clock: ManualClock
) -> None:
    request = await asked(store)
    clock.advance(timedelta(hours=8))
    await store.transact(ageing.on_due, request.id)
    now = await store.read(records.get, request.id)
    assert (Status.PENDING, START + timedelta(hours=9)) == (now.status, now.expires)
    assert [("TIME", True, ["bo", "eve"])] == await steps(store, request)
    clock.advance(timedelta(hours=1))
    await store.transact(ageing.on_due, request.id)
    assert Status.EXPIRED is (await store.read(records.get, request.id)).status


async def test_an_unreachable_quorum_asks_the_emergency_list_and_still_takes_as_many(store: Store) -> None:
    request = await asked(store)
    now = await says(store, request, "ana", Choice.ABSTAIN)
    assert (Status.PENDING, 1) == (now.status, now.level)
    assert [("UNREACHABLE", True, ["bo", "eve"])] == await steps(store, request)
    now = await says(store, request, "eve")
    assert (Status.PENDING, 2) == (now.status, now.rules.needed)
    assert Status.APPROVED is (await says(store, request, "bo")).status


async def test_a_role_that_must_agree_must_in_an_emergency_too(store: Store) -> None:
    terms = TERMS.model_copy(update={"ask": (Ask(role="security", must=True), Ask(person="ana"))})
    request = await asked(store, terms)
    await store.transact(ageing.widen, request.id, UNTOLD)
    for who in ("eve", "bo"):
        assert Status.PENDING is (await says(store, request, who)).status
    assert Status.APPROVED is (await says(store, request, "chi")).status
    assert [("UNTOLD", True, ["bo", "eve"])] == await steps(store, request)


async def test_after_the_emergency_list_an_unreachable_quorum_is_refused(store: Store) -> None:
    request = await asked(store)
    for who in ("ana", "chi", "bo"):
        await says(store, request, who, Choice.ABSTAIN)
    now = await says(store, request, "eve", Choice.ABSTAIN)
    assert now.final is not None
    assert (Status.REJECTED, "QUORUM_UNREACHABLE") == (now.status, now.final.code)


async def test_an_early_emergency_is_not_due_again_at_the_deadline(store: Store, clock: ManualClock) -> None:
    request = await asked(store)
    await store.transact(ageing.widen, request.id, UNTOLD)
    clock.advance(timedelta(hours=8))
    await store.transact(ageing.on_due, request.id)
    now = await store.read(records.get, request.id)
    assert (Status.EXPIRED, 1) == (now.status, len(await steps(store, request)))


async def test_fewer_people_than_the_minimum_ask_the_next_step_at_once_and_when_somebody_leaves(
    store: Store,
) -> None:
    few = TERMS.model_copy(update={"minimum": 3, "approvals": 1})
    request = await asked(store, few)
    assert (1, [("TOO_FEW", True, ["bo", "eve"])]) == (request.level, await steps(store, request))
    enough = TERMS.model_copy(update={"minimum": 2, "approvals": 1})
    again = await store.transact(units.ask, draft("k2", terms=enough), PEOPLE, TEAMS)
    assert 0 == again.level
    left = {**PEOPLE, "ana": PEOPLE["ana"].model_copy(update={"active": False})}
    await store.transact(seating.people_changed, left, TEAMS)
    assert 1 == (await store.read(records.get, again.id)).level


async def test_what_too_few_people_could_ever_decide_is_refused(store: Store) -> None:
    with pytest.raises(Invalid, match="At least 5 people must be there"):
        await asked(store, TERMS.model_copy(update={"minimum": 5}))


def test_the_emergency_lists_of_all_policies_are_one_last_step_with_the_longest_time() -> None:
    policies = [
        Policy.model_validate(
            {
                "name": name,
                "applies_to": "trade",
                "ask": [{"role": "sre"}],
                "minimum_approvers": least,
                "escalation": [{"at": "50%", "add": [{"role": "manager"}]}] if least > 1 else [],
                "emergency": {"ask": [{"role": role}], "timeout": time},
            }
        )
        for name, role, time, least in (("a", "security", "1h", 1), ("b", "manager", "3h", 2))
    ]
    terms = evaluate(policies, "trade", {}, START).terms
    assert terms is not None
    assert 2 == terms.minimum
    last = terms.escalation[-1]
    assert (2, True, timedelta(hours=3)) == (len(terms.escalation), last.emergency, last.timeout)
    assert ["security", "manager"] == [ask.name for ask in last.add]
