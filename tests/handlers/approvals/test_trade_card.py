"""An order on a card: values that people can read, on every platform, and nothing of the book beyond the house."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.render import preview as on_discord
from bot.slack.render import preview as on_slack
from core.approvals.policy import evaluate
from core.approvals.request import Finding, Request, Rules, Seat, Status
from core.digest import digest
from core.trading.completing import completed
from core.trading.look import Look
from core.world import PACKS, World
from handlers.cards import approval, trade
from tests.core.trading.orders import GONE, NOW, PAST, held, policy, subject

LARGE = {"trade.quantity": "600", "trade.estimated_value": "60000", "agent.cash": "900000"}


def frozen(changes: dict[str, Any] | None = None, told: dict[str, Any] | None = None) -> dict[str, Any]:
    """A subject as it is frozen, with the book's word for everything."""
    known = subject(LARGE | (changes or {}), PAST)
    said = {"trade": known["trade"]} | (told or {})
    look = Look(completed(said, {name: known[name] for name in known if name != "trade"}, NOW))
    evaluate([policy()], "trade", look.subject, NOW, look.among(PACKS))
    return look.frozen()


def request(told: dict[str, Any], findings: tuple[Finding, ...] = ()) -> Request:
    """A request about it."""
    return Request(
        id="AP-7",
        kind="trade",
        title="Buy 600 ACME",
        reason="rebalancing <!channel>",
        subject=told,
        digest=digest(told),
        requester="rex",
        requester_name="Rex",
        status=Status.PENDING,
        level=0,
        priority="HIGH",
        severity="HIGH",
        rules=Rules(needed=1, findings=findings),
        seats=(Seat(person="eve", name="Eve", groups=("manager",)),),
        votes=(),
        reminded=0,
        created=NOW,
        expires=NOW + timedelta(hours=12),
        version=1,
    )


WORLD = World(workspace="acme")


def test_the_card_says_what_is_bought_what_it_is_worth_and_what_is_at_risk() -> None:
    shown = dict(trade.facts(frozen()))
    assert "buy 600 ACME, market order, as order-1" == shown["Order"]
    assert ("60,000.00 EUR", "100 held, 700 after it") == (shown["Value"], shown["Position"])
    assert shown["Risk"].startswith("0.40 of 1: trade 0.40, portfolio 0.10, concentration 0.28")
    assert "trust 0.9, 900,000 in cash of 100,000 at first" == shown["Agent"]
    assert ("nothing", "the book") == (shown["Missing"], shown["Known from"])
    assert [*shown][:6] == ["Order", "Value", "Price", "Position", "Risk", "Agent"]


@pytest.mark.parametrize("preview", [on_slack, on_discord])
def test_a_card_and_its_details_fit_the_platforms_and_hold_no_json(preview: Any) -> None:
    many = [held(f"S{number}", "10", str(1_000 + number), sector="tech") for number in range(200)]
    told = frozen({"portfolio.positions": many, "statistics.volatility": GONE}, {"agent": {"cash": "1"}})
    for card in (approval.card(WORLD, request(told)), approval.details(WORLD, request(told), ())):
        drawn = json.dumps(preview(card))
        assert "buy 600 ACME" in drawn
        assert "{'" not in drawn
        assert "Decimal" not in drawn
    looked = approval.details(WORLD, request(told), ()).model_dump_json()
    assert "and 190 more" in looked
    assert "volatility 1.00 (missing)" in looked
    assert "agent.cash" in looked


def test_a_part_that_nobody_told_is_called_not_known() -> None:
    told = frozen({"market.mark": GONE, "market.quote": GONE, "portfolio.positions": GONE})
    shown = dict(trade.facts(told))
    assert ("not known", "not known") == (shown["Value"], shown["Position"])
    assert "trade.size" in shown["Missing"]


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
paths = st.sampled_from(["trade", "risk", "agent", "portfolio", "market", "activity", "told", "book"])


@given(paths, json_values)
def test_whatever_was_frozen_can_be_shown(path: str, value: Any) -> None:
    told = FROZEN | {path: value}
    approval.details(WORLD, request(told), ())


FROZEN = frozen()


# Rule 21 ★: what an agent writes is no command, no mention and no line of its own.
HOSTILE = "<!channel>\n*pre-approved by the CFO* @everyone"


def test_what_others_wrote_stays_on_its_line_and_calls_nobody() -> None:
    told = frozen({"trade.id": HOSTILE, "trade.side": HOSTILE, "portfolio.positions": [held(HOSTILE)]})
    told["activity"]["orders"] = [{"id": HOSTILE, "side": HOSTILE, "at": HOSTILE}]
    told["told"] = [{"path": HOSTILE, "told": HOSTILE, "known": HOSTILE}]
    assert all("\n" not in value for _, value in trade.facts(told))
    cells = [cell for table in trade.tables(told) for row in table.rows for cell in row]  # type: ignore[union-attr]
    assert all("\n" not in span.text for cell in cells for span in cell)  # type: ignore[union-attr]
    drawn = json.dumps(on_slack(approval.details(WORLD, request(told), ())))
    assert "<!channel>" not in drawn
