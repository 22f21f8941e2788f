"""The writes of a unit: at once where the database is in the process, together where each trip costs.

On PostgreSQL what a unit writes waits until it reads again or ends, and then goes as one command with a part
(a common table expression) for each write. The parts of such a command do not see each other, so a statement
that may touch rows of a table which was written to before starts a new command.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from typing_extensions import override

from core.errors import VersionConflict
from core.store.statement import Statement

# A command of more parts takes longer to plan than it saves, and PostgreSQL takes 32,767 values at most.
_MOST = 40


class Writes(ABC):
    """Takes writes in order, and answers questions after them.

    `seals` says that the events of a transaction are chained by whoever commits it, in the same commit.
    """

    seals = False

    def __init__(self, conn: sa.Connection) -> None:
        self.conn = conn

    @abstractmethod
    def add(self, statement: Statement, row: Mapping[str, Any], *, must: bool) -> None:
        """Take one; it is done before anything is read again. `must`: it has to touch a row.

        Raises:
            VersionConflict: it touched none; raised here or by `flush`.
        """

    def add_all(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Take one for each row."""
        for row in rows:
            self.add(statement, row, must=False)

    @abstractmethod
    def flush(self) -> None:
        """Do what waits.

        Raises:
            VersionConflict: one touched no row that had to.
        """

    @abstractmethod
    def ask(self, statement: Statement, row: Mapping[str, Any]) -> list[list[Any]]:
        """The rows that a statement gives, after everything that was written."""


class AtOnce(Writes):
    """Each write is done when it comes, by the driver itself: SQLite is in this process and this thread."""

    seals = True

    def __init__(self, conn: sa.Connection) -> None:
        super().__init__(conn)
        self._dialect = conn.dialect
        driver: Any = conn.connection.driver_connection
        self.driver = driver
        # One for all: making one for each statement costs more than most statements.
        self._cursor: Any = driver.cursor()

    @override
    def add(self, statement: Statement, row: Mapping[str, Any], *, must: bool) -> None:
        """Do it."""
        made = statement.on(self._dialect)
        self._cursor.execute(made.text, made.values(row))
        if must and not self._cursor.rowcount:
            raise _lost()

    @override
    def add_all(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Do it for all rows in one call of the driver."""
        made = statement.on(self._dialect)
        self._cursor.executemany(made.text, [made.values(row) for row in rows])

    @override
    def flush(self) -> None:
        """Nothing waits."""

    @override
    def ask(self, statement: Statement, row: Mapping[str, Any]) -> list[list[Any]]:
        """The rows that a statement gives."""
        made = statement.on(self._dialect)
        return [made.row(found) for found in self._cursor.execute(made.text, made.values(row)).fetchall()]


class Together(Writes):
    """Writes wait, and go as one command."""

    def __init__(self, conn: sa.Connection) -> None:
        super().__init__(conn)
        self._waiting: list[tuple[Statement, Mapping[str, Any], bool]] = []

    @override
    def add(self, statement: Statement, row: Mapping[str, Any], *, must: bool) -> None:
        """Let it wait, behind what must be done before."""
        if not statement.plain:
            dialect = self.conn.dialect
            table = statement.on(dialect).table
            if any(other.on(dialect).table == table for other, _, _ in self._waiting):
                self.flush()
        self._waiting.append((statement, row, must))
        if len(self._waiting) >= _MOST:
            self.flush()

    @override
    def flush(self) -> None:
        """Do what waits in one command."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        dialect = self.conn.dialect
        command = _command(dialect, tuple(statement for statement, _, _ in waiting))
        values = [value for statement, row, _ in waiting for value in statement.on(dialect).values(row)]
        try:
            (touched,) = self._fetch(command, values)
        except sa.exc.IntegrityError as error:
            if not any(must for _, _, must in waiting):
                raise
            # Parts do not see each other: the loser of a race may meet the winner's row before its version.
            raise _lost() from error
        if any(must and not count for (_, _, must), count in zip(waiting, touched, strict=True)):
            raise _lost()

    @override
    def ask(self, statement: Statement, row: Mapping[str, Any]) -> list[list[Any]]:
        """The rows that a statement gives."""
        self.flush()
        made = statement.on(self.conn.dialect)
        return [made.row(found) for found in self._fetch(made.text, made.values(row))]

    def _fetch(self, text: str, values: list[Any]) -> Sequence[Sequence[Any]]:
        """Run a command by the driver's cursor; SQLAlchemy's result would cost more than the command."""
        dialect = self.conn.dialect
        cursor = self.conn.connection.cursor()
        try:
            cursor.execute(text, tuple(values))
            rows: Sequence[Sequence[Any]] = cursor.fetchall()
        except dialect.loaded_dbapi.Error as error:
            if dialect.is_disconnect(error, self.conn.connection, cursor):
                # Asked on a lost connection, SQLAlchemy says so, and drops all that the pool has from before.
                self.conn.exec_driver_sql("SELECT 1")
            raise sa.exc.DBAPIError.instance(
                text, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
            ) from error
        finally:
            cursor.close()
        return rows


def _lost() -> VersionConflict:
    return VersionConflict("Somebody else changed it at the same moment.", "Try again.")


@lru_cache(maxsize=500)
def _command(dialect: Dialect, statements: tuple[Statement, ...]) -> str:
    """One command of several statements, which gives how many rows each touched, in their order."""
    parts: list[str] = []
    results: list[str] = []
    places = 0
    for statement in statements:
        made = statement.on(dialect)
        text = made.numbered_from(places)
        places += len(made.names)
        # Asking for the count is what runs a part, so that rows are numbered in the order of the writes.
        results.append(f"(SELECT count(*) FROM w{len(parts)})")  # noqa: S608 - a number of ours
        parts.append(f"w{len(parts)} AS ({text} RETURNING 1)")
    return f"WITH {', '.join(parts)} SELECT {', '.join(results)}"
