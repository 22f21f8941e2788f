"""One at a time: units that read what others of their kind may be about to write take turns."""

import hashlib

import sqlalchemy as sa

from core.store.engine import Unit


def take(unit: Unit, name: str) -> None:
    """Wait for the turn of this `name`, and keep it until the unit is committed or undone.

    On PostgreSQL an advisory lock, so that what is read afterwards holds all that was committed before. SQLite has
    one writer, whose units come one after the other anyhow.
    """
    if unit.conn.dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        unit.conn.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.cast(key, sa.BigInteger))))
