"""The whole pack: silence about a calm order, every reason about another, and never silence about bad data."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.approvals.limits import PACK_TRIGGERS
from core.approvals.policy import Answer, evaluate
from core.trading import hard, pack, triggers
from core.world import PACKS
from tests.core.trading.orders import (
    GONE,
    NOW,
    PAST,
    ago,
    asks,
    judged,
    other,
    policy,
    refusals,
    subject,
)

NEEDED = (
    *("trade.id", "trade.symbol", "trade.side", "trade.quantity", "trade.currency", "trade.fees"),
    *("market.as_of", "market.mark", "market.multiplier", "market.halted", "market.restricted"),
    *("market.session", "market.session.opens", "market.session.closes"),
    *("statistics.as_of", "statistics.volatility", "statistics.average_volume", "statistics.vix"),
    *("statistics.correlations", "statistics.correlations.window"),
    *("agent.as_of", "agent.id", "agent.owner", "agent.cash", "agent.initial_budget"),
    *("agent.trust_score", "agent.win_rate"),
    *("portfolio.as_of", "portfolio.net_value", "portfolio.currency", "portfolio.positions"),
    *("activity.as_of", "activity.since", "activity.orders"),
    *("trade", "market", "statistics", "agent", "portfolio", "activity"),
)
NUMBERS = (
    *("trade.quantity", "trade.fees", "trade.estimated_value", "market.mark", "market.quote"),
    *("market.multiplier", "statistics.volatility", "statistics.average_volume", "statistics.vix"),
    *("agent.cash", "agent.initial_budget", "agent.trust_score", "agent.win_rate", "portfolio.net_value"),
)
BAD_NUMBERS: tuple[Any, ...] = (
    math.nan,
    "NaN",
    "sNaN",
    math.inf,
    "-Infinity",
    True,
    "much",
    [],
    {},
    "9" * 65,
    10**400,
    "1e99999",
)
json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def test_nothing_is_said_of_a_calm_order() -> None:
    assert ((), ()) == judged()
    assert ([], []) == (asks(), refusals())
    assert Answer.ALLOW is evaluate([policy()], "trade", subject(), NOW, PACKS).answer


@pytest.mark.parametrize("path", NEEDED)
def test_what_is_missing_asks(path: str) -> None:
    (gap,) = [one for one in judged({path: GONE})[0] if one.code == "DATA_GAP" and "values" in one.inputs]
    assert "HIGH" == gap.severity
    assert any(known.startswith(path) for known in gap.inputs["values"])


@pytest.mark.parametrize("path", NUMBERS)
@pytest.mark.parametrize("value", BAD_NUMBERS)
def test_what_is_no_number_asks(path: str, value: Any) -> None:
    (gap,) = [one for one in judged({path: value})[0] if one.code == "DATA_GAP"]
    assert path in gap.inputs["values"]


@pytest.mark.parametrize("part", ["market", "statistics", "agent", "portfolio", "activity"])
@pytest.mark.parametrize("at", [ago(days=30), ago(days=-1), "soon", "2026-03-02T09:00", 5])
def test_what_is_old_not_yet_there_or_of_no_zone_asks(part: str, at: Any) -> None:
    (gap,) = judged({f"{part}.as_of": at})[0]
    assert ("DATA_GAP", "HIGH") == (gap.code, gap.severity)
    assert [f"{part}.as_of"] == [*gap.inputs["values"]]


@pytest.mark.parametrize(
    ("part", "age"),
    [("market", 300), ("agent", 900), ("portfolio", 900), ("activity", 900), ("statistics", 345_600)],
)
def test_data_may_be_exactly_as_old_as_its_limit(part: str, age: int) -> None:
    assert [] == asks({f"{part}.as_of": ago(seconds=age)})
    assert ["DATA_GAP"] == asks({f"{part}.as_of": ago(seconds=age + 1)})
    assert [] == asks(
        {f"{part}.as_of": ago(seconds=age + 1)},
        {"max_age": {"quote": "9h", "book": "9h", "statistics": "9d"}},
    )


@pytest.mark.parametrize(
    "orders", [{}, "none", [5], [other(status="gone")], [other(quantity=0)], [other(at="x")]]
)
def test_other_orders_that_cannot_be_read_ask(orders: Any) -> None:
    assert "DATA_GAP" in asks(orders=orders if not isinstance(orders, list) else [*PAST, *orders])


def test_more_rows_than_are_looked_at_ask() -> None:
    many = [other(number, at=ago(days=2)) for number in range(500)]
    assert [] == asks({"market.session.opens": ago(days=3)}, {"amount_threshold": None}, many)
    (gap, *_) = judged({}, {"amount_threshold": None}, [*many, other(id="order-1")])[0]
    assert {"activity.orders": "has 501 rows, and may have 500"} == gap.inputs["values"]


def test_of_very_many_gaps_some_are_kept_and_all_are_counted() -> None:
    (gap, *_) = [one for one in judged(orders=[{}] * 500)[0] if one.code == "DATA_GAP"]
    assert 50 == len(gap.inputs["values"])
    assert gap.inputs["more"] > 4_000
    assert len(gap.message) < 400


def test_a_statistic_that_no_limit_needs_is_not_asked_for() -> None:
    limits = {"risk_score_threshold": None, "max_correlated": None}
    assert [] == asks({"statistics": GONE}, limits)


def test_every_reason_is_told_not_only_the_first() -> None:
    changes = {"trade.quantity": "800", "trade.estimated_value": "80000", "agent.trust_score": "0.1"}
    changes |= {"statistics.volatility": "0.5", "portfolio.net_value": "200000"}
    found = set(asks(changes, {"patterns": {"size": 3}}, PAST))
    wanted = {
        "AMOUNT_THRESHOLD",
        "RISK_SCORE",
        "CONCENTRATION_LIMIT",
        "LOW_BUDGET",
        "LOW_TRUST",
        "UNUSUAL_PATTERN",
    }
    assert wanted == found


def test_what_is_refused_cannot_be_asked_for() -> None:
    said = evaluate(
        [policy()], "trade", subject({"market.halted": True, "agent.trust_score": "0"}), NOW, PACKS
    )
    assert Answer.DENY is said.answer
    assert ["HALTED"] == [one.code for one in said.findings]
    assert said.terms is None


@pytest.mark.parametrize("junk", [[1] * 501, {"n": 2**70}, math.nan])
def test_an_order_cannot_be_padded_until_what_is_forbidden_becomes_a_question(junk: Any) -> None:
    padded = subject({"market.restricted": True}) | {"junk": junk}
    assert Answer.DENY is evaluate([policy()], "trade", padded, NOW, PACKS).answer
    conditional = policy(when='subject.desk == "a"')
    assert (
        Answer.DENY is evaluate([conditional], "trade", subject({"market.halted": True}), NOW, PACKS).answer
    )
    assert Answer.REQUIRE is evaluate([policy()], "trade", subject() | {"junk": junk}, NOW, PACKS).answer


def test_a_policy_that_denies_refuses_what_its_pack_would_ask_about() -> None:
    strict = policy(effect="deny", ask=[])
    assert Answer.DENY is evaluate([strict], "trade", subject({"agent.trust_score": "0"}), NOW, PACKS).answer
    assert Answer.ALLOW is evaluate([strict], "trade", subject(), NOW, PACKS).answer


def test_a_rule_that_fails_asks_and_the_others_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(case: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(hard, "CHECKS", (fails, *hard.CHECKS))
    found, refused = judged({"market.halted": True})
    assert [("DATA_GAP", "HIGH")] == [(one.code, one.severity) for one in found]
    assert ["HALTED"] == [one.code for one in refused]


def test_a_pack_that_fails_asks() -> None:
    def fails(*_: Any) -> Any:
        raise RuntimeError

    said = evaluate([policy()], "trade", subject(), NOW, {"trading": fails})
    assert Answer.REQUIRE is said.answer
    assert ["DATA_GAP"] == [one.code for one in said.findings]


def test_without_limits_what_always_holds_still_holds() -> None:
    bare = policy().model_copy(update={"limits": None})
    assert ((), ()) == pack.judge(bare, subject(), NOW)
    assert ["HALTED"] == [one.code for one in pack.judge(bare, subject({"market.halted": True}), NOW)[1]]


def test_what_was_judged_is_kept_with_its_moment_and_the_policy_with_its_hash() -> None:
    said = evaluate([policy()], "trade", subject({"trade.quantity": "600"}), NOW, PACKS)
    (amount,) = [
        one for one in said.findings if one.code == "AMOUNT_THRESHOLD" and one.inputs["value"] == "60000"
    ]
    assert {"value", "limit", "notional", "price", "as_of"} == set(amount.inputs)
    assert ago(seconds=30) == amount.inputs["as_of"]
    assert said.terms is not None
    other_version = evaluate(
        [policy({"amount_threshold": 50_001})], "trade", subject({"trade.quantity": "600"}), NOW, PACKS
    )
    assert other_version.terms is not None
    assert other_version.terms.policy_hash != said.terms.policy_hash


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"risk_weights": {"volatility": 0.9}}, "come to 1"),
        ({"multiples": {"medium": 9}}, "do not rise"),
        ({"max_sector": 25}, "less than or equal to 1"),
        ({"amount_treshold": 5}, "Extra inputs"),
        ({"amount_threshold": math.nan}, "finite"),
    ],
)
def test_limits_that_make_no_sense_are_not_loaded(limits: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        policy(limits)


def test_limits_are_kept_exactly() -> None:
    limits = policy().limits
    assert limits is not None
    assert ["0.25", "0.4", "0.6", "50000"] == [
        str(one)
        for one in (
            limits.max_single_position,
            limits.max_sector,
            limits.min_trust_score,
            limits.amount_threshold,
        )
    ]


@given(json, st.sampled_from(["", *NEEDED]))
def test_whatever_is_told_never_raises_and_nothing_unreadable_passes(value: Any, path: str) -> None:
    told = subject({path: value}) if path else {"trade": value, "market": value, "activity": value}
    found, _ = pack.judge(policy(), told, NOW)
    if not path:
        assert "DATA_GAP" in [one.code for one in found]


def test_every_reason_of_the_pack_is_one_that_a_policy_can_name() -> None:
    codes = {vars(module)["CODE"] for module in vars(triggers).values() if hasattr(module, "CODE")}
    assert codes == set(PACK_TRIGGERS["trading"])
