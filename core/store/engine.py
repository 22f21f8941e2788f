"""The two doors of the store: `transact` runs a unit of work, `read` answers a question.

A unit is a plain function `f(unit, ...)`. It cannot await, so it cannot do I/O, and it can be run again: on
SQLite it runs in the one writer thread, on PostgreSQL through the driver, and nobody sees anything of it
before it is committed. Effects on the world leave as rows.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from core.clock import Clock
from core.ids import new_id
from core.store.bus import Bus
from core.store.statement import Statement
from core.store.writes import Writes

P = ParamSpec("P")
T = TypeVar("T")

# Optimistic conflicts are rare; more tries than this mean that something is wrong (rules 75).
TRIES = 5


class Unit:
    """One unit of work: a connection in a transaction, the moment it runs at, and whom to wake afterwards.

    Args:
        writes: the connection, and how this engine likes to be written to.
        now: the moment.
        reactions: per kind of event, the names of what reacts to it.
        process: who runs this.
        attempt: which try this is; from the second on somebody else wrote at the same time.
    """

    def __init__(
        self,
        writes: Writes,
        now: datetime,
        *,
        reactions: Mapping[str, tuple[str, ...]],
        process: str,
        attempt: int = 1,
    ) -> None:
        self._writes = writes
        self.now = now
        self.reactions = reactions
        self.process = process
        self.attempt = attempt
        self.wakes: set[str] = set()
        self._stem = ""
        self._keys = 0

    @property
    def seals(self) -> bool:
        """Whether the events of this unit are chained in the commit that writes them."""
        return self._writes.seals

    @property
    def conn(self) -> sa.Connection:
        """The connection, with everything written that this unit has written so far."""
        self._writes.flush()
        return self._writes.conn

    def write(self, statement: Statement, row: Mapping[str, Any], *, must: bool = False) -> None:
        """Write this row; an engine may let it wait until the unit reads again or ends.

        Raises:
            VersionConflict: it `must` touch a row and did not; raised here, or when the unit ends.
        """
        self._writes.add(statement, row, must=must)

    def write_all(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write these rows; see `write`."""
        self._writes.add_all(statement, rows)

    def flush(self) -> None:
        """Write everything that waits."""
        self._writes.flush()

    def ask(self, statement: Statement, row: Mapping[str, Any]) -> list[list[Any]]:
        """The rows that a statement gives."""
        return self._writes.ask(statement, row)

    def next_key(self) -> str:
        """A new key for a row: those of one unit share their beginning, and end in a number."""
        self._keys += 1
        if not self._stem:
            self._stem = new_id(self.now)
        return f"{self._stem}.{self._keys}"

    def wake(self, topic: str) -> None:
        """Ask that listeners of `topic` are called once this unit is committed."""
        self.wakes.add(topic)


class Store(ABC):
    """A database with both doors."""

    def __init__(
        self, clock: Clock, bus: Bus, reactions: Mapping[str, tuple[str, ...]], process: str
    ) -> None:
        self.clock = clock
        self.bus = bus
        self.reactions = reactions
        self.process = process

    def unit(self, writes: Writes, attempt: int = 1) -> Unit:
        """A unit that writes there, now."""
        return Unit(writes, self.clock.now(), reactions=self.reactions, process=self.process, attempt=attempt)

    @abstractmethod
    async def transact(self, work: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in one transaction and return what it returned, once it is durable.

        Raises:
            Unavailable: the database does not answer, is locked or full; nothing was changed.
            VersionConflict: other writers won five times in a row.
            Exception: whatever `work` raised; nothing was changed.
        """

    @abstractmethod
    async def read(self, query: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a read-only function on what is committed when it looks first: all of it sees that one state.

        Raises:
            Unavailable: the database does not answer.
        """

    @abstractmethod
    async def listen(self) -> None:
        """Hear (again) of what other processes commit; harmless if it hears already.

        Raises:
            Unavailable: the database does not answer.
        """

    @abstractmethod
    async def start(self) -> None:
        """Connect."""

    @abstractmethod
    async def stop(self) -> None:
        """Finish what is under way and disconnect."""
