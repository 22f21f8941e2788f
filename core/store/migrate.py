"""Bring a database to the shape that this version needs, or back; by alembic, on both engines."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from core.errors import Unavailable

T = TypeVar("T")


def upgrade(conn: sa.Connection, to: str = "head") -> None:
    """Apply what is missing, up to revision `to`."""
    command.upgrade(_config(conn), to)


def downgrade(conn: sa.Connection, to: str) -> None:
    """Take back what came after revision `to`; `base` empties the database."""
    command.downgrade(_config(conn), to)


def current(conn: sa.Connection) -> str | None:
    """The revision that the database has; None if it has none of our tables."""
    return MigrationContext.configure(conn).get_current_revision()


def newest() -> str:
    """The revision that this version needs."""
    head = ScriptDirectory.from_config(_config(None)).get_current_head()
    return head or ""


async def run(url: str, work: Callable[[sa.Connection], T]) -> T:
    """Run `work` in a transaction of its own on the database at `url`.

    Raises:
        Unavailable: it does not answer.
    """
    engine = create_async_engine(driver_url(url), poolclass=NullPool)
    try:
        async with engine.begin() as conn:
            return await conn.run_sync(work)
    except (sa.exc.DBAPIError, OSError) as error:
        why = str(getattr(error, "orig", None) or error).splitlines()[0][:200]
        raise Unavailable(
            f"The database cannot be used ({why}).", "Look at WARDROOM_DATABASE_URL."
        ) from error
    finally:
        await engine.dispose()


def driver_url(url: str) -> str:
    """The address with the driver that we use, whatever driver it names or leaves out."""
    scheme, _, rest = url.partition("://")
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+asyncpg",
        "postgres": "postgresql+asyncpg",
    }
    return f"{drivers.get(scheme.partition('+')[0], scheme)}://{rest}"


def _config(conn: sa.Connection | None) -> Config:
    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = conn
    return config
