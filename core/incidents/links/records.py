"""The rows of links."""

import sqlalchemy as sa

from core.incidents.links.link import Link
from core.store.columns import METADATA, Utc
from core.store.engine import Unit

LINK = sa.Table(
    "incident_link",
    METADATA,
    sa.Column("incident", sa.ForeignKey("incident.id"), primary_key=True),
    sa.Column("to", sa.String(500), primary_key=True),
    sa.Column("sort", sa.String(10), nullable=False),
    sa.Column("by", sa.String(128), nullable=False),
    sa.Column("note", sa.String(300), nullable=False),
    sa.Column("at", Utc, nullable=False),
)


def of(unit: Unit, incident: str) -> list[Link]:
    """What an incident has to do with, the oldest first."""
    statement = sa.select(LINK).where(LINK.c.incident == incident).order_by(LINK.c.at, LINK.c.to)
    return [
        Link(row["to"], row["sort"], row["by"], row["note"])
        for row in unit.conn.execute(statement).mappings()
    ]


def add(unit: Unit, incident: str, link: Link) -> None:
    """Keep one; the caller has seen that it is new."""
    values = {"to": link.to, "sort": link.sort, "by": link.by, "note": link.note}
    unit.conn.execute(sa.insert(LINK).values(incident=incident, at=unit.now, **values))


def remove(unit: Unit, incident: str, to: str) -> bool:
    """Forget one; False if there is none."""
    mine = sa.and_(LINK.c.incident == incident, LINK.c.to == to)
    return unit.conn.execute(sa.delete(LINK).where(mine)).rowcount == 1
