"""The rows of reviews, and of every version of what was written in them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.errors import NotFound
from core.incidents.alerts.records import ALERT, GROUP
from core.incidents.review.review import Review
from core.paging.records import CALLED, PAGE
from core.store.columns import METADATA, Json, Utc, insert_new
from core.store.engine import Unit

REVIEW = sa.Table(
    "incident_review",
    METADATA,
    sa.Column("incident", sa.ForeignKey("incident.id"), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("owner_name", sa.String(128), nullable=False),
    sa.Column("due", Utc),
    sa.Column("done", Utc),
    sa.Column("version", sa.Integer, nullable=False),
)

VERSION = sa.Table(
    "incident_review_version",
    METADATA,
    sa.Column("incident", sa.ForeignKey("incident.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("sections", Json, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("by_name", sa.String(128), nullable=False),
)


def add(unit: Unit, review: Review) -> bool:
    """Begin one; False if there is one."""
    return insert_new(unit.conn, REVIEW, _row(review))


def find(unit: Unit, incident: str, *, lock: bool = False) -> Review | None:
    """The review with what was written last, if it was begun."""
    statement = sa.select(REVIEW).where(REVIEW.c.incident == incident)
    row = unit.conn.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
    if row is None:
        return None
    written = version(unit, incident, row["version"])
    return Review(
        incident=incident,
        version=row["version"],
        sections=written["sections"] if written else {},
        owner=row["owner"],
        owner_name=row["owner_name"],
        due=row["due"],
        done=row["done"],
        written=written["at"] if written else None,
        written_by=written["by_name"] if written else "",
    )


def get(unit: Unit, incident: str, *, lock: bool = False) -> Review:
    """The review.

    Raises:
        NotFound: it was not begun.
    """
    found = find(unit, incident, lock=lock)
    if found is None:
        raise NotFound(
            f"There is no review of {incident} yet.", f"`/incident postmortem {incident}` begins it."
        )
    return found


def save(unit: Unit, review: Review) -> None:
    """Write whose it is, until when, and whether it is done."""
    unit.conn.execute(sa.update(REVIEW).where(REVIEW.c.incident == review.incident).values(**_row(review)))


def write(unit: Unit, review: Review, by: str, by_name: str) -> None:
    """Keep what stands in it as the version that it has."""
    row = {
        "incident": review.incident,
        "version": review.version,
        "sections": dict(review.sections),
        "at": unit.now,
        "by": by,
        "by_name": by_name,
    }
    unit.conn.execute(sa.insert(VERSION).values(**row))


def version(unit: Unit, incident: str, number: int) -> dict[str, Any] | None:
    """What stood in one version: `sections, at, by, by_name`."""
    statement = sa.select(VERSION).where(VERSION.c.incident == incident, VERSION.c.version == number)
    row = unit.conn.execute(statement).mappings().one_or_none()
    return dict(row) if row is not None else None


def versions(unit: Unit, incident: str) -> list[dict[str, Any]]:
    """Every version, the first one first."""
    statement = sa.select(VERSION).where(VERSION.c.incident == incident).order_by(VERSION.c.version)
    return [dict(row) for row in unit.conn.execute(statement).mappings()]


def alerts_of(unit: Unit, incident: str) -> int:
    """How many alerts belong to an incident."""
    counted = sa.select(sa.func.count()).select_from(ALERT.join(GROUP, GROUP.c.id == ALERT.c.group))
    return int(unit.conn.execute(counted.where(GROUP.c.incident == incident)).scalar_one())


def pages_of(unit: Unit, incident: str) -> int:
    """How often people were called because of an incident."""
    counted = sa.select(sa.func.count()).select_from(CALLED.join(PAGE, PAGE.c.id == CALLED.c.page))
    return int(unit.conn.execute(counted.where(PAGE.c.incident == incident)).scalar_one())


def _row(review: Review) -> dict[str, Any]:
    due: datetime | None = review.due
    return {
        "incident": review.incident,
        "owner": review.owner,
        "owner_name": review.owner_name,
        "due": due,
        "done": review.done,
        "version": review.version,
    }
