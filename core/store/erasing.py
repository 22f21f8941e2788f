"""Erasing what somebody was told, when they want it forgotten; what is still on its way arrives first."""

from collections.abc import Collection, Iterable
from datetime import timedelta

import sqlalchemy as sa

from core.place import Actor
from core.store import deadlines
from core.store.engine import Unit
from core.store.outbox_rows import OUTBOX, is_open

DEADLINE = "outbox.erase"
_SOON = timedelta(minutes=2)


def erase_told(unit: Unit, actors: Iterable[Actor], direct: Collection[str]) -> None:
    """Delete what was said to these accounts alone, and in these lanes of direct messages; what waits, once it has left."""
    row = OUTBOX.c
    alone = [
        sa.and_(
            row.kind == "whisper",
            row.lane.startswith(f"{actor.platform}:", autoescape=True),
            row.lane.endswith(f"@{actor.user}", autoescape=True),
        )
        for actor in actors
    ]
    told = sa.or_(*alone, sa.and_(row.kind == "say", row.lane.in_(direct)))
    unit.conn.execute(sa.delete(OUTBOX).where(~is_open(OUTBOX), told))
    for seq in unit.conn.execute(sa.select(row.seq).where(is_open(OUTBOX), told)).scalars():
        deadlines.set(unit, DEADLINE, str(seq), unit.now + _SOON)


def on_due(unit: Unit, ref: str) -> None:
    """Delete this row if it has left; otherwise look again."""
    mine = OUTBOX.c.seq == int(ref)
    unit.conn.execute(sa.delete(OUTBOX).where(mine, ~is_open(OUTBOX)))
    if unit.conn.execute(sa.select(OUTBOX.c.seq).where(mine)).first() is not None:
        deadlines.set(unit, DEADLINE, ref, unit.now + _SOON)
