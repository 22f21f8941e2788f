"""Where what is known about an order comes from: a book of portfolios, prices, agents and orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Wanted:
    """The order whose surroundings are wanted: who trades, who answers for it, what, and in which currency."""

    agent: str
    owner: str
    symbol: str
    currency: str


class Book(Protocol):
    """Tells what is known, each part with its moment: `market`, `statistics`, `agent`, `portfolio`, `activity`.

    The parts are those of the subject of a trade. A value that is not known is left out; it is then missing, and
    never taken for good.
    """

    async def look(self, wanted: Wanted) -> Mapping[str, Any]:
        """All parts, of one moment as nearly as can be.

        Raises:
            Unavailable: it does not answer in time, or what it answers cannot be read.
        """
        ...
