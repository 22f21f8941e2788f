"""Bring a database to the shape that this version needs, or back; by alembic, on both engines.

A database that has its shape already, as after every restart, is only looked at, and a new file is made from the
tables as they are (`newest.sql`): alembic is loaded when it has work.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from core.errors import Unavailable

if TYPE_CHECKING:
    from alembic.config import Config

T = TypeVar("T")
_FOLDER = Path(__file__).parent / "migrations"
NEWEST = _FOLDER / "newest.sql"
_HEAD = "head"


def upgrade(conn: sa.Connection, to: str = _HEAD) -> None:
    """Apply what is missing, up to revision `to`."""
    if to == _HEAD and current(conn) == newest():
        return
    _lock(conn)
    if to == _HEAD and _is_new_file(conn) and _make(conn) == newest():
        return
    from alembic import command

    command.upgrade(_config(conn), to)


def downgrade(conn: sa.Connection, to: str) -> None:
    """Take back what came after revision `to`; `base` empties the database."""
    _lock(conn)
    from alembic import command

    command.downgrade(_config(conn), to)


def current(conn: sa.Connection) -> str | None:
    """The revision that the database has; None if it has none of our tables."""
    if not sa.inspect(conn).has_table("alembic_version"):
        return None
    found: str | None = conn.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def newest() -> str:
    """The revision that this version needs: the files of revisions begin with their numbers."""
    return max(file.name.partition("_")[0] for file in (_FOLDER / "versions").glob("[0-9]*.py"))


def compares(_item: object, name: str | None, *_more: object) -> bool:
    """Whether alembic compares what has this name: the index of words is made by hand, and differently on each engine."""
    return not (name or "").startswith("memory_words")


async def run(url: str, work: Callable[[sa.Connection], T]) -> T:
    """Run `work` in a transaction of its own on the database at `url`: all of it is done, or nothing.

    Raises:
        Unavailable: it does not answer.
    """
    try:
        if url.startswith("sqlite"):
            return await asyncio.to_thread(_run_on_file, url, work)
        return await _run_on_server(url, work)
    except (sa.exc.DBAPIError, OSError) as error:
        why = str(getattr(error, "orig", None) or error).splitlines()[0][:200]
        raise Unavailable(
            f"The database cannot be used ({why}).", "Look at WARDROOM_DATABASE_URL."
        ) from error


def driver_url(url: str) -> str:
    """The address with the driver that we use, whatever driver it names or leaves out."""
    scheme, _, rest = url.partition("://")
    drivers = {
        "sqlite": "sqlite",
        "postgresql": "postgresql+asyncpg",
        "postgres": "postgresql+asyncpg",
    }
    return f"{drivers.get(scheme.partition('+')[0], scheme)}://{rest}"


def _run_on_file(url: str, work: Callable[[sa.Connection], T]) -> T:
    engine = sa.create_engine(driver_url(url), poolclass=NullPool, connect_args={"isolation_level": None})
    with engine.begin() as conn:
        return work(conn)


async def _run_on_server(url: str, work: Callable[[sa.Connection], T]) -> T:
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(driver_url(url), poolclass=NullPool)
    try:
        async with engine.begin() as conn:
            return await conn.run_sync(work)
    finally:
        await engine.dispose()


def _lock(conn: sa.Connection) -> None:
    # Python's driver would begin at the first row that is written, so that each table were a commit of its own.
    driver: Any = conn.connection.dbapi_connection
    if conn.dialect.name == "sqlite" and not driver.in_transaction:
        conn.exec_driver_sql("BEGIN IMMEDIATE")


def _is_new_file(conn: sa.Connection) -> bool:
    return (
        conn.dialect.name == "sqlite" and conn.exec_driver_sql("SELECT 1 FROM sqlite_master").scalar() is None
    )


def _make(conn: sa.Connection) -> str | None:
    for statement in NEWEST.read_text(encoding="utf-8").split(";\n"):
        conn.exec_driver_sql(statement)
    return current(conn)


def _config(conn: sa.Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = conn
    return config
