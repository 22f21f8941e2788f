"""The rows of seats while requests are open: what becomes of them, and whose they are."""

import sqlalchemy as sa

from core.approvals.records import APPROVAL, SEAT
from core.approvals.request import Seat, Status
from core.store.engine import Unit


def reseat(unit: Unit, request_id: str, seat: Seat) -> None:
    """Write what became of a seat: its groups, its level, its veto, and whether it is gone."""
    mine = sa.and_(SEAT.c.request == request_id, SEAT.c.person == seat.person)
    values = seat.model_dump(mode="json", exclude={"person"})
    unit.conn.execute(sa.update(SEAT).where(mine).values(**values))


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
