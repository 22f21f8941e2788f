"""How long the trading pack takes over one order, warm: `python -m bench.policies`."""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from core.approvals.policy import evaluate
from core.trading import pack
from core.world import PACKS
from tests.core.trading.orders import NOW, held, judged, other, policy, subject

TARGET = 150.0
ORDERS = [other(number) for number in range(12)]
BOOK = [held(f"S{number}", "10", "9000", sector=f"sector-{number % 4}") for number in range(10)]
ORDER = subject(
    {
        "portfolio.positions": BOOK,
        "statistics.correlations.with": {each["symbol"]: "0.1" for each in BOOK},
    },
    ORDERS,
)
LARGE = ORDER | {"trade": ORDER["trade"] | {"quantity": "900", "estimated_value": "90000"}}


def warm(work: Callable[[], Any], turns: int, count: int) -> list[float]:
    """Microseconds for one, in each of some turns of `count`; what came before them warmed up."""
    for _ in range(count):
        work()
    found = []
    for _ in range(turns):
        began = time.perf_counter()
        for _ in range(count):
            work()
        found.append((time.perf_counter() - began) / count * 1_000_000)
    return found


def report(name: str, times: list[float]) -> float:
    """Print the median turn and the best; return the median."""
    median = statistics.median(times)
    print(f"{name:48} median {median:6.1f} us, best {min(times):6.1f} us", flush=True)
    return median


def main() -> int:
    """Measure; 1 if the target was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=21)
    parser.add_argument("--count", type=int, default=500, help="orders in a turn")
    options = parser.parse_args()
    trades = policy()
    if judged(orders=ORDERS) != ((), ()) or pack.judge(trades, ORDER, NOW) != ((), ()):
        raise AssertionError("the calm order is not calm")
    report(
        "pack, calm order, 10 positions, 12 orders",
        warm(lambda: pack.judge(trades, ORDER, NOW), options.turns, options.count),
    )
    report(
        "pack, the same order large",
        warm(lambda: pack.judge(trades, LARGE, NOW), options.turns, options.count),
    )
    whole = report(
        "policy.evaluate with the pack, calm order",
        warm(lambda: evaluate([trades], "trade", ORDER, NOW, PACKS), options.turns, options.count),
    )
    report(
        "policy.evaluate, the same order large, with terms",
        warm(lambda: evaluate([trades], "trade", LARGE, NOW, PACKS), options.turns, options.count),
    )
    print(f"target {TARGET:.0f} us for the whole evaluation: {'reached' if whole <= TARGET else 'MISSED'}")
    return int(whole > TARGET)


if __name__ == "__main__":
    sys.exit(main())
