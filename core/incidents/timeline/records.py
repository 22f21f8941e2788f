"""Lines of timelines one by one, and page after page; their table belongs to the incidents' room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.approvals.records import APPROVAL
from core.errors import NotFound
from core.incidents.incident import Entry
from core.incidents.records import ENTRY, entry_of
from core.runbooks.records import EXECUTION, STEP
from core.store.engine import Unit
from core.store.events import EVENT

OFFSET = 10**15
_LOOKED_AT = 500
KEPT = "quote"
"""The kind of what people said and somebody kept; all else was seen by the house, and stays as it is."""


@dataclass(frozen=True)
class Cut:
    """Where a page of lines begins or ends: a moment, and the number of the line at that moment. `limit` lines at most.

    `newest`: the last lines before it; else the first ones after it.
    """

    limit: int = 50
    at: datetime | None = None
    number: int = 0
    newest: bool = False

    def fits(self, at: sa.Column[Any], number: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        """Whether a row is on this side of it."""
        if self.at is None:
            return sa.true()
        same = sa.and_(at == self.at, number < self.number if self.newest else number > self.number)
        return sa.or_(at < self.at if self.newest else at > self.at, same)

    def order(self, at: sa.Column[Any], number: sa.ColumnElement[int]) -> list[Any]:
        """From here on, away from it."""
        return [at.desc(), number.desc()] if self.newest else [at, number]


@dataclass(frozen=True)
class Span:
    """What of the log belongs to an incident: of which things, and from when until when for its services and for other runs."""

    requests: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def kept(unit: Unit, incident: str, cut: Cut) -> list[Entry]:
    """Lines that were written on the timeline, from the cut on."""
    fits = cut.fits(ENTRY.c.at, ENTRY.c.id)
    statement = sa.select(ENTRY).where(ENTRY.c.incident == incident, fits)
    rows = unit.conn.execute(statement.order_by(*cut.order(ENTRY.c.at, ENTRY.c.id)).limit(cut.limit))
    return [entry_of(row) for row in rows.mappings()]


def seen(unit: Unit, span: Span, kinds: Sequence[str], cut: Cut) -> list[dict[str, Any]]:
    """What the log says of these things, from the cut on. An event's number as a line is below that of every kept one."""
    row, number = EVENT.c, EVENT.c.seq - OFFSET
    within = sa.and_(row.at >= span.since, row.at <= span.until) if span.since and span.until else sa.true()
    mine = sa.or_(
        row.ref.in_(span.requests),
        sa.and_(row.ref.in_((*span.services, *span.runs)), within),
    )
    statement = sa.select(EVENT).where(mine, row.kind.in_(kinds), cut.fits(row.at, number))
    rows = unit.conn.execute(statement.order_by(*cut.order(row.at, number)).limit(cut.limit))
    return [dict(one) for one in rows.mappings()]


def requests_of(unit: Unit, incident: str) -> tuple[str, ...]:
    """The requests about its runs and about their steps."""
    runs = sa.select(EXECUTION.c.request).where(EXECUTION.c.incident == incident)
    steps = sa.select(STEP.c.request).join(EXECUTION, EXECUTION.c.id == STEP.c.execution)
    both = sa.union(runs, steps.where(EXECUTION.c.incident == incident))
    return tuple(sorted(ref for (ref,) in unit.conn.execute(both) if ref))


def changes(unit: Unit, service: str, since: datetime, until: datetime) -> tuple[str, ...]:
    """The runs that were made for a service then, and the deploys that programs asked about, by their names."""
    made = sa.select(EXECUTION.c.id, EXECUTION.c.params).where(
        EXECUTION.c.created_at >= since, EXECUTION.c.created_at <= until, EXECUTION.c.incident == ""
    )
    runs = [
        ref for ref, params in unit.conn.execute(made.limit(_LOOKED_AT)) if params.get("service") == service
    ]
    asked = sa.select(APPROVAL.c.id).where(
        APPROVAL.c.kind.icontains("deploy", autoescape=True),
        APPROVAL.c.title.icontains(service, autoescape=True),
        APPROVAL.c.created >= since,
        APPROVAL.c.created <= until,
    )
    return (*runs, *unit.conn.execute(asked.limit(_LOOKED_AT)).scalars())


def get(unit: Unit, incident: str, number: int) -> Entry:
    """The line of this number.

    Raises:
        NotFound: the incident has none.
    """
    statement = sa.select(ENTRY).where(ENTRY.c.incident == incident, ENTRY.c.id == number)
    row = unit.conn.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFound(
            f"The timeline of {incident} has no line {number}.", f"`/incident history {incident}` shows it."
        )
    return entry_of(row)


def from_source(unit: Unit, source: str) -> list[tuple[str, Entry]]:
    """Whatever was kept of a message, with the incident on whose timeline it stands."""
    statement = sa.select(ENTRY).where(ENTRY.c.source == source, ENTRY.c.kind == KEPT)
    return [(row["incident"], entry_of(row)) for row in unit.conn.execute(statement).mappings()]


def change(unit: Unit, number: int, **values: Any) -> None:
    """Write other values into a line."""
    unit.conn.execute(sa.update(ENTRY).where(ENTRY.c.id == number).values(**values))


def remove(unit: Unit, number: int) -> None:
    """Take a line away."""
    unit.conn.execute(sa.delete(ENTRY).where(ENTRY.c.id == number))
