"""The rows of calendars: how each copy stands, and for when it names whom."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from core.oncall.calendars.calendar import Copy
from core.oncall.schedule import Spell
from core.store.columns import METADATA, Json, Serial, Utc
from core.store.engine import Unit

COPY = sa.Table(
    "oncall_calendar",
    METADATA,
    sa.Column("feed", sa.String(24), primary_key=True),
    sa.Column("good", Utc),
    sa.Column("tried", Utc),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("error", sa.String(400), nullable=False),
    sa.Column("unknown", Json, nullable=False),
    sa.Column("people", sa.String(64), nullable=False),
)

SPELL = sa.Table(
    "oncall_spell",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("feed", sa.String(24), nullable=False),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("begins", Utc, nullable=False),
    sa.Column("ends", Utc, nullable=False),
    sa.Index("ix_oncall_spell_ends", "feed", "ends"),
)
# So many changes ahead are more than anybody looks at.
_SIGHT = 500


def copies(unit: Unit, feeds: Collection[str]) -> dict[str, Copy]:
    """How the copies of these calendars stand, of those that were ever tried."""
    rows = unit.conn.execute(sa.select(COPY).where(COPY.c.feed.in_(feeds))).mappings()
    return {row["feed"]: Copy(**(dict(row) | {"unknown": tuple(row["unknown"])})) for row in rows}


def save(unit: Unit, copy: Copy) -> None:
    """Keep how a copy stands."""
    unit.conn.execute(sa.delete(COPY).where(COPY.c.feed == copy.feed))
    unit.conn.execute(sa.insert(COPY).values(**(asdict(copy) | {"unknown": list(copy.unknown)})))


def spells(unit: Unit, feeds: Collection[str], at: datetime) -> dict[str, list[Spell]]:
    """By calendar, the next spells that are not over at this moment."""
    found: dict[str, list[Spell]] = {feed: [] for feed in feeds}
    for feed in feeds:
        wanted = sa.select(SPELL.c.person, SPELL.c.begins, SPELL.c.ends)
        mine = wanted.where(SPELL.c.feed == feed, SPELL.c.ends > at)
        rows = unit.conn.execute(mine.order_by(SPELL.c.begins, SPELL.c.id).limit(_SIGHT))
        found[feed] = [Spell(*row) for row in rows]
    return found


def replace(unit: Unit, feed: str, since: datetime, named: Sequence[Spell]) -> None:
    """Put these spells in the place of those that are not over since then; what is over stays, for who asks about it."""
    unit.conn.execute(sa.delete(SPELL).where(SPELL.c.feed == feed, SPELL.c.ends > since))
    rows = [{"feed": feed, "person": one.person, "begins": one.begins, "ends": one.ends} for one in named]
    if rows:
        unit.conn.execute(sa.insert(SPELL), rows)


def forget(unit: Unit, kept: Collection[str]) -> None:
    """Drop what no schedule names any more."""
    for table in (COPY, SPELL):
        unit.conn.execute(sa.delete(table).where(table.c.feed.not_in(kept)))
