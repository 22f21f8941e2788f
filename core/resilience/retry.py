"""How long to wait before the next try: grows, is spread a little, never exceeds its cap."""

from typing import Literal

Growth = Literal["constant", "linear", "exponential"]
JITTER = 0.3


def delay(failures: int, growth: Growth, base: float, cap: float, chance: float) -> float:
    """Seconds to wait after the `failures`-th failure in a row, counted from 1.

    `base` and `cap` are in seconds. `chance`, from 0 to 1, spreads the waits of many over 30 % of the wait.
    """
    grown = {
        "constant": base,
        "linear": base * failures,
        "exponential": base * 2.0 ** min(failures - 1, 60),
    }[growth]
    return min(cap, grown * (1 + JITTER * chance))
