"""What programs ask again, ask about beforehand, and use although nobody had to be asked."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.approvals import units
from core.approvals.policy import Verdict
from core.approvals.request import Choice, Request, Status
from core.clock import ManualClock
from core.errors import Conflict, Invalid
from core.people.person import Person
from core.store.engine import Store
from core.trading.completing import completed
from core.world import World
from handlers.approvals import posing
from handlers.approvals.asking import AskOf, Question
from handlers.approvals.changing import Wish, change
from tests.core.trading.desk import PEOPLE, ask, caller, claim, order, world
from tests.core.trading.orders import NOW, subject
from tests.stores import opened, sqlite_url

HALF = {"trade.quantity": "300", "trade.estimated_value": "30000", "agent.cash": "900000"}
LOOSE: dict[str, Any] = {"risk_score_threshold": None, "max_single_position": None, "max_sector": None}
LOOSE |= {"max_correlated": None, "min_budget": None}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(sqlite_url(tmp_path), ManualClock(NOW)) as one:
        yield one


async def refused(store: Store, rules: World, question: Question, key: str, told: Any = None) -> Request:
    asked = await ask(store, rules, question, key, told=told)
    assert asked.request is not None
    eve, now = PEOPLE["eve"], asked.request
    decided = await store.transact(units.decide, now.id, eve, Choice.REJECT, "no", now.digest)
    assert Status.REJECTED is decided.request.status
    return decided.request


def later(store: Store) -> None:
    assert isinstance(store.clock, ManualClock)
    store.clock.advance(timedelta(hours=1))


# Rule 73: a new try is linked to the one that was refused, and shows it.
async def test_an_order_that_the_book_completes_is_known_by_what_its_program_asked(store: Store) -> None:
    rules = world(LOOSE | {"amount_threshold": 10_000}, rejections_to_block=1)
    quotes = [
        completed(told := subject(HALF | {"market.mark": mark}, []), told, NOW) for mark in ("100", "101")
    ]
    first = await refused(store, rules, order(HALF), "k1", quotes[0])
    later(store)
    again = (await ask(store, rules, order(HALF), "k2", told=quotes[1])).request
    assert again is not None
    assert first.digest != again.digest
    assert (first.id, True) == (again.previous, "ASKED_BEFORE" in [one.code for one in again.rules.findings])


async def test_what_people_had_changed_is_known_by_what_was_asked_at_first(store: Store) -> None:
    rules = world(rejections_to_block=1)
    question = Question(
        kind="deploy",
        title="Deploy",
        subject={"share": 50},
        ask=[{"role": "manager"}],
        changeable=["share"],
    )
    asked = (await ask(store, rules, question, "k1")).request
    assert asked is not None
    wish = Wish({"share": 10}, "less", asked.digest)
    changed = (await store.transact(change, rules, asked.id, PEOPLE["rex"], wish)).request
    assert asked.digest != changed.digest
    await store.transact(units.decide, asked.id, PEOPLE["eve"], Choice.REJECT, "no", changed.digest)
    later(store)
    again = (await ask(store, rules, question, "k2")).request
    assert again is not None
    assert asked.id == again.previous


# Rule 4: whoever looks beforehand is told what asking would say, other orders that wait counted in.
async def test_what_a_question_would_need_counts_what_waits_and_claims_nothing(store: Store) -> None:
    rules = world(LOOSE | {"amount_threshold": 50_000})
    await ask(store, rules, order(HALF), "k1")
    other = order(HALF | {"trade.id": "order-2"})
    said: list[Verdict] = [await store.transact(posing.judge, caller(rules), other) for _ in range(2)]
    asked = (await ask(store, rules, other, "k2")).request
    assert asked is not None
    assert {"AMOUNT_THRESHOLD"} == {one.code for one in asked.rules.findings}
    assert [asked.rules.findings] * 2 == [one.findings for one in said]
    assert 60_000 == float(asked.rules.findings[0].inputs["value"])


# Rule 54: what nobody had to be asked about is held to the world as it is when it is used, too.
@pytest.mark.parametrize("kind", ["trade", "order"])
async def test_what_passed_by_itself_is_held_to_the_book_when_it_is_used(store: Store, kind: str) -> None:
    rules = world(LOOSE)
    question = order(HALF).model_copy(update={"kind": kind, "policy": "trades"})
    told = subject(HALF, [])
    passed = (await ask(store, rules, question, "k", told=completed(told, told, NOW))).request
    assert passed is not None
    assert (Status.APPROVED, "policy:none") == (passed.status, passed.final and passed.final.actor)
    halted = subject(HALF | {"market.halted": True}, [])
    used = await claim(store, rules, passed, book=completed(halted, halted, NOW))
    assert (Status.STALE, True) == (used.request.status, "is halted" in str(used.refusal))


async def test_what_passed_by_itself_is_used_while_it_is_good_and_not_asked_after(store: Store) -> None:
    minutes = timedelta(minutes=5)
    question = Question(kind="deploy", title="Deploy", valid_until=NOW + minutes)
    passed = (await ask(store, world(), question, "k1")).request
    assert passed is not None
    assert (Status.APPROVED, NOW + minutes) == (passed.status, passed.approved_until)
    later(store)
    with pytest.raises(Conflict, match="cannot be used"):
        await claim(store, world(), passed)
    with pytest.raises(Invalid, match="is over"):
        await ask(store, world(), question, "k2")


# Rule 73 and the door for programs: what a program says itself only tightens. A friend whom it names is one more who could say yes.
async def test_a_program_names_nobody_besides_those_whom_the_policies_ask(store: Store) -> None:
    pal = Person(id="pal", name="Pal", roles=frozenset({"friend"}))
    known = world(LOOSE | {"amount_threshold": 10_000})
    rules = replace(known, people=PEOPLE | {"pal": pal}, roles={**known.roles, "friend": frozenset()})
    for friend in ({"person": "pal"}, {"role": "friend"}):
        with pytest.raises(Invalid, match="would be somebody else"):
            await ask(store, rules, order(HALF).model_copy(update={"ask": (AskOf(**friend),)}), str(friend))
    asked = (await ask(store, rules, order(HALF), "k")).request
    assert asked is not None
    named = order(HALF | {"trade.id": "order-2"}).model_copy(
        update={"ask": (AskOf(person="eve", must=True),)}
    )
    stricter = (await ask(store, rules, named, "k2")).request
    assert stricter is not None
    assert {seat.person for seat in asked.seats} == {seat.person for seat in stricter.seats}
    assert ("eve",) == stricter.rules.must
