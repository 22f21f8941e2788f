"""Logs from a Loki, over its HTTP API."""

from datetime import UTC, datetime, timedelta

from bot.backends.asking import data_of
from core.clock import Clock
from core.observability.ports import Lines
from core.observability.queries.logql import counted

_PER_SECOND = 1_000_000_000


class Loki:
    """Asks the HTTP API at `address`."""

    def __init__(self, address: str, clock: Clock) -> None:
        self._address = address
        self._clock = clock

    async def find(self, logql: str, window: timedelta, limit: int) -> Lines:
        """How many lines the query finds in the window that ends now, and the newest of them.

        Raises:
            NoAnswer: it cannot be reached, or cannot answer.
        """
        end = int(self._clock.now().timestamp() * _PER_SECOND)
        count = await self._count(logql, window, end)
        if not count or not limit:
            return Lines(count, ())
        begin = end - int(window.total_seconds()) * _PER_SECOND
        asked = {"query": logql, "start": str(begin), "end": str(end), "limit": str(limit)}
        data = await data_of(
            "Loki", self._address, "/loki/api/v1/query_range", asked | {"direction": "backward"}
        )
        found = [
            (int(at), str(line)) for stream in data.get("result") or [] for at, line, *_ in stream["values"]
        ]
        newest = sorted(found, reverse=True)[:limit]
        return Lines(
            count, tuple((datetime.fromtimestamp(at / _PER_SECOND, UTC), line) for at, line in newest)
        )

    async def _count(self, logql: str, window: timedelta, end: int) -> int:
        asked = {"query": counted(logql, window), "time": str(end)}
        data = await data_of("Loki", self._address, "/loki/api/v1/query", asked)
        found = data.get("result") or []
        return int(float(found[0]["value"][1])) if found else 0
