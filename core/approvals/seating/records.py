"""Who sits in what is open: the rows that a change of people is looked up in."""

import sqlalchemy as sa

from core.approvals.records import APPROVAL, SEAT
from core.approvals.request import Status
from core.store.engine import Unit


def pending(unit: Unit, person: str) -> list[str]:
    """The ids of pending requests in which this person has a seat."""
    statement = (
        sa.select(APPROVAL.c.id)
        .join(SEAT, sa.and_(SEAT.c.request == APPROVAL.c.id, SEAT.c.person == person, ~SEAT.c.gone))
        .where(APPROVAL.c.status == str(Status.PENDING))
        .order_by(APPROVAL.c.created)
    )
    return list(unit.conn.execute(statement).scalars())


def seated(unit: Unit) -> list[str]:
    """Everybody with a seat in a pending request."""
    statement = (
        sa.select(SEAT.c.person)
        .join(APPROVAL, APPROVAL.c.id == SEAT.c.request)
        .where(APPROVAL.c.status == str(Status.PENDING), ~SEAT.c.gone)
        .distinct()
    )
    return sorted(unit.conn.execute(statement).scalars())
