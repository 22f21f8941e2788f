"""The breakers of everything that is called to tell people: one for each way and other side, in memory.

After a restart they know nothing, which costs a few calls.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot.channels.channel import Down, NotYet
from bot.platform import Health
from bot.telemetry import Metrics
from core.clock import Clock
from core.resilience.breaker import Breaker, Terms

log = structlog.get_logger("wardroom.notices")
_MOST = 1_000  # programs name addresses of their own; beyond these, sides are called without a breaker


class Pending(NotYet):
    """It is not called now, because it did not answer lately; `retry_after` says when it is worth trying."""


class Breakers:
    """Asked before each call, and told what came of it."""

    def __init__(self, clock: Clock, metrics: Metrics, terms: Terms | None = None) -> None:
        self._clock = clock
        self._metrics = metrics
        self._terms = terms or Terms()
        self._kept: dict[tuple[str, str], Breaker] = {}

    @contextmanager
    def calling(self, way: str, side: str) -> Iterator[None]:
        """Around a call of this side; an empty name is called without a breaker.

        Raises:
            Pending: it is not to be called now.
        """
        if not side:
            yield
            return
        key = (way, side)
        breaker, wait = self._of(key).admit(self._terms, self._clock.now())
        if wait:
            raise Pending(f"{side} has not answered lately and is not called now", retry_after=wait)
        self._keep(key, breaker)
        try:
            yield
        except (Down, TimeoutError):
            self._keep(key, self._of(key).failed_at(self._terms, self._clock.now()))
            raise
        except BaseException:
            self._keep(key, self._of(key).unclear())
            raise
        self._keep(key, self._of(key).succeeded(self._terms))

    def health(self) -> Health:
        """Which sides did not answer lately."""
        off = sorted(f"{side} ({way})" for (way, side), one in self._kept.items() if one.opened is not None)
        return Health(ok=not off, detail=f"not answering: {', '.join(off[:10])}" if off else "no trouble")

    def _of(self, key: tuple[str, str]) -> Breaker:
        return self._kept.get(key, Breaker())

    def _keep(self, key: tuple[str, str], breaker: Breaker) -> None:
        before = self._of(key).opened is not None
        if breaker == Breaker():
            self._kept.pop(key, None)
        elif key in self._kept or len(self._kept) < _MOST:
            self._kept[key] = breaker
        after = key in self._kept and breaker.opened is not None
        if before != after:
            self._metrics.breakers.labels(key[0]).inc(1 if after else -1)
            log.warning("calls stop" if after else "calls go on", way=key[0], side=key[1])
