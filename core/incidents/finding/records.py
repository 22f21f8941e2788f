"""Open incidents that may be the same as one that is about to be declared."""

from datetime import datetime

import sqlalchemy as sa

from core.incidents.incident import Incident
from core.incidents.records import INCIDENT, OPEN
from core.store.engine import Unit


def like(unit: Unit, service: str, title: str, since: datetime) -> Incident | None:
    """The newest open incident of this service, or without one of this title, of which something was heard since then."""
    row = INCIDENT.c
    same = row.service == service if service else sa.func.lower(row.title) == title.lower()
    heard = sa.func.coalesce(row.updated, row.created) >= since
    statement = (
        sa.select(INCIDENT)
        .where(row.state.in_(OPEN), same, heard, ~row.is_test)
        .order_by(row.created.desc(), row.id.desc())
        .limit(1)
    )
    found = unit.conn.execute(statement).mappings().one_or_none()
    return Incident.model_validate(dict(found)) if found is not None else None
