"""Looking for requests by what they are, whom they ask and who asked; newest first, page by page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.approvals import states
from core.approvals.records import APPROVAL, SEAT, requests, whole
from core.approvals.request import Request, Status
from core.store import journal
from core.store.engine import Unit
from core.store.events import EVENT

_RUNNING = sorted({str(status) for status, _ in states.TABLE})


@dataclass(frozen=True)
class Search:
    """What to look for; what is empty does not matter. `seen_by`: asked by one of these, or asking one of them."""

    status: Status | None = None
    kind: str = ""
    approver: str = ""
    requester: str = ""
    seen_by: frozenset[str] = frozenset()


def find(unit: Unit, wanted: Search, limit: int, cursor: str = "") -> tuple[list[Request], str | None]:
    """At most `limit` requests after the one that `cursor` names, and the cursor of the next page, if any."""
    statement = whole(unit).order_by(APPROVAL.c.created.desc(), APPROVAL.c.id.desc()).limit(limit + 1)
    if wanted.status is not None:
        statement = statement.where(APPROVAL.c.status == str(wanted.status))
    if wanted.kind:
        statement = statement.where(APPROVAL.c.kind == wanted.kind)
    if wanted.requester:
        statement = statement.where(APPROVAL.c.requester == wanted.requester)
    if wanted.approver:
        statement = statement.where(_asks({wanted.approver}))
    if wanted.seen_by:
        mine = APPROVAL.c.requester.in_(sorted(wanted.seen_by))
        statement = statement.where(sa.or_(mine, _asks(wanted.seen_by)))
    if cursor:
        last = sa.select(APPROVAL.c.created).where(APPROVAL.c.id == cursor).scalar_subquery()
        same = sa.and_(APPROVAL.c.created == last, APPROVAL.c.id < cursor)
        statement = statement.where(sa.or_(APPROVAL.c.created < last, same))
    found = requests(unit, statement)
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def _asks(people: frozenset[str] | set[str]) -> sa.ColumnElement[bool]:
    theirs = sa.and_(SEAT.c.request == APPROVAL.c.id, SEAT.c.person.in_(sorted(people)), ~SEAT.c.gone)
    return sa.exists().where(theirs).correlate(APPROVAL)


def open_of(unit: Unit, requester: str) -> int:
    """How many requests of this person are pending."""
    theirs = sa.and_(APPROVAL.c.requester == requester, APPROVAL.c.status == str(Status.PENDING))
    return int(unit.conn.execute(sa.select(sa.func.count()).where(theirs)).scalar_one())


REFUSED = frozenset({Status.REJECTED})
IN_VAIN = REFUSED | {
    *(Status.EXPIRED, Status.REVOKED, Status.LAPSED, Status.STALE),
    *(Status.EXECUTION_FAILED, Status.EXECUTION_UNKNOWN),
}
"""How requests end that came to nothing."""


def last_of(
    unit: Unit, requester: str, kind: str, digest: str, statuses: frozenset[Status]
) -> tuple[str, datetime] | None:
    """The newest request of this person about this very subject that ended so: its id, and when it did.

    People may have changed it since: it is about what it was about when it was asked, and when it ended.
    """
    theirs = sa.and_(APPROVAL.c.requester == requester, APPROVAL.c.kind == kind)
    same = sa.or_(APPROVAL.c.digest == digest, APPROVAL.c.amended["asked"].as_string() == digest)
    statement = (
        sa.select(APPROVAL.c.id, APPROVAL.c.closed)
        .where(theirs, same, APPROVAL.c.status.in_(sorted(map(str, statuses))))
        .order_by(APPROVAL.c.closed.desc())
        .limit(1)
    )
    found = unit.conn.execute(statement).one_or_none()
    return (found[0], found[1]) if found else None


def events_asking(unit: Unit, person: str, number: int, limit: int) -> list[dict[str, Any]]:
    """What came after a link of the log and happened to requests that ask this person, oldest first."""
    theirs = sa.select(SEAT.c.request).where(SEAT.c.person == person, ~SEAT.c.gone)
    return journal.read(unit, journal.listing(number, limit).where(EVENT.c.ref.in_(theirs)))


def events_asked_by(unit: Unit, person: str, number: int, limit: int) -> list[dict[str, Any]]:
    """What came after a link of the log and happened to requests of this person, oldest first."""
    theirs = sa.select(APPROVAL.c.id).where(APPROVAL.c.requester == person)
    return journal.read(unit, journal.listing(number, limit).where(EVENT.c.ref.in_(theirs)))


def running_of(unit: Unit, requester: str, limit: int) -> list[Request]:
    """Requests of this person to which something can still happen, newest first."""
    theirs = sa.and_(APPROVAL.c.requester == requester, APPROVAL.c.status.in_(_RUNNING))
    return requests(unit, whole(unit).where(theirs).order_by(APPROVAL.c.created.desc()).limit(limit))


def concerned(unit: Unit, ids: Iterable[str]) -> frozenset[str]:
    """Everybody whom one of these requests asks, or who asked for one."""
    wanted = sorted(ids)
    asked = sa.select(SEAT.c.person).where(SEAT.c.request.in_(wanted), ~SEAT.c.gone)
    asking = sa.select(APPROVAL.c.requester).where(APPROVAL.c.id.in_(wanted))
    return frozenset(unit.conn.execute(sa.union(asked, asking)).scalars())
