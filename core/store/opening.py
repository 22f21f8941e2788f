"""Which store a database address means."""

from collections.abc import Mapping
from pathlib import Path

from core.clock import Clock
from core.errors import Invalid
from core.store.bus import Bus
from core.store.engine import Store
from core.store.migrate import driver_url
from core.store.sqlite import SqliteStore


def store_for(
    url: str, clock: Clock, bus: Bus, *, reactions: Mapping[str, tuple[str, ...]], process: str
) -> Store:
    """The store behind `sqlite:///file` or `postgresql://...`; not started yet.

    Raises:
        Invalid: it is neither.
    """
    path = sqlite_path(url)
    if path is not None:
        return SqliteStore(path, clock, bus, reactions=reactions, process=process)
    if not url.startswith(("postgresql", "postgres")):
        scheme = url.partition("://")[0][:20]
        raise Invalid(
            f"A database of the kind “{scheme}” is not known.", "Use sqlite:///file or postgresql://..."
        )
    # A house on a file has no use for what awaits a server.
    from core.store.postgres import PostgresStore

    return PostgresStore(driver_url(url), clock, bus, reactions=reactions, process=process)


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite address; None for another kind."""
    return Path(url.split(":///", 1)[1]) if url.startswith("sqlite") and ":///" in url else None
