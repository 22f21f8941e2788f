"""The budget of a model: what a call may take is set aside before it, and what it took is counted after it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.conversation.config import Budget, ModelConfig
from core.conversation.llm import Used
from core.conversation.spending import records
from core.conversation.spending.records import Use
from core.errors import TooMany
from core.store.engine import Unit

MILLION = 1_000_000


@dataclass(frozen=True)
class Held:
    """What was set aside for one call."""

    day: str
    person: str
    tokens: int
    price: int


def hold(unit: Unit, config: ModelConfig, person: str, read: int, written: int) -> Held:
    """Set aside what a call may take at most, in tokens that the model reads and writes.

    Raises:
        TooMany: a budget of the day does not have that much left.
    """
    day, tokens = _day(unit.now), read + written
    price = priced(config, Used(read, written)).price or 0
    budget = config.budget
    mine, all_of_us = records.of_person(unit, day, person), records.of_all(unit, day)
    if mine.tokens + tokens > budget.person:
        raise _spent(unit.now, f"You have used {mine.tokens:,} of your {budget.person:,} tokens of today")
    if all_of_us.tokens + tokens > budget.everybody:
        raise _spent(
            unit.now, f"Together we have used {all_of_us.tokens:,} of {budget.everybody:,} tokens of today"
        )
    if (
        budget.dollars is not None
        and all_of_us.price + all_of_us.held_price + price > budget.dollars * MILLION
    ):
        used = f"${(all_of_us.price + all_of_us.held_price) / MILLION:.2f} of ${budget.dollars:.2f}"
        raise _spent(unit.now, f"Together we have used {used} of today")
    records.add(unit, day, person, Use(held=tokens, held_price=price))
    return Held(day, person, tokens, price)


def settle(unit: Unit, held: Held, used: Used, *, failed: bool) -> None:
    """Count what a call took, and give back what was set aside for it."""
    took = Use(
        calls=1,
        failed=int(failed),
        read=used.read,
        written=used.written,
        price=used.price or 0,
        unpriced=int(used.price is None),
        held=-held.tokens,
        held_price=-held.price,
    )
    records.add(unit, held.day, held.person, took)


def today(unit: Unit, person: str) -> tuple[Use, Use]:
    """What one person used today, and what all used together."""
    day = _day(unit.now)
    return records.of_person(unit, day, person), records.of_all(unit, day)


def left(budget: Budget, mine: Use, all_of_us: Use) -> int:
    """How many tokens a person may still use today."""
    return max(0, min(budget.person - mine.tokens, budget.everybody - all_of_us.tokens))


def priced(config: ModelConfig, used: Used) -> Used:
    """The same with the price that the configuration gives it, if it gives any."""
    prices = config.prices
    if prices is None:
        return used
    return Used(used.read, used.written, round(used.read * prices.read + used.written * prices.written))


def _day(now: datetime) -> str:
    return now.date().isoformat()


def _spent(now: datetime, what: str) -> TooMany:
    tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    wait = (tomorrow - now).total_seconds()
    return TooMany(
        f"{what}, and this needs more.",
        "The count begins anew at 00:00 UTC; `llm.budget` in wardroom.yaml sets it. Everything else works as ever.",
        retry_after=wait,
    )
