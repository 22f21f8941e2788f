"""Policies are tried with the packs that judge in earnest."""

from bot.trials import judge_of
from core.approvals.policy import Answer
from core.world import World
from tests.core.trading.orders import NOW, policy, subject


def test_a_tried_policy_hears_the_trading_pack() -> None:
    judge = judge_of(World(workspace="acme"), [policy()])
    assert Answer.ALLOW is judge("trade", subject(), NOW).answer
    assert ["LOW_TRUST"] == [
        one.code for one in judge("trade", subject({"agent.trust_score": 0}), NOW).findings
    ]
    assert Answer.DENY is judge("trade", subject({"market.halted": True}), NOW).answer
