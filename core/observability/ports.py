"""What is wanted of the places where figures and logs are kept; `bot/backends` speaks to real ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class NoAnswer(Exception):
    """A backend could not answer; the words say which and why. `retriable`: asking again can help."""

    def __init__(self, why: str, *, retriable: bool = False, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.why, self.retriable, self.retry_after = why, retriable, retry_after


@dataclass(frozen=True)
class Series:
    """One series: its labels, and its values in the order of time. What is no number was left out, and counted."""

    labels: Mapping[str, str]
    values: tuple[float, ...]
    left_out: int = 0


@dataclass(frozen=True)
class Lines:
    """How many lines were found, and the newest of them, newest first."""

    count: int
    newest: tuple[tuple[datetime, str], ...]


class Figures(Protocol):
    """Where figures are kept. Both may raise NoAnswer, and end soon after they are cancelled."""

    async def now(self, promql: str) -> tuple[Series, ...]:
        """What the query gives now: one value a series."""
        ...

    async def over(self, promql: str, window: timedelta) -> tuple[Series, ...]:
        """What the query gave during the window that ends now."""
        ...


class Logs(Protocol):
    """Where logs are kept. May raise NoAnswer, and ends soon after it is cancelled."""

    async def find(self, logql: str, window: timedelta, limit: int) -> Lines:
        """The lines that the query finds in the window that ends now, at most `limit` of them."""
        ...
