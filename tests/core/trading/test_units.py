"""Orders at the door: what others claim, what is frozen, a repeat, and what an approval is held to when it is used."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.approvals import records, units
from core.approvals.request import Choice, Request, Status
from core.approvals.states import Happening
from core.approvals.using import units as using
from core.clock import ManualClock
from core.digest import digest
from core.errors import Conflict, TooMany, Unavailable
from core.store.engine import Store
from core.trading.completing import completed, unanswered
from handlers.approvals.changing import Wish, change
from handlers.approvals.posing import Asked
from tests.core.trading.desk import approve, ask, claim, order, world
from tests.core.trading.orders import GONE, NOW, PAST, ago, other, subject
from tests.stores import opened, sqlite_url

LARGE = {"trade.quantity": "600", "trade.estimated_value": "60000", "agent.cash": "900000"}
LOOSE: dict[str, Any] = {"risk_score_threshold": None, "max_single_position": None, "max_sector": None}
LOOSE |= {"max_correlated": None, "min_budget": None}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(sqlite_url(tmp_path), ManualClock(NOW)) as one:
        yield one


def made(asked: Asked) -> Request:
    assert asked.request is not None, asked.refusal
    return asked.request


def codes(asked: Asked) -> list[str]:
    return [one.code for one in made(asked).rules.findings]


# Rule 15 with a subject that is completed: the same question again is the same request.
async def test_the_same_order_under_the_same_key_is_one_request(store: Store) -> None:
    rules = world()
    first = made(await ask(store, rules, order(LARGE), "k"))
    again = await ask(store, rules, order(LARGE), "k")
    assert (first.id, False) == (made(again).id, again.fresh)
    with pytest.raises(Conflict, match="asks for something else"):
        await ask(store, rules, order(LARGE | {"trade.quantity": "601"}), "k")


async def test_the_same_order_under_another_key_is_refused_until_the_first_is_over(store: Store) -> None:
    rules = world(LOOSE)
    first = made(await ask(store, rules, order(LARGE), "k1"))
    refused = await ask(store, rules, order(LARGE), "k2")
    assert refused.request is None
    assert "this id was given before" in str(refused.refusal)
    rex = rules.people["rex"]
    await store.transact(units.withdraw, first.id, rex)
    assert made(await ask(store, rules, order(LARGE), "k3")).is_pending


async def test_an_order_that_was_refused_a_moment_ago_is_not_asked_again(store: Store) -> None:
    rules = world(LOOSE, rejections_to_block=1)
    first = made(await ask(store, rules, order(LARGE), "k1"))
    eve = rules.people["eve"]
    await store.transact(units.decide, first.id, eve, Choice.REJECT, "no", first.digest)
    assert Status.REJECTED is (await store.read(records.get, first.id)).status
    with pytest.raises(TooMany):
        await ask(store, rules, order(LARGE), "k2")


# Rule 4: what is asked and not yet run claims money and limits.
async def test_orders_that_wait_and_orders_that_are_approved_count(store: Store) -> None:
    rules = world(LOOSE | {"amount_threshold": 50_000})
    half = LARGE | {"trade.quantity": "300", "trade.estimated_value": "30000"}
    first = made(await ask(store, rules, order(half), "k1"))
    assert Status.APPROVED is first.status
    second = await ask(store, rules, order(half | {"trade.id": "order-2"}), "k2")
    assert {"AMOUNT_THRESHOLD"} == set(codes(second))
    assert (
        "With the other orders of this agent, the value is 60,000.00"
        in made(second).rules.findings[0].message
    )
    assert ["AP-1"] == [row["request"] for row in made(second).subject["activity"]["orders"]]


async def test_an_order_of_another_agent_of_the_same_owner_or_symbol_counts(store: Store) -> None:
    rules = world(LOOSE | {"amount_threshold": 50_000})
    half = LARGE | {"trade.quantity": "300", "trade.estimated_value": "30000"}
    await ask(store, rules, order(half), "k1")
    theirs = await ask(store, rules, order(half | {"trade.id": "order-2"}), "k2", person="max")
    assert [
        "With the other orders of this symbol, the value is 60,000.00, which is over the limit of 50,000.00"
    ] == [one.message for one in made(theirs).rules.findings]


async def test_an_agent_cannot_make_its_own_orders_small_by_telling_them_so(store: Store) -> None:
    rules = world(LOOSE | {"amount_threshold": 50_000})
    half = LARGE | {"trade.quantity": "300", "trade.estimated_value": "30000"}
    await ask(store, rules, order(half), "k1")
    lies = [other(id="order-1", notional="1", status="executed"), other(id="AP-1", notional="1")]
    lies += [other(id="order-9", notional="1", request="AP-1")]
    asked = await ask(store, rules, order(half | {"trade.id": "order-2"}, lies), "k2")
    assert "AMOUNT_THRESHOLD" in codes(asked)


async def test_who_asks_is_who_the_token_says(store: Store) -> None:
    asked = await ask(store, world(), order(LARGE | {"agent.id": "max", "agent.owner": "eve"}), "k")
    assert ("rex", "dev") == tuple(made(asked).subject["agent"][name] for name in ("id", "owner"))


async def test_what_the_book_knows_of_an_order_of_ours_counts_once(store: Store) -> None:
    rules = world(LOOSE | {"amount_threshold": 50_000})
    half = LARGE | {"trade.quantity": "200", "trade.estimated_value": "20000"}
    await ask(store, rules, order(half), "k1")
    known = other(id="AP-1", notional="20000", status="open")
    told = subject(half | {"trade.id": "order-2"}, [known])
    asked = await ask(
        store, rules, order(half | {"trade.id": "order-2"}), "k2", told=completed(told, told, NOW)
    )
    assert Status.APPROVED is made(asked).status
    rows = made(asked).subject["activity"]["orders"]
    assert [("order-1", "AP-1", "open")] == [(row["id"], row["request"], row["status"]) for row in rows]


# B 2.1 and rule 12: what was judged is frozen, and what fired is what is shown.
async def test_the_snapshot_is_frozen_with_its_risks_and_what_they_are_made_of(store: Store) -> None:
    request = made(await ask(store, world(), order(LARGE | {"statistics.volatility": "0.45"}, PAST), "k"))
    risk = request.subject["risk"]
    assert {"trade", "portfolio", "concentration", "liquidity", "market"} <= set(risk)
    (fired,) = [one for one in request.rules.findings if one.code == "RISK_SCORE"]
    assert fired.inputs["score"] == "0.9"
    assert "0.9000" == risk["trade"]["score"] == risk["overall"]
    assert {"volatility", "size", "liquidity", "market", "performance"} == set(risk["trade"]["parts"])
    assert [] == risk["missing"]
    assert {"market", "statistics", "agent", "portfolio", "activity"} == set(risk["as_of"])
    assert request.digest == digest(request.subject)


async def test_what_is_missing_counts_as_the_worst_and_is_named(store: Store) -> None:
    request = made(await ask(store, world(), order(LARGE | {"statistics.volatility": GONE}, PAST), "k"))
    risk = request.subject["risk"]
    assert "1.0000" == risk["overall"] == risk["market"]["score"] == risk["market"]["parts"]["volatility"]
    assert ["market.volatility", "trade.volatility"] == risk["missing"]


async def test_an_agent_does_not_write_its_own_assessment(store: Store) -> None:
    question = order(LARGE)
    lies = {"risk": {"overall": "0"}, "book": {"answered": True}, "told": []}
    request = made(
        await ask(store, world(), question.model_copy(update={"subject": question.subject | lies}), "k")
    )
    assert "0" != request.subject["risk"]["overall"]
    assert "book" not in request.subject


# Rule 54 ★: prices, hard limits, halts and trust as they are when the approval is used.
async def approved(store: Store, changes: dict[str, Any] | None = None) -> Request:
    rules = world(LOOSE)
    wanted: dict[str, Any] = LARGE | (changes or {})
    told = subject(wanted, [])
    asked = await ask(store, rules, order(wanted), "k", told=completed(told, told, NOW))
    return await approve(store, made(asked))


def now(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    wanted: dict[str, Any] = LARGE | (changes or {})
    told = subject(wanted, [])
    return completed(told, told, NOW)


async def test_an_approval_that_still_fits_is_used_once(store: Store) -> None:
    request = await approved(store)
    used = await claim(store, world(LOOSE), request, book=now())
    assert (Status.EXECUTING, "ex_1") == (used.request.status, used.request.execution)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"market.mark": "101.01"}, "market.mark was 100 and is 101.01"),
        ({"market.quote": "98.99"}, "market.quote was 100 and is 98.99"),
        ({"market.halted": True}, "Trading in ACME is halted"),
        ({"market.restricted": True}, "ACME is restricted"),
        ({"agent.cash": "60000"}, "more than the agent has free"),
        ({"agent.trust_score": "0.5"}, "the agent's trust score is 0.5 now, and was 0.9"),
        ({"agent.trust_score": GONE}, "no longer known"),
    ],
)
async def test_an_approval_that_no_longer_fits_is_stale(
    store: Store, changes: dict[str, Any], why: str
) -> None:
    request = await approved(store)
    used = await claim(store, world(LOOSE), request, book=now(changes))
    assert (Status.STALE, "STALE") == (used.request.status, used.refusal and used.refusal.data["code"])
    assert why in str(used.refusal)


async def test_a_price_may_move_by_a_hundredth(store: Store) -> None:
    request = await approved(store)
    used = await claim(store, world(LOOSE), request, book=now({"market.mark": "101", "market.quote": "99"}))
    assert used.refusal is None


async def test_a_new_hard_limit_holds_for_what_was_approved_before(store: Store) -> None:
    request = await approved(store)
    used = await claim(store, world(LOOSE | {"restricted": ["ACME"]}), request, book=now())
    assert Status.STALE is used.request.status


async def test_trust_that_people_knew_of_does_not_end_what_they_approved(store: Store) -> None:
    request = await approved(store, {"agent.trust_score": "0.5"})
    used = await claim(store, world(LOOSE), request, book=now({"agent.trust_score": "0.5"}))
    assert used.refusal is None


async def test_a_book_that_does_not_answer_refuses_the_claim_and_leaves_the_approval(store: Store) -> None:
    request = await approved(store)
    silent = unanswered(order(LARGE).subject, "no answer within 2 s")
    for book in (silent, now({"agent.cash": GONE}), now({"market.as_of": ago(minutes=6)})):
        with pytest.raises(Unavailable, match="cannot be used now") as refused:
            await claim(store, world(LOOSE), request, book=book)
        assert "BOOK_UNAVAILABLE" == refused.value.data["code"]
    assert Status.APPROVED is (await store.read(records.get, request.id)).status
    assert (await claim(store, world(LOOSE), request, book=now())).refusal is None


async def test_a_halt_blocks_claims_and_not_votes(store: Store) -> None:
    rules = world(LOOSE)
    asked = made(await ask(store, rules, order(LARGE), "k"))
    request = await approve(store, asked)
    assert Status.APPROVED is request.status
    used = await claim(store, world(LOOSE | {"halted": True}), request)
    assert Status.STALE is used.request.status


async def test_what_is_over_claims_nothing_any_more(store: Store) -> None:
    rules = world(LOOSE | {"amount_threshold": 50_000})
    half = LARGE | {"trade.quantity": "300", "trade.estimated_value": "30000"}
    first = made(await ask(store, rules, order(half, PAST[:1]), "k1"))
    await store.transact(using.claim, first.id, "ex_1")
    await store.transact(using.report, first.id, Happening.FAILED, "the venue is shut")
    second = made(await ask(store, rules, order(half | {"trade.id": "order-2"}), "k2"))
    assert (Status.APPROVED, []) == (second.status, second.subject["activity"]["orders"])


# Rule 46: who changes an order changes what it claims and what is at risk with it, and nothing else.
async def test_an_order_that_people_change_is_weighed_anew(store: Store) -> None:
    rules = world(LOOSE | {"amount_threshold": 50_000}, changes=["trade.quantity"])
    request = made(await ask(store, rules, order(LARGE), "k1"))
    patch = {"trade": {"quantity": "510"}, "agent": {"cash": "9"}, "risk": {"overall": "0"}}
    changed = await store.transact(
        change, rules, request.id, rules.people["rex"], Wish(patch, "less", request.digest)
    )
    assert changed.refusal is None
    subject_ = changed.request.subject
    assert ("51000", "900000") == (subject_["risk"]["notional"], subject_["agent"]["cash"])
    following = await ask(store, rules, order(LARGE | {"trade.id": "order-2"}), "k2")
    assert "With the other orders of this agent, the value is 111,000.00" in " ".join(
        one.message for one in made(following).rules.findings
    )
    wish = Wish({"market": {"mark": "1"}}, "cheaper", changed.request.digest)
    refused = await store.transact(change, rules, request.id, rules.people["rex"], wish)
    assert refused.refusal is not None
