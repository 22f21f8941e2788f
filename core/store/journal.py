"""The log in the order in which it was sealed: the only order into which nothing is put afterwards.

An event is numbered when it is written, and units that write at the same time may commit the other way round: who
reads on from such a number can miss one. A link of the chain is made of committed events alone, one after the
other, so whoever has read up to a link has read everything before it.
"""

from typing import Any

import sqlalchemy as sa

from core.store.audit import AUDIT, AUDIT_HEAD
from core.store.engine import Unit
from core.store.events import EVENT

_COLUMNS = (AUDIT.c.number.label("seq"), *(EVENT.c[name] for name in ("at", "kind", "ref", "actor", "data")))


def position(unit: Unit) -> int:
    """The number of the newest link; 0 before the first."""
    return unit.conn.execute(sa.select(AUDIT_HEAD.c.number)).scalar_one_or_none() or 0


def is_behind(unit: Unit) -> bool:
    """Whether something is committed and not sealed yet."""
    return unit.conn.execute(sa.select(EVENT.c.seq).where(~EVENT.c.sealed).limit(1)).first() is not None


def after(unit: Unit, number: int, limit: int) -> list[dict[str, Any]]:
    """What came after a link, oldest first: `seq` (the link's number), `at, kind, ref, actor, data`."""
    return read(unit, listing(number, limit))


def of(unit: Unit, ref: str, number: int, limit: int) -> list[dict[str, Any]]:
    """What came after a link and happened to one thing."""
    return read(unit, listing(number, limit).where(EVENT.c.ref == ref))


def history(unit: Unit, ref: str, limit: int = 100) -> list[dict[str, Any]]:
    """The newest events of one thing, oldest first; what is not sealed yet has no number, so no `seq`."""
    links = sa.outerjoin(EVENT, AUDIT, AUDIT.c.event_seq == EVENT.c.seq)
    chosen = sa.select(*_COLUMNS).select_from(links).where(EVENT.c.ref == ref)
    rows = read(unit, chosen.order_by(EVENT.c.seq.desc()).limit(limit))
    return [{name: value for name, value in row.items() if value is not None} for row in reversed(rows)]


def listing(number: int, limit: int) -> sa.Select[Any]:
    """What came after a link, to be narrowed by a room."""
    links = sa.join(AUDIT, EVENT, AUDIT.c.event_seq == EVENT.c.seq)
    columns = (
        AUDIT.c.number.label("seq"),
        *(EVENT.c[name] for name in ("at", "kind", "ref", "actor", "data")),
    )
    chosen = sa.select(*columns).select_from(links).where(AUDIT.c.number > number)
    return chosen.order_by(AUDIT.c.number).limit(limit)


def read(unit: Unit, listed: sa.Select[Any]) -> list[dict[str, Any]]:
    """What such a listing finds."""
    return [dict(row) for row in unit.conn.execute(listed).mappings()]
