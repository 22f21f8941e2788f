"""Statements whose text is made once per engine and then run as text, for the paths that are hot.

SQLAlchemy makes the text and converts the values, so a statement is still written once, in its terms; what is
saved is the work it does around each execution, which costs more than the statement itself.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from core.store.columns import to_json

Convert = Callable[[Any], Any]
Clause = sa.Select[Any] | sa.Insert | sa.Update | sa.Delete
_NUMBERED = re.compile(r"\$(\d+)")


@dataclass(frozen=True)
class Made:
    """A statement for one engine: its text, the table it writes ("" if none), how values go in and come out.

    `names` are the values in order, which `take` takes from a row, `fixed` those that are part of the statement; `into` and `out` say which
    of them, by position, are converted.
    """

    text: str
    table: str
    names: tuple[str, ...]
    take: Callable[[Mapping[str, Any]], Sequence[Any]]
    fixed: Mapping[str, Any]
    into: tuple[tuple[int, Convert], ...]
    out: tuple[tuple[int, Convert], ...]

    def values(self, row: Mapping[str, Any]) -> list[Any]:
        """The row's values as the driver takes them."""
        return _converted(list(self.take({**self.fixed, **row} if self.fixed else row)), self.into)

    def row(self, found: Sequence[Any]) -> list[Any]:
        """A row that came back, as Python's values."""
        return _converted(list(found), self.out)

    def numbered_from(self, first: int) -> str:
        """The text with its numbered places (`$1` ...) counted from `first` + 1."""
        return _NUMBERED.sub(lambda place: f"${int(place[1]) + first}", self.text)


class Statement:
    """A statement with named values, or a function that gives the one for an engine by its name.

    Args:
        source: every value that is not the same each time is a bind parameter.
        plain: it adds a row, or touches one that nothing else of its command touches, so it does not matter what was
            done to the table before.
    """

    def __init__(self, source: Clause | Callable[[str], Clause], *, plain: bool = False) -> None:
        self._source = source
        self.plain = plain
        self._made: dict[str, Made] = {}

    def on(self, dialect: Dialect) -> Made:
        """The statement for this engine."""
        made = self._made.get(dialect.name)
        if made is None:
            made = self._made[dialect.name] = self._make(dialect)
        return made

    def _make(self, dialect: Dialect) -> Made:
        source = self._source(dialect.name) if callable(self._source) else self._source
        compiled: Any = source.compile(dialect=dialect)
        names = tuple(compiled.positiontup)
        columns: list[Any] = list(source.selected_columns) if isinstance(source, sa.Select) else []
        into = [_into(compiled.binds[name].type, dialect) for name in names]
        out = [_out(each.type, dialect) for each in columns]
        return Made(
            text=str(compiled),
            table="" if isinstance(source, sa.Select) else str(source.table),
            names=names,
            take=_taking(names),
            fixed={name: compiled.binds[name].value for name in names if not compiled.binds[name].required},
            into=_needed(into),
            out=_needed(out),
        )


def _into(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Convert | None:
    # Most of what is written is JSON, and all engines take it as text.
    return to_json if isinstance(kind, sa.JSON) else kind.dialect_impl(dialect).bind_processor(dialect)


def _out(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Convert | None:
    # Drivers give a float as it is, and SQLAlchemy wants to be told more of the column than is known here.
    return None if isinstance(kind, sa.Float) else kind.dialect_impl(dialect).result_processor(dialect, None)


def _taking(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """What takes these values out of a row, in their order."""
    return itemgetter(*names) if len(names) > 1 else lambda row: [row[name] for name in names]


def _needed(converts: Sequence[Convert | None]) -> tuple[tuple[int, Convert], ...]:
    return tuple((place, convert) for place, convert in enumerate(converts) if convert is not None)


def _converted(values: list[Any], converts: tuple[tuple[int, Convert], ...]) -> list[Any]:
    for place, convert in converts:
        if values[place] is not None:
            values[place] = convert(values[place])
    return values


def inserting_new(table: sa.Table, *left_out: str) -> Statement:
    """An insert like `inserting` that passes over a row whose key is there. Asked, it gives a row if it was inserted."""
    names = [column.name for column in table.columns if column.name not in left_out]

    def build(dialect: str) -> sa.Insert:
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        new = insert(table).values({name: sa.bindparam(name) for name in names})
        return new.on_conflict_do_nothing().returning(sa.literal_column("1"))

    return Statement(build)


def inserting(table: sa.Table, *left_out: str) -> Statement:
    """An insert of one row with every column but those; nothing is filled in by itself."""
    names = [column.name for column in table.columns if column.name not in left_out]
    return Statement(
        sa.insert(table).values({name: sa.bindparam(name) for name in names}).inline(),
        plain=True,
    )
