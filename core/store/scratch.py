"""A database in memory that nobody else sees, to try units in at moments that one chooses, and throw away.

It has the same tables and runs the same units as the real store. Only what a rehearsal does not need is left
out: other processes, durability, and people who would be told.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from core.store.columns import JSON_CODEC, METADATA
from core.store.engine import Unit
from core.store.writes import AtOnce

P = ParamSpec("P")
T = TypeVar("T")


class Scratch:
    """An empty database; each `run` is one transaction."""

    def __init__(self, conn: sa.Connection) -> None:
        self._conn = conn

    def run(
        self, at: datetime, work: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a unit as if it were `at`, and return what it returned.

        Raises:
            Exception: whatever `work` raised; nothing was changed.
        """
        with self._conn.begin():
            unit = Unit(AtOnce(self._conn), at, reactions={}, process="scratch")
            return work(unit, *args, **kwargs)


@contextmanager
def scratch() -> Iterator[Scratch]:
    """An empty database until the block ends."""
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool, **JSON_CODEC)
    try:
        with engine.connect() as conn:
            with conn.begin():
                METADATA.create_all(conn)
            yield Scratch(conn)
    finally:
        engine.dispose()
