"""Whether due times are served when they are due: a figure, a part of `/readyz`, and one alarm when they are not."""

from datetime import timedelta

import structlog

from bot.platform import Health
from bot.telemetry import Metrics
from core.approvals.telling import units as telling
from core.store import deadlines, outbox
from core.store.engine import Store, Unit
from core.world import World

log = structlog.get_logger("wardroom.lag")
_LATE = timedelta(minutes=1)
# What a house finds overdue when it wakes is served within a look or two.
_LOOKS = 3


class LagWatch:
    """Looks again and again at the earliest due time that nobody has served."""

    def __init__(self, store: Store, world: World, metrics: Metrics) -> None:
        self._store = store
        self._world = world
        self._metrics = metrics
        self._lag = timedelta()
        self._late_looks = 0

    async def look(self, *, leader: bool) -> None:
        """Measure; the leader raises the alarm, once for each time that they fall behind.

        Raises:
            Unavailable: the database does not answer.
        """
        earliest = await self._store.read(deadlines.earliest)
        now = self._store.clock.now()
        self._lag = max(timedelta(), now - earliest) if earliest is not None else timedelta()
        self._metrics.lag.set(self._lag.total_seconds())
        self._late_looks = self._late_looks + 1 if self._lag >= _LATE else 0
        if self._late_looks == _LOOKS:
            log.error("due times are late", seconds=self._lag.total_seconds())
            if leader:
                await self._store.transact(self._alarm)

    def health(self) -> Health:
        """Whether they are on time."""
        if self._late_looks < _LOOKS:
            return Health(ok=True, detail="on time")
        return Health(ok=False, detail=f"{_minutes(self._lag)} late")

    def _alarm(self, unit: Unit) -> None:
        said = (
            f"⚠ Time limits are served {_minutes(self._lag)} late: reminders and ends of requests do not come "
            "when they should. Votes still count. Look at `/readyz`, the logs, and the load of the database."
        )
        for place in telling.alarm_places(self._world):
            outbox.say(unit, place, said)


def _minutes(span: timedelta) -> str:
    return f"{int(span.total_seconds() // 60)} min"
