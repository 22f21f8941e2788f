"""When a notice that was not taken is tried again. Pure.

Source: the trading design's retry (3.3): after 5, 10 and 20 seconds; spread, so that many do not come at once.
"""

from core.resilience.retry import JITTER, delay

TRIES = 4
_FIRST = 5.0
_LAST = 20.0
_SHORTEST = 1.0
_LONGEST = 3_600.0


def pause(failures: int, chance: float) -> float | None:
    """Seconds until the next try after so many failures; None: it has failed.

    `chance`, from 0 to 1, is where in the spread of 30 % the wait falls.
    """
    if failures >= TRIES:
        return None
    return delay(max(1, failures), "exponential", _FIRST, _LAST * (1 + JITTER), chance)


def asked_pause(seconds: float | None) -> float:
    """Seconds to wait when the other side asks to, within an hour; it is no failure."""
    return min(_LONGEST, max(_SHORTEST, seconds if seconds is not None else _FIRST))
