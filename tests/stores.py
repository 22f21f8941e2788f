"""Real databases for tests: SQLite in a file, PostgreSQL from the run's own server."""

import atexit
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from core import tables
from core.clock import Clock, ManualClock
from core.store import migrate
from core.store.bus import Bus
from core.store.engine import Store
from core.store.opening import sqlite_path, store_for
from tests.postgres import in_own_loop

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ENGINES = ("sqlite", "postgres")

assert tables.TABLES  # every room's tables are known once the wiring is


def sqlite_url(folder: Path) -> str:
    """The address of a database file in `folder`."""
    return f"sqlite:///{folder / 'wardroom.db'}"


@cache
def template() -> Path:
    """A database file with every table and nothing in it: making one takes a quarter of a second, a copy nothing."""
    folder = Path(tempfile.mkdtemp(prefix="wardroom-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    in_own_loop(lambda: migrate.run(sqlite_url(folder), migrate.upgrade))
    return folder / "wardroom.db"


def prepare(folder: Path) -> str:
    """The address of the database file in `folder`, which has every table; one that is there is left as it is."""
    if not (folder / "wardroom.db").exists():
        shutil.copy(template(), folder)
    return sqlite_url(folder)


@asynccontextmanager
async def opened(
    url: str,
    clock: Clock | None = None,
    *,
    reactions: Mapping[str, tuple[str, ...]] | None = None,
    process: str = "test",
) -> AsyncIterator[Store]:
    """A started store with every table, at `url`."""
    path = sqlite_path(url)
    if path is not None and not path.exists():
        shutil.copy(template(), path)
    await migrate.run(url, migrate.upgrade)
    store = store_for(url, clock or ManualClock(START), Bus(), reactions=reactions or {}, process=process)
    await store.start()
    try:
        yield store
    finally:
        await store.stop()
