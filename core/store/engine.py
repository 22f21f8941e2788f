"""The two doors of the store: `transact` runs a unit of work, `read` answers a question.

A unit is a plain function `f(unit, ...)`. It cannot await, so it cannot do I/O, and it can be run again: on
SQLite it runs in the one writer thread, on PostgreSQL through the driver, and nobody sees anything of it
before it is committed. Effects on the world leave as rows.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from core.clock import Clock
from core.store.bus import Bus

P = ParamSpec("P")
T = TypeVar("T")

# Optimistic conflicts are rare; more tries than this mean that something is wrong (rules 75).
TRIES = 5


@dataclass
class Unit:
    """One unit of work: a connection in a transaction, the moment it runs at, and whom to wake afterwards.

    `reactions` says, per kind of event, the names of what reacts to it; `process` names who runs this.
    """

    conn: sa.Connection
    now: datetime
    wakes: set[str] = field(default_factory=set)
    reactions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    process: str = ""

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

    def unit(self, conn: sa.Connection) -> Unit:
        """A unit on this connection, now."""
        return Unit(conn, self.clock.now(), reactions=self.reactions, process=self.process)

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
        """Run a read-only function on what is committed.

        Raises:
            Unavailable: the database does not answer.
        """

    @abstractmethod
    async def start(self) -> None:
        """Connect."""

    @abstractmethod
    async def stop(self) -> None:
        """Finish what is under way and disconnect."""
