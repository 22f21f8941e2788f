"""Column types that mean the same on SQLite and PostgreSQL, and the one table of tables."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from typing_extensions import override

from core.digest import canonical

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def to_json(value: Any) -> str:
    """JSON for a column: times in UTC, decimals as strings."""
    return canonical(value).decode()


Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

# How every engine reads and writes JSON columns.
JSON_CODEC: dict[str, Any] = {"json_serializer": to_json, "json_deserializer": orjson.loads}

# SQLite counts rows by itself only in a column that is called INTEGER.
Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Utc(sa.types.TypeDecorator[datetime]):
    """A moment. Refuses values without a zone, gives back UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @override
    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """To the database: UTC; as text without a zone on SQLite, by a shorter way than SQLAlchemy's own."""
        return _text_of if dialect.name == "sqlite" else _utc

    @override
    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """From the database: always UTC; SQLite gives text, by a shorter way than SQLAlchemy's own."""
        del coltype
        return _moment_of if dialect.name == "sqlite" else _in_utc


def _utc(value: datetime | None) -> datetime | None:
    if value is None or value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError("a moment without a zone cannot be stored")
    return value.astimezone(UTC)


@lru_cache(maxsize=256)
def _text_of(value: datetime | None) -> str | None:
    utc = _utc(value)
    return None if utc is None else utc.isoformat(" ", "microseconds")[:26]


@lru_cache(maxsize=4_096)
def _moment_of(text: str | None) -> datetime | None:
    # Naming the zone in the text costs an eighth of putting it there afterwards.
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def within(
    column: sa.ColumnElement[datetime], since: datetime | None, until: datetime | None
) -> list[sa.ColumnElement[bool]]:
    """The conditions for being in that time; an end that is not given is open."""
    after = [column >= since] if since is not None else []
    return after + ([column <= until] if until is not None else [])


def insert_new(conn: sa.Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Insert a row unless one with the same key is there; True if it was inserted."""
    return conn.execute(_insert_new(table, conn.dialect.name), values).rowcount == 1


@cache
def _insert_new(table: sa.Table, dialect: str) -> sa.Executable:
    # Building a statement costs more than running it.
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()
