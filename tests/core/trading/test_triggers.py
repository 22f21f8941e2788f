"""Each built-in reason: at its limit, below it, and what must not set it off."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.approvals.limits import TradingLimits
from core.trading import pack
from tests.core.trading.orders import (
    GONE,
    LIMITS,
    NOW,
    OPENS,
    PAST,
    ago,
    asks,
    found,
    held,
    other,
    policy,
    refusals,
    subject,
)


# Rule 5: what remains, of purchases alone.
@pytest.mark.parametrize(
    ("cash", "severity"),
    [("21005.01", None), ("21005", "MEDIUM"), ("11005", "HIGH"), ("5005", "CRITICAL"), ("1005", "CRITICAL")],
)
def test_a_purchase_that_leaves_little_asks(cash: str, severity: str | None) -> None:
    assert ([severity] if severity else []) == [
        one.severity for one in found("LOW_BUDGET", {"agent.cash": cash})
    ]


@pytest.mark.parametrize("cash", ["100", "15000"])
def test_a_sale_never_leaves_too_little(cash: str) -> None:
    changes = {"trade.quantity": "90", "trade.estimated_value": "9000", "agent.cash": cash}
    assert ("LOW_BUDGET" in asks(changes)) == (cash == "15000")
    selling = changes | {"trade.side": "sell"}
    assert "LOW_BUDGET" not in asks(selling)
    assert [] == refusals(selling)


@pytest.mark.parametrize("initial", ["0", "-5"])
def test_a_budget_of_nothing_cannot_be_judged(initial: str) -> None:
    assert ["DATA_GAP"] == asks({"agent.initial_budget": initial})


def test_what_is_under_way_is_spent() -> None:
    under_way = [*PAST, other(11, status="open", notional="69000", at=ago(hours=2))]
    assert "LOW_BUDGET" in asks({}, {"amount_threshold": None}, under_way)
    assert "LOW_BUDGET" not in asks({}, {}, [*PAST, other(11, status="open", notional="69000", side="sell")])


# Rule 6: the session of the venue; trust is a number from 0 to 1.
def first(orders: list[dict[str, Any]], changes: dict[str, Any] | None = None) -> bool:
    return "FIRST_TRADE" in asks(changes, {}, orders)


def test_the_first_order_is_the_first_until_one_was_executed_in_this_session() -> None:
    assert first([])
    assert not first([other(at=OPENS.isoformat())])
    assert first([other(at=ago(hours=1, seconds=1))])
    assert first([other(agent="max")])
    for status in ("pending", "approved", "executing", "open"):
        assert first([other(status=status)]), status


def test_a_session_that_is_not_now_asks() -> None:
    for changes in (
        {"market.session": {"opens": ago(hours=3), "closes": NOW.isoformat()}},
        {"market.session": {"opens": ago(hours=-1), "closes": ago(hours=-3)}},
        {"market.session": {"opens": ago(hours=3), "closes": ago(hours=4)}},
    ):
        assert "DATA_GAP" in asks(changes)


def test_the_orders_of_the_session_must_be_known() -> None:
    limits = {"amount_threshold": None, "patterns": None}
    assert [] == asks({"activity.since": OPENS.isoformat()}, limits)
    assert ["DATA_GAP"] == asks({"activity.since": ago(minutes=50)}, limits)


@pytest.mark.parametrize(
    ("score", "severity"),
    [("0.61", None), ("0.6", "HIGH"), ("0.2", "HIGH"), ("0.12", "CRITICAL"), (0, "CRITICAL")],
)
def test_little_trust_asks(score: Any, severity: str | None) -> None:
    assert ([severity] if severity else []) == [
        one.severity for one in found("LOW_TRUST", {"agent.trust_score": score})
    ]


@pytest.mark.parametrize("score", [GONE, "65", "-0.1", "high", None])
def test_trust_that_is_not_known_is_too_little(score: Any) -> None:
    assert {"LOW_TRUST", "DATA_GAP"} == set(asks({"agent.trust_score": score}))


# Rules 10 ★ and 11: the score is the worst part, and every part is told.
@pytest.mark.parametrize(
    "changes",
    [
        {"statistics.average_volume": "1"},
        {"portfolio.net_value": "333"},
        {"statistics.volatility": "0.36"},
        {"statistics.vix": "28"},
        {"agent.win_rate": "0.3"},
    ],
)
def test_one_extreme_part_asks_whatever_the_others_are(changes: dict[str, Any]) -> None:
    (risk,) = found("RISK_SCORE", changes)
    assert {"volatility", "size", "liquidity", "market", "performance"} == set(risk.inputs["components"])
    assert all(name in risk.message for name in risk.inputs["components"])
    assert float(risk.inputs["mean"]) < 0.7


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("statistics.volatility", "volatility"),
        ("statistics.average_volume", "liquidity"),
        ("statistics.vix", "market"),
        ("agent.win_rate", "performance"),
        ("portfolio.net_value", "size"),
    ],
)
@pytest.mark.parametrize("value", [GONE, "NaN"])
def test_a_missing_part_counts_as_the_worst_and_is_told(path: str, part: str, value: Any) -> None:
    (risk,) = found("RISK_SCORE", {path: value})
    assert ("1", [part], "1") == (
        risk.inputs["score"],
        risk.inputs["missing"],
        risk.inputs["components"][part],
    )
    assert f"{part} 1.00 (missing)" in risk.message
    assert "DATA_GAP" in asks({path: value})


@pytest.mark.parametrize(
    "changes",
    [
        {"agent.win_rate": "65"},
        {"statistics.volatility": "35"},
        {"statistics.volatility": "0"},
        {"statistics.vix": "0.16"},
        {"statistics.average_volume": "0"},
    ],
)
def test_a_part_in_another_unit_is_missing(changes: dict[str, Any]) -> None:
    assert {"DATA_GAP", "RISK_SCORE"} == set(asks(changes))


@pytest.mark.parametrize(
    ("volatility", "severity"),
    [
        ("0.3499", None),
        ("0.35", "MEDIUM"),
        ("0.4249", "MEDIUM"),
        ("0.425", "HIGH"),
        ("0.4699", "HIGH"),
        ("0.47", "CRITICAL"),
        ("0.5", "CRITICAL"),
    ],
)
def test_a_score_is_as_grave_as_little_is_left_to_its_end(volatility: str, severity: str | None) -> None:
    found_ = found("RISK_SCORE", {"statistics.volatility": volatility})
    assert ([severity] if severity else []) == [one.severity for one in found_]


def test_a_missing_part_makes_a_score_high_and_only_a_known_one_critical() -> None:
    assert ["HIGH"] == [one.severity for one in found("RISK_SCORE", {"statistics.vix": GONE})]
    both = {"statistics.vix": GONE, "statistics.volatility": "0.49"}
    assert ["CRITICAL"] == [one.severity for one in found("RISK_SCORE", both)]


def test_the_version_of_the_weights_is_kept() -> None:
    weights = {
        "version": "2026-03",
        "volatility": 1,
        "size": 0,
        "liquidity": 0,
        "market": 0,
        "performance": 0,
    }
    (risk,) = found("RISK_SCORE", {"statistics.vix": "39"}, {"risk_weights": weights})
    assert ("2026-03", "0.400", "0.975") == (
        risk.inputs["weights"],
        risk.inputs["mean"],
        risk.inputs["score"],
    )


# Rules 8 ★ and 9 ★ at the front door; the sums are in test_concentration.
def test_a_position_over_its_limit_can_be_sold_down() -> None:
    book = {
        "portfolio.positions": [held(quantity="6000", value="600000")],
        "trade.quantity": "1000",
        "trade.estimated_value": "100000",
    }
    calm = {"amount_threshold": None, "patterns": None, "risk_score_threshold": None}
    assert [] == asks(book | {"trade.side": "sell"}, calm)
    assert "CONCENTRATION_LIMIT" in asks(
        book | {"agent.cash": "900000", "agent.initial_budget": "900000"}, calm
    )


def test_a_reducing_order_is_held_to_everything_else() -> None:
    selling = {"trade.side": "sell", "agent.trust_score": "0.1", "market.halted": True}
    assert ["LOW_TRUST"] == asks(selling)
    assert ["HALTED"] == refusals(selling)


def test_a_short_position_counts_as_much_as_a_long_one() -> None:
    short = {"trade.side": "sell", "trade.quantity": "40000", "trade.estimated_value": "4000000"}
    short |= {"market.borrowable": "50000", "agent.cash": "9000000"}
    (one, *_) = found("CONCENTRATION_LIMIT", short)
    assert (
        "The position in ACME would be 399.00% of the portfolio, which is over the limit of 25.00%"
        == one.message
    )
    assert "CRITICAL" == one.severity


def test_a_share_at_its_limit_asks() -> None:
    limits = {
        "max_sector": None,
        "max_correlated": None,
        "amount_threshold": None,
        "risk_score_threshold": None,
        "patterns": None,
    }
    rich = {"agent.cash": "900000", "agent.initial_budget": "900000", "trade.estimated_value": GONE}
    assert [] == asks(rich | {"trade.quantity": "2399.99"}, limits)
    (at,) = found("CONCENTRATION_LIMIT", rich | {"trade.quantity": "2400"}, limits)
    assert ("HIGH", True) == (at.severity, "is at the limit of 25.00%" in at.message)


def test_what_has_no_known_sector_is_a_sector_of_its_own() -> None:
    nowhere = held("BOLT", "50", "395000", sector=None)
    changes = {"market.sector": GONE, "portfolio.positions": [nowhere]}
    assert [] == asks(changes)
    (one,) = found("CONCENTRATION_LIMIT", changes, {"max_unknown_sector": 0.3})
    assert "What has no known sector would be 39.60%" in one.message


def test_what_moves_together_is_told_with_its_group_window_and_coefficient() -> None:
    changes = {
        "portfolio.positions": [held("BOLT", "50", "-600000", sector="metal")],
        "statistics.correlations.with": {"BOLT": "-0.7"},
    }
    (one,) = found("CONCENTRATION_LIMIT", changes)
    assert (["ACME", "BOLT"], "90d", "0.7") == (
        one.inputs["group"],
        one.inputs["window"],
        one.inputs["coefficient"],
    )
    assert "0.7 or more over 90d" in one.message
    assert [] == asks(changes | {"statistics.correlations.with": {"BOLT": "0.69"}})


@pytest.mark.parametrize("pairs", [{}, {"BOLT": "NaN"}, {"BOLT": 2}, {"bolt": "0.1"}])
def test_a_holding_without_a_correlation_counts_as_one_that_moves_along_and_asks(
    pairs: dict[str, Any],
) -> None:
    changes = {
        "portfolio.positions": [held("BOLT", "50", "600000", sector="metal")],
        "statistics.correlations.with": pairs,
    }
    assert {"DATA_GAP", "CONCENTRATION_LIMIT"} == set(asks(changes))


@given(st.decimals(0, 1, places=3))
def test_trust_passes_only_above_its_least(score: Any) -> None:
    assert (score > 0) == ("LOW_TRUST" not in asks({"agent.trust_score": str(score)}, {"min_trust_score": 0}))


def test_what_moves_together_is_looked_at_where_sectors_are_unless_it_is_left_out() -> None:
    changes = {
        "portfolio.positions": [held("BOLT", "50", "400000", sector="metal")],
        "statistics.correlations.with": {"BOLT": "0.9"},
    }
    bare = {key: value for key, value in LIMITS.items() if key != "max_correlated"}

    def codes(limits: dict[str, Any]) -> list[str]:
        written = policy().model_copy(update={"limits": TradingLimits.model_validate(limits)})
        return [one.code for one in pack.judge(written, subject(changes), NOW)[0]]

    assert ["CONCENTRATION_LIMIT"] == codes(bare)
    assert [] == codes(bare | {"max_correlated": None})
    assert [] == codes(bare | {"max_correlated": "0.5"})
