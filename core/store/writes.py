"""The writes of a unit: at once where the database is in the process, together where each trip costs.

On PostgreSQL what a unit writes waits until it reads again or ends, and then goes as one command with a part
(a common table expression) for each write. The parts of such a command do not see each other, so a statement
that may touch what it touched before starts a new command.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from typing_extensions import override

from core.errors import VersionConflict
from core.store.statement import Statement


@dataclass(frozen=True)
class Write:
    """A statement with its values, and what to raise if it touches no row."""

    statement: Statement
    row: Mapping[str, Any]
    otherwise: VersionConflict | None = None


class Writes(ABC):
    """Takes writes in order, and answers questions after them."""

    def __init__(self, conn: sa.Connection) -> None:
        self.conn = conn

    @abstractmethod
    def add(self, write: Write) -> None:
        """Take one; it is done before anything is read again."""

    @abstractmethod
    def flush(self) -> None:
        """Do what waits.

        Raises:
            VersionConflict: one touched no row that had to.
        """

    def ask(self, statement: Statement, row: Mapping[str, Any]) -> list[list[Any]]:
        """The rows that a statement gives."""
        self.flush()
        made = statement.on(self.conn.dialect)
        return [made.row(found) for found in self.conn.exec_driver_sql(made.text, tuple(made.values(row)))]


class AtOnce(Writes):
    """Each write is done when it comes, by the driver itself: SQLite is in this process and this thread."""

    def __init__(self, conn: sa.Connection) -> None:
        super().__init__(conn)
        self._driver: Any = conn.connection.driver_connection

    @override
    def add(self, write: Write) -> None:
        """Do it."""
        made = write.statement.on(self.conn.dialect)
        touched = self._driver.execute(made.text, made.values(write.row)).rowcount
        if not touched and write.otherwise is not None:
            raise write.otherwise

    @override
    def flush(self) -> None:
        """Nothing waits."""

    @override
    def ask(self, statement: Statement, row: Mapping[str, Any]) -> list[list[Any]]:
        """The rows that a statement gives."""
        made = statement.on(self.conn.dialect)
        return [made.row(found) for found in self._driver.execute(made.text, made.values(row))]


class Together(Writes):
    """Writes wait, and go as one command."""

    def __init__(self, conn: sa.Connection) -> None:
        super().__init__(conn)
        self._waiting: list[Write] = []

    @override
    def add(self, write: Write) -> None:
        """Let it wait, behind what must be done before."""
        if write.statement.once and any(other.statement is write.statement for other in self._waiting):
            self.flush()
        self._waiting.append(write)

    @override
    def flush(self) -> None:
        """Do what waits in one command."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        parts: list[str] = []
        results: list[str] = []
        values: list[Any] = []
        for write in waiting:
            made = write.statement.on(self.conn.dialect)
            text = made.numbered_from(len(values))
            values += made.values(write.row)
            if made.asks:
                results.append(f"({text})")
                continue
            # Asking for the count is what runs a part, so that rows are numbered in the order of the writes.
            results.append(f"(SELECT count(*) FROM w{len(parts)})")  # noqa: S608 - a number of ours
            parts.append(f"w{len(parts)} AS ({text} RETURNING 1)")
        command = f"SELECT {', '.join(results)}"
        if parts:
            command = f"WITH {', '.join(parts)} {command}"
        compares = any(write.otherwise is not None for write in waiting)
        for write, touched in zip(waiting, self._run(command, tuple(values), compares=compares), strict=True):
            if write.otherwise is not None and not touched:
                raise write.otherwise

    def _run(self, command: str, values: tuple[Any, ...], *, compares: bool) -> tuple[Any, ...]:
        try:
            return tuple(self.conn.exec_driver_sql(command, values).one())
        except sa.exc.IntegrityError as error:
            if not compares:
                raise
            # Parts run in no order: the loser of a race may meet the winner's new row before its version.
            raise VersionConflict("Others wrote at the same time.", "Try again.") from error
