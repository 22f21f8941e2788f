"""Real databases for tests: SQLite in a file, PostgreSQL from the run's own server."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from core import wiring
from core.clock import Clock, ManualClock
from core.store import migrate
from core.store.bus import Bus
from core.store.engine import Store
from core.store.opening import store_for

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ENGINES = ("sqlite", "postgres")

assert wiring.TABLES  # every room's tables are known once the wiring is


def sqlite_url(folder: Path) -> str:
    """The address of a database file in `folder`."""
    return f"sqlite:///{folder / 'wardroom.db'}"


@asynccontextmanager
async def opened(
    url: str,
    clock: Clock | None = None,
    *,
    reactions: Mapping[str, tuple[str, ...]] | None = None,
    process: str = "test",
) -> AsyncIterator[Store]:
    """A started store with every table, at `url`."""
    await migrate.run(url, migrate.upgrade)
    store = store_for(url, clock or ManualClock(START), Bus(), reactions=reactions or {}, process=process)
    await store.start()
    try:
        yield store
    finally:
        await store.stop()
