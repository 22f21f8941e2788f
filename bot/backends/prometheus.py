"""Figures from a Prometheus, or from whatever speaks its HTTP API, such as Mimir, Thanos and VictoriaMetrics."""

import math
from datetime import timedelta
from typing import Any

from bot.backends.asking import data_of
from core.clock import Clock
from core.observability.ports import NoAnswer, Series

_POINTS = 240  # of one series in a window


class Prometheus:
    """Asks the HTTP API at `address`."""

    def __init__(self, address: str, clock: Clock) -> None:
        self._address = address
        self._clock = clock

    async def now(self, promql: str) -> tuple[Series, ...]:
        """What the query gives now.

        Raises:
            NoAnswer: there is none, or it is neither a number nor a list of series.
        """
        data = await self._ask("/api/v1/query", {"query": promql})
        found, kind = data.get("result") or [], data.get("resultType")
        if kind == "scalar":
            return (_series({}, [found]),)
        if kind != "vector":
            raise NoAnswer(f"The query gives a {str(kind)[:40]}, and figures were asked for.")
        return tuple(_series(one.get("metric") or {}, [one["value"]]) for one in found)

    async def over(self, promql: str, window: timedelta) -> tuple[Series, ...]:
        """What the query gave during the window that ends now, at 240 moments at most.

        Raises:
            NoAnswer: there is none.
        """
        end = self._clock.now().timestamp()
        length = window.total_seconds()
        span = {
            "start": f"{end - length:.3f}",
            "end": f"{end:.3f}",
            "step": f"{max(1.0, length / _POINTS):.3f}",
        }
        data = await self._ask("/api/v1/query_range", {"query": promql} | span)
        found = data.get("result") or []
        return tuple(_series(one.get("metric") or {}, one.get("values") or []) for one in found)

    async def _ask(self, path: str, asked: dict[str, str]) -> dict[str, Any]:
        return await data_of("Prometheus", self._address, path, asked)


def _series(labels: dict[str, str], points: list[Any]) -> Series:
    values = [float(value) for _, value in points]
    good = tuple(value for value in values if math.isfinite(value))
    return Series(labels, good, len(values) - len(good))
