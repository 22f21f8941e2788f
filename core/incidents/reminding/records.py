"""The rows of when the next update of each incident is due."""

import sqlalchemy as sa

from core.incidents.reminding.pace import Pace
from core.store.columns import METADATA, Utc
from core.store.engine import Unit

PACE = sa.Table(
    "incident_pace",
    METADATA,
    sa.Column("incident", sa.ForeignKey("incident.id"), primary_key=True),
    sa.Column("due", Utc),
    sa.Column("since", Utc),
    sa.Column("off", sa.Boolean, nullable=False),
    sa.Column("by", sa.String(128), nullable=False),
    sa.Column("late", Utc),
)


def of(unit: Unit, incident: str) -> Pace:
    """When news of this incident is due."""
    row = unit.conn.execute(sa.select(PACE).where(PACE.c.incident == incident)).mappings().one_or_none()
    return Pace(row["due"], row["since"], row["off"], row["by"], row["late"]) if row is not None else Pace()


def keep(unit: Unit, incident: str, pace: Pace) -> None:
    """Write it."""
    values = {"due": pace.due, "since": pace.since, "off": pace.off, "by": pace.by, "late": pace.late}
    changed = unit.conn.execute(sa.update(PACE).where(PACE.c.incident == incident).values(**values))
    if not changed.rowcount:
        unit.conn.execute(sa.insert(PACE).values(incident=incident, **values))
