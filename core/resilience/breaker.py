"""When to stop calling another side that does not work, and how to find out that it works again. Pure.

CLOSED: calls go through. After so many failures within a window, with no success in between, it is OPEN: nothing is
called for a while. Then it is HALF_OPEN: a few probes go through; when all of them succeed it is CLOSED and knows of
no failure, and when one fails it is OPEN anew.

Source: the trading design's breaker (9.2), whose successes never reset and which let any number of probes through.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

_SOON = 1.0  # seconds after which to ask again while probes are under way


class State(StrEnum):
    """How it stands."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True)
class Terms:
    """`failures` within `window` open it; after `rest`, `probes` (half_open_max_calls) must succeed to close it."""

    failures: int = 8
    window: timedelta = timedelta(seconds=60)
    rest: timedelta = timedelta(seconds=15)
    probes: int = 2


@dataclass(frozen=True)
class Breaker:
    """What is remembered of one other side. Failures are those of transport and 5xx; nothing else is one."""

    failed: tuple[datetime, ...] = ()
    opened: datetime | None = None
    probing: int = 0
    proved: int = 0

    def state(self, terms: Terms, now: datetime) -> State:
        """How it stands now."""
        if self.opened is None:
            return State.CLOSED
        return State.HALF_OPEN if now - self.opened >= terms.rest else State.OPEN

    def admit(self, terms: Terms, now: datetime) -> tuple["Breaker", float]:
        """Ask to call: 0 lets it through, else the seconds until it is worth asking again."""
        match self.state(terms, now):
            case State.CLOSED:
                return self, 0.0
            case State.HALF_OPEN:
                if self.probing + self.proved < terms.probes:
                    return replace(self, probing=self.probing + 1), 0.0
                return self, _SOON
            case State.OPEN:
                since = now - self.opened if self.opened else timedelta()
                return self, max(_SOON, (terms.rest - since).total_seconds())

    def succeeded(self, terms: Terms) -> "Breaker":
        """A call was answered as it should be."""
        if self.opened is None:
            return Breaker()
        if not self.probing:
            return self  # it began before all went wrong
        proved = self.proved + 1
        return Breaker() if proved >= terms.probes else replace(self, probing=self.probing - 1, proved=proved)

    def failed_at(self, terms: Terms, now: datetime) -> "Breaker":
        """A call was not answered, or by a fault of the other side."""
        if self.opened is not None:
            return replace(self, opened=now, probing=0, proved=0) if self.probing else self
        recent = (*(at for at in self.failed if now - at < terms.window), now)
        return Breaker(failed=recent, opened=now if len(recent) >= terms.failures else None)

    def unclear(self) -> "Breaker":
        """A call said nothing of whether the other side works; a probe gives its place back."""
        return replace(self, probing=max(0, self.probing - 1))
