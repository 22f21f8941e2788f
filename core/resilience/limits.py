"""A token bucket: a burst at once, then a steady rate. Pure but for what it remembers.

Source: the token bucket of RFC 2697's single rate meter, with fractions of tokens.
"""

from datetime import datetime


class Bucket:
    """Holds at most `burst` tokens and gains `rate` of them a second; starts full."""

    def __init__(self, burst: float, rate: float) -> None:
        self._burst = float(burst)
        self._rate = float(rate)
        self._tokens = float(burst)
        self._at: datetime | None = None

    def take(self, now: datetime, cost: float = 1.0) -> float:
        """Take `cost` tokens; 0 if they were there, else the seconds until they will be (none are taken)."""
        if self._at is not None:
            gained = max(0.0, (now - self._at).total_seconds()) * self._rate
            self._tokens = min(self._burst, self._tokens + gained)
        self._at = now if self._at is None else max(now, self._at)
        if self._tokens >= cost:
            self._tokens -= cost
            return 0.0
        return (cost - self._tokens) / self._rate

    def drain(self) -> None:
        """Forget all tokens: the other side says that its limit is reached."""
        self._tokens = 0.0
