"""How much one account, and everybody together, may ask per minute; kept in memory, fair after a restart."""

from core.clock import Clock
from core.errors import TooMany
from core.place import Actor
from core.resilience.config import MessageRates
from core.resilience.limits import Bucket

_ACCOUNTS = 10_000


class Limiter:
    """Counts what arrives, which it calls `counted`. A person is told once that it is too much, not once for each message."""

    def __init__(self, rates: MessageRates, clock: Clock, counted: str = "requests") -> None:
        self._clock = clock
        self._rates = rates
        self._counted = counted
        self._all = Bucket(self._rates.workspace, self._rates.workspace / 60)
        self._each: dict[tuple[str, str, str], Bucket] = {}
        self._told: set[tuple[str, str, str]] = set()

    def admit(self, actor: Actor, cost: float = 1) -> None:
        """Count one, or as many as come together; what is more than a minute's worth counts as a minute's worth.

        Raises:
            TooMany: over the limit; `data["retry_after"]` seconds, `data["told"]` if they know already.
        """
        account = (actor.platform, actor.workspace, actor.user)
        if len(self._each) > _ACCOUNTS:
            self._each.clear()
        mine = self._each.setdefault(account, Bucket(self._rates.person, self._rates.person / 60))
        now = self._clock.now()
        cost = min(cost, self._rates.person, self._rates.workspace)
        what, wait = f"You sent more than {self._rates.person}", mine.take(now, cost)
        if wait <= 0:
            # Only what one may send oneself counts for all: nobody uses up what others need.
            what, wait = (
                f"All of us together sent more than {self._rates.workspace}",
                self._all.take(now, cost),
            )
        if wait <= 0:
            self._told.discard(account)
            return
        told = account in self._told
        self._told.add(account)
        raise TooMany(
            f"{what} {self._counted} a minute.",
            f"Nothing was done; try again in {max(1, round(wait))} s.",
            retry_after=wait,
            told=told,
        )
