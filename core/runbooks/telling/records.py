"""The rows of what runs told people."""

from typing import Any

import sqlalchemy as sa

from core.errors import NotFound
from core.runbooks.telling.note import Note
from core.store.columns import METADATA, Json, Utc
from core.store.engine import Unit

NOTE = sa.Table(
    "run_note",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("execution", sa.String(24), nullable=False, index=True),
    sa.Column("step", sa.String(80), nullable=False),
    sa.Column("runbook", sa.String(64), nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("people", Json, nullable=False),
    sa.Column("created", Utc, nullable=False),
)


def add(unit: Unit, note: Note) -> None:
    """Keep what is told."""
    unit.conn.execute(sa.insert(NOTE).values(**vars(note) | {"people": list(note.people)}))


def get(unit: Unit, note_id: str) -> Note:
    """What was told.

    Raises:
        NotFound: there is no such note.
    """
    row = unit.conn.execute(sa.select(NOTE).where(NOTE.c.id == note_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no {note_id}.", "`/runbook status` shows what runs.")
    kept: dict[str, Any] = dict(row)
    return Note(**kept | {"people": tuple(kept["people"])})
