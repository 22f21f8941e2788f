"""What policies say about a subject: every reason, in words, and never silence about what cannot be judged."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.approvals.config import Policy
from core.approvals.policy import Answer, Verdict, evaluate
from core.approvals.request import Finding

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def policy(**more: Any) -> Policy:
    written: dict[str, Any] = {"name": "trades", "applies_to": "trade", "ask": [{"role": "manager"}]}
    return Policy.model_validate(written | more)


def verdict(*policies: Policy, **subject: Any) -> Verdict:
    return evaluate(policies, "trade", subject, NOW)


AMOUNT = {"name": "AMOUNT", "measure": "subject.amount", "limit": 50000}
STEP = {"add": [{"role": "manager"}]}


@pytest.mark.parametrize(
    ("amount", "severity"),
    [(49_999.99, None), (50_000, "MEDIUM"), (99_999, "MEDIUM"), (100_000, "HIGH"), (250_000, "CRITICAL")],
)
def test_a_measure_at_its_limit_asks_as_gravely_as_it_is_over(amount: float, severity: str | None) -> None:
    said = verdict(policy(triggers=[AMOUNT]), amount=amount)
    assert [severity] if severity else [] == [finding.severity for finding in said.findings]
    assert (Answer.REQUIRE if severity else Answer.ALLOW) is said.answer


def test_the_words_are_made_of_the_measure_and_say_what_is_over() -> None:
    (over,) = verdict(policy(triggers=[AMOUNT]), amount=72_000).findings
    (at,) = verdict(policy(triggers=[AMOUNT]), amount=50_000).findings
    assert "subject.amount is 72,000, which is over the limit of 50,000" == over.message
    assert "at the limit" in at.message
    assert {"subject.amount": 72_000, "measure": "72000", "limit": "50000"} == over.inputs


def test_a_floor_is_reached_from_above() -> None:
    trust = policy(triggers=[{"name": "TRUST", "measure": "subject.trust", "floor": 0.6}])
    assert Answer.ALLOW is verdict(trust, trust=0.61).answer
    assert ["MEDIUM"] == [one.severity for one in verdict(trust, trust=0.6).findings]
    assert ["CRITICAL"] == [one.severity for one in verdict(trust, trust=0).findings]


@pytest.mark.parametrize("amount", [None, "much", math.nan, math.inf, True, [], {}])
def test_what_cannot_be_judged_asks(amount: Any) -> None:
    said = verdict(policy(triggers=[AMOUNT]), amount=amount)
    assert Answer.REQUIRE is said.answer
    assert [("DATA_GAP", "HIGH")] == [(one.code, one.severity) for one in said.findings]


def test_what_is_missing_asks_too() -> None:
    for written in (policy(triggers=[AMOUNT]), policy(when="subject.amount > 5")):
        assert ["DATA_GAP"] == [one.code for one in verdict(written).findings]


def test_every_reason_is_heard_and_everybody_they_name_is_asked() -> None:
    both = policy(
        triggers=[
            AMOUNT,
            {
                "name": "LOW_TRUST",
                "when": "subject.trust < 0.6",
                "ask": [{"role": "compliance", "must": True}],
                "approvals": 2,
            },
        ]
    )
    said = verdict(both, amount=60_000, trust=0.1)
    assert said.terms is not None
    assert ["AMOUNT", "LOW_TRUST"] == [one.code for one in said.findings]
    assert [("manager", False), ("compliance", True)] == [(ask.name, ask.must) for ask in said.terms.ask]
    assert 2 == said.terms.approvals


def test_the_strictest_of_several_policies_holds() -> None:
    short = policy(name="short", severity="HIGH", timeout="1h", approvals=2, execution_window="5m")
    long = policy(name="long", ask=[{"role": "sre"}], timeout="2h", rejections_to_block=1)
    terms = verdict(short, long).terms
    assert terms is not None
    assert ("HIGH", timedelta(hours=1), 2, 1) == (
        terms.severity,
        terms.timeout,
        terms.approvals,
        terms.rejections_to_block,
    )
    assert timedelta(minutes=5) == terms.execution_window
    assert ("short", "long") == terms.policies


def test_the_steps_of_several_policies_are_taken_together_and_only_widen() -> None:
    managers, risk = [{"role": "manager"}], [{"role": "risk"}]
    one = policy(
        name="one",
        escalation=[
            {"at": "75%", "add": managers},
            {"at": "100%", "add": managers, "timeout": "1h"},
            {"at": "100%", "add": risk, "timeout": "30m"},
        ],
    )
    other = policy(
        name="other",
        escalation=[{"at": "50%", "add": risk}, {"at": "100%", "add": risk, "timeout": "2h"}],
    )
    for pair in ((one, other), (other, one)):
        terms = verdict(*pair, amount=1).terms
        assert terms is not None
        steps = [(rung.at, {ask.name for ask in rung.add}, rung.timeout) for rung in terms.escalation]
        assert [
            (0.5, {"risk"}, None),
            (0.75, {"manager"}, None),
            (1.0, {"manager", "risk"}, timedelta(hours=2)),
            (1.0, {"risk"}, timedelta(minutes=30)),
        ] == steps


@pytest.mark.parametrize(("one", "other"), [(False, False), (True, False), (False, True)])
def test_a_second_factor_is_needed_if_any_policy_that_speaks_asks_for_it(one: bool, other: bool) -> None:
    said = verdict(policy(second_factor=one), policy(name="more", second_factor=other), amount=1)
    assert said.terms is not None
    assert (one or other) is said.terms.second_factor


def test_silence_approves_nothing_where_a_second_factor_is_asked_for() -> None:
    quiet = {"on_timeout": "approve", "auto_approve": {"triggers": ["trades"]}}
    for asks, left in ((False, True), (True, False)):
        terms = verdict(policy(second_factor=asks, **quiet), amount=1).terms
        assert terms is not None
        assert left is (terms.silence is not None)


def test_a_denial_decides_whatever_others_say() -> None:
    halted = Policy.model_validate(
        {
            "name": "halt",
            "applies_to": "trade",
            "effect": "deny",
            "when": "subject.halted",
            "reason": "Trading is halted",
        }
    )
    said = verdict(policy(), halted, halted=True)
    assert Answer.DENY is said.answer
    assert said.terms is None
    assert "Trading is halted" in said.refusal().sentence()
    assert "DENIED" == said.refusal().code
    assert Answer.REQUIRE is verdict(policy(), halted, halted=False).answer


def test_a_denial_that_cannot_be_judged_denies() -> None:
    halted = Policy.model_validate(
        {"name": "halt", "applies_to": "trade", "effect": "deny", "when": "subject.halted"}
    )
    assert Answer.DENY is verdict(halted).answer


def test_old_data_is_missing_data() -> None:
    fresh = policy(when="subject.amount > 5", fresh={"subject.quote.at": "5m"})
    good = NOW - timedelta(minutes=5)
    assert Answer.ALLOW is verdict(fresh, amount=1, quote={"at": good}).answer
    for at in (good - timedelta(seconds=1), NOW + timedelta(hours=1), None, "soon", "2026-03-02T09:00"):
        said = verdict(fresh, amount=1, quote={"at": at})
        assert ["DATA_GAP"] == [one.code for one in said.findings], at


def test_a_pack_gives_reasons_and_refusals() -> None:
    def pack(
        policy: Policy, subject: Mapping[str, Any], now: datetime
    ) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        found = Finding(policy=policy.name, code="X", severity="LOW", message="x")
        return ((found,), (found,) if subject["worse"] else ())

    written = policy(pack="trading")
    packs = {"trading": pack}
    assert Answer.REQUIRE is evaluate([written], "trade", {"worse": False}, NOW, packs).answer
    assert Answer.DENY is evaluate([written], "trade", {"worse": True}, NOW, packs).answer
    assert ["DATA_GAP"] == [one.code for one in evaluate([written], "trade", {}, NOW).findings]


ASKS = [
    {"trigger": "AMOUNT", "ask": [{"role": "desk"}]},
    {"trigger": "AMOUNT", "at_least": "HIGH", "ask": [{"role": "risk", "must": True}]},
    {"trigger": "AMOUNT", "at_least": "CRITICAL", "ask": [{"role": "cfo", "must": True}], "approvals": 3},
    {"trigger": "TRUST", "ask": [{"role": "risk"}, {"role": "compliance", "must": True}]},
]
TRUST = {"name": "TRUST", "when": "subject.trust < 0.6", "severity": "HIGH"}


@pytest.mark.parametrize(
    ("amount", "trust", "asked", "must", "needed"),
    [
        (50_000, 1, ["manager", "desk"], [], 1),
        (99_999, 1, ["manager", "desk"], [], 1),
        (100_000, 1, ["manager", "desk", "risk"], ["risk"], 1),
        (250_000, 1, ["manager", "desk", "risk", "cfo"], ["risk", "cfo"], 3),
        (1, 0.5, ["manager", "risk", "compliance"], ["compliance"], 1),
        (100_000, 0.5, ["manager", "desk", "risk", "compliance"], ["risk", "compliance"], 1),
    ],
)
def test_who_is_asked_follows_from_what_fired_and_how_grave_it_is(
    amount: int, trust: float, asked: list[str], must: list[str], needed: int
) -> None:
    terms = verdict(policy(triggers=[AMOUNT, TRUST], asks=ASKS), amount=amount, trust=trust).terms
    assert terms is not None
    assert (asked, needed) == ([ask.name for ask in terms.ask], terms.approvals)
    assert must == [ask.name for ask in terms.ask if ask.must]


def test_a_packs_reasons_ask_the_people_that_the_policy_names_for_them() -> None:
    def pack(policy: Policy, *_: Any) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        return (Finding(policy=policy.name, code="LOW_TRUST", severity="HIGH", message="x"),), ()

    asks = [{"trigger": "LOW_TRUST", "ask": [{"role": "compliance", "must": True}]}]
    terms = evaluate([policy(pack="trading", asks=asks)], "trade", {}, NOW, {"trading": pack}).terms
    assert terms is not None
    assert ["manager", "compliance"] == [ask.name for ask in terms.ask]
    assert ["compliance"] == [ask.name for ask in terms.ask if ask.must]


def test_another_version_of_a_policy_has_another_hash() -> None:
    one, other = (verdict(policy(approvals=n)).terms for n in (1, 2))
    assert one is not None
    assert other is not None
    assert one.policy_hash != other.policy_hash
    assert one.policy_hash == verdict(policy(approvals=1)).terms.policy_hash  # type: ignore[union-attr]


def test_an_evaluation_can_be_logged_with_its_inputs() -> None:
    facts = verdict(policy(triggers=[AMOUNT]), amount=60_000).facts()
    assert "REQUIRE" == facts["answer"]
    assert 60_000 == facts["findings"][0]["inputs"]["subject.amount"]


@given(st.floats(), st.decimals(allow_nan=True) | st.none() | st.text(max_size=5))
def test_only_a_measure_that_is_surely_below_its_limit_passes(amount: float, other: Any) -> None:
    for value in (amount, other):
        said = verdict(policy(triggers=[AMOUNT]), amount=value)
        if said.answer is Answer.ALLOW:
            assert Decimal(str(value)) < 50_000


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"triggers": [{"name": "x"}]}, "neither a condition nor a measure"),
        ({"triggers": [{"name": "x", "when": "true", "measure": "1", "limit": 1}]}, "neither"),
        ({"triggers": [AMOUNT | {"floor": 1}]}, "neither"),
        ({"triggers": [AMOUNT | {"multiples": {"high": 9}}]}, "do not rise"),
        ({"triggers": [AMOUNT | {"measure": "subjekt.amount"}]}, "did you mean subject"),
        ({"ask": []}, "asks nobody"),
        ({"escalation": [STEP | {"at": "75%", "timeout": "1h"}]}, "at 75% would move the deadline"),
        ({"escalation": [STEP | {"at": "100%"}]}, "asks people when their time is up"),
        ({"effect": "deny"}, "denies, so it asks nobody"),
    ],
)
def test_a_policy_that_makes_no_sense_is_not_loaded(written: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        policy(**written)


# Rule 23: nothing is decided after the session closes, and when that is has to be known.
def test_what_is_asked_within_a_session_is_good_until_it_closes() -> None:
    closes = NOW + timedelta(hours=3)
    market = {"session": {"closes": closes.isoformat()}}
    one = verdict(policy(within_session=True), market=market)
    other = verdict(policy(), policy(name="more", within_session=True), market=market)
    free = verdict(policy(), market=market)
    assert [closes, closes, None] == [said.terms and said.terms.valid_until for said in (one, other, free)]


@pytest.mark.parametrize("closes", [None, "soon", "2026-03-02T12:00:00", 5])
def test_a_session_of_which_nobody_knows_when_it_closes_asks_gravely(closes: Any) -> None:
    market = {"session": {"closes": closes}}
    said = verdict(policy(within_session=True, triggers=[AMOUNT]), amount=1, market=market)
    assert [("DATA_GAP", "HIGH")] == [(finding.code, finding.severity) for finding in said.findings]
    denied = verdict(policy(within_session=True, effect="deny", ask=[], triggers=[AMOUNT]), amount=1)
    assert Answer.DENY is denied.answer
