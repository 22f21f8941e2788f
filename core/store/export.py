"""The record page by page, for whoever carries it elsewhere: links with their events, and the ledger of messages.

A page is read at a time and forgotten, so that a record of any length needs the memory of one page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.store.audit import AUDIT
from core.store.dispatch import DELIVERY
from core.store.engine import Unit
from core.store.events import EVENT

PAGE = 500
_EVENT = ("seq", "at", "kind", "ref", "actor", "data")
_LINK = ("number", "digest", "previous", "hash")


@dataclass(frozen=True)
class Part:
    """Which part of the record: from `since` on, before `until`, about `refs`. None means no limit."""

    since: datetime | None = None
    until: datetime | None = None
    refs: tuple[str, ...] | None = None

    @property
    def is_whole(self) -> bool:
        """Nothing is left out."""
        return self.since is None and self.until is None and self.refs is None


def links(unit: Unit, part: Part, after: int, limit: int = PAGE) -> list[dict[str, Any]]:
    """Events of the chain, by their number, with what seals them; those after link `after`."""
    columns = (*(EVENT.c[name] for name in _EVENT), *(AUDIT.c[name] for name in _LINK))
    statement = (
        sa.select(*columns)
        .join(EVENT, EVENT.c.seq == AUDIT.c.event_seq)
        .where(AUDIT.c.number > after, *_within(part, EVENT.c.at, EVENT.c.ref))
        .order_by(AUDIT.c.number)
        .limit(limit)
    )
    return [dict(row) for row in unit.conn.execute(statement).mappings()]


def unsealed(unit: Unit, part: Part, after: int, limit: int = PAGE) -> list[dict[str, Any]]:
    """Events that are not in the chain yet, by their sequence number; those after `after`."""
    statement = (
        sa.select(*(EVENT.c[name] for name in _EVENT))
        .where(~EVENT.c.sealed, EVENT.c.seq > after, *_within(part, EVENT.c.at, EVENT.c.ref))
        .order_by(EVENT.c.seq)
        .limit(limit)
    )
    return [dict(row) for row in unit.conn.execute(statement).mappings()]


def deliveries(unit: Unit, part: Part, after: int, limit: int = PAGE) -> list[dict[str, Any]]:
    """Attempts to tell somebody, by their id; those after `after`."""
    statement = (
        sa.select(DELIVERY)
        .where(DELIVERY.c.id > after, *_within(part, DELIVERY.c.at, DELIVERY.c.about))
        .order_by(DELIVERY.c.id)
        .limit(limit)
    )
    return [dict(row) for row in unit.conn.execute(statement).mappings()]


def refs(unit: Unit, kind: str, since: datetime, after: int, limit: int = PAGE) -> list[tuple[int, str]]:
    """What events of this kind since then are about, with their sequence numbers; those after `after`."""
    statement = (
        sa.select(EVENT.c.seq, EVENT.c.ref)
        .where(EVENT.c.kind == kind, EVENT.c.at >= since, EVENT.c.seq > after)
        .order_by(EVENT.c.seq)
        .limit(limit)
    )
    return [(seq, ref) for seq, ref in unit.conn.execute(statement)]


def hashes(unit: Unit, numbers: Sequence[int]) -> Mapping[int, str]:
    """The hashes of these links; a link that is not there is left out."""
    statement = sa.select(AUDIT.c.number, AUDIT.c.hash).where(AUDIT.c.number.in_(numbers))
    return {row.number: row.hash for row in unit.conn.execute(statement)}


def _within(part: Part, at: sa.Column[Any], ref: sa.Column[Any]) -> list[sa.ColumnElement[bool]]:
    limits = []
    if part.since is not None:
        limits.append(at >= part.since)
    if part.until is not None:
        limits.append(at < part.until)
    if part.refs is not None:
        limits.append(ref.in_(part.refs))
    return limits
