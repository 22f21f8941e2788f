"""Statements whose text is made once per engine and then run as text, for the paths that are hot.

SQLAlchemy makes the text and converts the values, so a statement is still written once, in its terms; what is
saved is the work it does around each execution, which costs more than the statement itself.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

Convert = Callable[[Any], Any]
Clause = sa.Select[Any] | sa.Insert | sa.Update | sa.Delete
_NUMBERED = re.compile(r"\$(\d+)")


@dataclass(frozen=True)
class Made:
    """A statement for one engine: its text, whether it asks, and how values go in and come out, in order.

    `fixed` has the values that are part of the statement.
    """

    text: str
    asks: bool
    names: tuple[str, ...]
    fixed: Mapping[str, Any]
    into: tuple[Convert | None, ...]
    out: tuple[Convert | None, ...]

    def values(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """The row's values as the driver takes them."""
        given = {**self.fixed, **row}
        return tuple(
            given[name] if convert is None or given[name] is None else convert(given[name])
            for name, convert in zip(self.names, self.into, strict=True)
        )

    def numbered_from(self, first: int) -> str:
        """The text with its numbered places (`$1` ...) counted from `first` + 1."""
        return _NUMBERED.sub(lambda place: f"${int(place[1]) + first}", self.text)


class Statement:
    """A statement with named values, or a function that gives the one for an engine by its name.

    Args:
        source: every value that is not the same each time is a bind parameter.
        once: running it twice with one text in a single command would not be the same as one after the other,
            as for everything that is not a plain insert.
    """

    def __init__(self, source: Clause | Callable[[str], Clause], *, once: bool = True) -> None:
        self._source = source
        self.once = once
        self._made: dict[str, Made] = {}

    def on(self, dialect: Dialect) -> Made:
        """The statement for this engine."""
        made = self._made.get(dialect.name)
        if made is None:
            made = self._made[dialect.name] = self._make(dialect)
        return made

    def all(self, conn: sa.Connection, row: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run it and give the rows that come back."""
        made = self.on(conn.dialect)
        found: Sequence[Sequence[Any]] = conn.exec_driver_sql(made.text, made.values(row)).all()
        return [
            tuple(
                value if convert is None or value is None else convert(value)
                for value, convert in zip(each, made.out, strict=True)
            )
            for each in found
        ]

    def run(self, conn: sa.Connection, row: Mapping[str, Any]) -> int:
        """Run it; how many rows it touched."""
        made = self.on(conn.dialect)
        return int(conn.exec_driver_sql(made.text, made.values(row)).rowcount)

    def _make(self, dialect: Dialect) -> Made:
        source = self._source(dialect.name) if callable(self._source) else self._source
        compiled: Any = source.compile(dialect=dialect)
        names = tuple(compiled.positiontup)
        types = [compiled.binds[name].type.dialect_impl(dialect) for name in names]
        columns: list[Any] = list(source.selected_columns) if isinstance(source, sa.Select) else []
        return Made(
            text=str(compiled),
            asks=isinstance(source, sa.Select),
            names=names,
            fixed={name: compiled.binds[name].value for name in names if not compiled.binds[name].required},
            into=tuple(each.bind_processor(dialect) for each in types),
            out=tuple(
                column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
            ),
        )


def inserting(table: sa.Table, *left_out: str) -> Statement:
    """An insert of one row with every column but those; nothing is filled in by itself."""
    names = [column.name for column in table.columns if column.name not in left_out]
    return Statement(
        sa.insert(table).values({name: sa.bindparam(name) for name in names}).inline(), once=False
    )
