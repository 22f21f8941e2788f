"""The configured database: brought to the right shape, and opened for an errand of the command line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.settings import Settings
from core.clock import SystemClock
from core.errors import ConfigError, Invalid, Problem, Unavailable
from core.store import migrate
from core.store.bus import Bus
from core.store.engine import Store
from core.store.opening import sqlite_path, store_for


def address(settings: Settings) -> str:
    """The address of the database; the folder of a database file is made.

    Raises:
        ConfigError: it is the address of no database, or its folder cannot be made.
    """
    url = settings.database_url.get_secret_value()
    if "://" not in url:
        mend = "Write sqlite:///var/wardroom.db or postgresql://user:password@host/name."
        raise ConfigError([Problem("WARDROOM_DATABASE_URL", 0, "This is the address of no database.", mend)])
    path = sqlite_path(url)
    try:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"The folder of the database cannot be made: {error.strerror}."
        raise ConfigError([Problem("WARDROOM_DATABASE_URL", 0, what, "Choose another.")]) from None
    return url


def called(settings: Settings) -> str:
    """How people call the database, without its password: `the file var/wardroom.db`."""
    path = sqlite_path(settings.database_url.get_secret_value())
    return f"the file {path}" if path else "PostgreSQL (WARDROOM_DATABASE_URL)"


async def prepare(settings: Settings) -> None:
    """Bring a database file to the shape this version needs; another database must have it already.

    Raises:
        Unavailable: the database does not answer, or `wardroom db upgrade` has to run first.
    """
    url = address(settings)
    if sqlite_path(url) is not None:
        await migrate.run(url, migrate.upgrade)
        return
    await _fits(url)


async def _fits(url: str) -> None:
    found = await migrate.run(url, migrate.current)
    if found != migrate.newest():
        what = f"The database has the shape {found or 'of an empty one'}, and {migrate.newest()} is needed."
        raise Unavailable(what, "Run: wardroom db upgrade")


@asynccontextmanager
async def looked_into(settings: Settings) -> AsyncIterator[Store]:
    """A store for reading alone: the database is neither made nor brought to another shape.

    Raises:
        ConfigError: the address cannot be used.
        Unavailable: the database is not there, does not answer, or has another shape.
    """
    url = address(settings)
    path = sqlite_path(url)
    if path is not None and not path.exists():
        raise Unavailable(f"There is no database at {path}.", "Look at WARDROOM_DATABASE_URL.")
    await _fits(url)
    async with _store(url) as store:
        yield store


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """A store for one errand, closed afterwards.

    Raises:
        ConfigError: the address cannot be used.
        Unavailable: the database does not answer.
    """
    await prepare(settings)
    async with _store(address(settings)) as store:
        yield store


@asynccontextmanager
async def _store(url: str) -> AsyncIterator[Store]:
    try:
        store = store_for(url, SystemClock(), Bus(), reactions={}, process="cli")
    except Invalid as error:
        raise ConfigError([Problem("WARDROOM_DATABASE_URL", 0, error.what, error.mend)]) from None
    await store.start()
    try:
        yield store
    finally:
        await store.stop()
