"""The trading pack: all its triggers and hard limits over one order; whatever cannot be judged asks by itself.

Source: the trading design's 1.1. All are looked at and all are told; a failure of one is a reason too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from core.approvals.config import Policy
from core.approvals.hearing import DATA_GAP, Found
from core.approvals.request import Finding
from core.trading import hard
from core.trading.case import Case, Trigger, case_of
from core.trading.intake import read
from core.trading.triggers import (
    amount_threshold,
    book,
    concentration_limit,
    first_trade,
    low_budget,
    low_trust,
    risk_score,
    unusual_pattern,
    value_mismatch,
)

TRIGGERS = (
    *(amount_threshold.TRIGGER, value_mismatch.TRIGGER, risk_score.TRIGGER, concentration_limit.TRIGGER),
    *(concentration_limit.TOGETHER, low_budget.TRIGGER, first_trade.TRIGGER, low_trust.TRIGGER),
    *(unusual_pattern.TRIGGER, book.TRIGGER),
)
_NAMED = 4
_KEPT = 50


def judge(policy: Policy, subject: Mapping[str, Any], now: datetime) -> Found:
    """What there is to ask about an order, and what forbids it.

    Args:
        policy: its `limits` are those that hold; without them, what always does.
        subject: `trade`, `market`, `statistics`, `agent`, `portfolio` and `activity`.
        now: the moment that ages are counted to.
    """
    return judge_case(case_of(policy, read(subject), now))


def judge_case(case: Case) -> Found:
    """What there is to say about an order that was looked at."""
    wanted = tuple(trigger for trigger in TRIGGERS if trigger.wanted(case.limits))
    found = [one for trigger in wanted for one in _safely(case, trigger.fires)]
    checked = [one for check in hard.CHECKS for one in _safely(case, check)]
    refusals = tuple(one for one in checked if one.code != DATA_GAP)
    failures = (one for one in checked if one.code == DATA_GAP)
    return (*_gaps(case, _needed(wanted)), *found, *failures), refusals


@lru_cache(maxsize=256)
def _needed(triggers: tuple[Trigger, ...]) -> frozenset[str]:
    return frozenset(hard.NEEDS).union(*(trigger.needs for trigger in triggers))


def _gaps(case: Case, needed: frozenset[str]) -> tuple[Finding, ...]:
    """One reason that names all that is missing, old or no value."""
    gaps = dict(sorted(case.gaps(needed).items()))
    if not gaps:
        return ()
    kept = dict([*gaps.items()][:_KEPT])
    named = [f"{path} {why}" for path, why in list(gaps.items())[:_NAMED]]
    rest = len(gaps) - len(named)
    return (
        case.gap(
            "; ".join(named) + (f"; and {rest} more" if rest else ""), values=kept, more=len(gaps) - len(kept)
        ),
    )


def _safely(case: Case, judges: Callable[[Case], Iterable[Finding]]) -> Iterator[Finding]:
    """What a rule finds. If it fails, what it found until then counts, and that it failed is a reason."""
    try:
        yield from judges(case)
    except Exception as error:  # noqa: BLE001 - whatever failed, the other rules are heard and people are asked
        yield case.gap(f"a rule failed ({type(error).__name__})")
