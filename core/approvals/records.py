"""The rows of approvals: requests, seats and current votes; the history of votes is in the event log."""

from typing import Any

import sqlalchemy as sa

from core.approvals.request import Choice, Final, Request, Rules, Seat, Status, Vote
from core.errors import NotFound, VersionConflict
from core.store.columns import METADATA, Json, Utc
from core.store.engine import Unit

APPROVAL = sa.Table(
    "approval",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("title", sa.String(300), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("subject", Json, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("requester", sa.String(64), nullable=False),
    sa.Column("requester_name", sa.String(128), nullable=False),
    sa.Column("key", sa.String(255), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("priority", sa.String(10), nullable=False),
    sa.Column("severity", sa.String(10), nullable=False),
    sa.Column("rules", Json, nullable=False),
    sa.Column("reminded", sa.Integer, nullable=False),
    sa.Column("created", Utc, nullable=False),
    sa.Column("expires", Utc, nullable=False),
    sa.Column("approved_until", Utc),
    sa.Column("execution", sa.String(64)),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("final", Json),
    sa.Column("closed", Utc),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("requester", "key"),
    sa.Index("ix_approval_status", "status", "created"),
)

SEAT = sa.Table(
    "approval_seat",
    METADATA,
    sa.Column("request", sa.ForeignKey("approval.id"), primary_key=True),
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(128), nullable=False),
    sa.Column("groups", Json, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("veto", sa.Boolean, nullable=False),
    sa.Index("ix_approval_seat_person", "person"),
)

VOTE = sa.Table(
    "approval_vote",
    METADATA,
    sa.Column("request", sa.ForeignKey("approval.id"), primary_key=True),
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(128), nullable=False),
    sa.Column("choice", sa.String(10), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("via", sa.String(16), nullable=False),
)

# What can change after a request was made; the rest is frozen with it.
_PLAIN = ("level", "reminded", "expires", "approved_until", "execution", "result", "version")
_CHANGING = (*_PLAIN, "status", "final", "closed")

# Made once: building a statement costs more than running it.
_GET = sa.select(APPROVAL).where(APPROVAL.c.id == sa.bindparam("of"))
_LOCK = _GET.with_for_update()
_SEATS = sa.select(SEAT).where(SEAT.c.request == sa.bindparam("of")).order_by(SEAT.c.person)
_VOTES = sa.select(VOTE).where(VOTE.c.request == sa.bindparam("of")).order_by(VOTE.c.at)
_VOTE = sa.insert(VOTE)
_SAVE = (
    sa.update(APPROVAL)
    .where(APPROVAL.c.id == sa.bindparam("of"), APPROVAL.c.version == sa.bindparam("seen"))
    .values({name: sa.bindparam(name) for name in _CHANGING})
)


def add(unit: Unit, request: Request, key: str) -> None:
    """Insert a new request with its seats."""
    unit.conn.execute(sa.insert(APPROVAL).values(**_row(request), key=key))
    if request.seats:
        seats = [{"request": request.id, **seat.model_dump(mode="json")} for seat in request.seats]
        unit.conn.execute(sa.insert(SEAT), seats)


def get(unit: Unit, request_id: str, *, lock: bool = False) -> Request:
    """The request with its seats and votes; `lock` keeps others from writing it until the unit ends.

    Raises:
        NotFound: there is none with that id.
    """
    row = unit.conn.execute(_LOCK if lock else _GET, {"of": request_id}).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no approval {request_id}.", "`/approvals list` shows those that are open.")
    return _request(unit, row)


def by_key(unit: Unit, requester: str, key: str) -> Request | None:
    """The request that was made under this key."""
    statement = sa.select(APPROVAL).where(APPROVAL.c.requester == requester, APPROVAL.c.key == key)
    row = unit.conn.execute(statement).mappings().one_or_none()
    return None if row is None else _request(unit, row)


def save(unit: Unit, before: Request, after: Request) -> Request:
    """Write what changed, if nobody wrote in between; the saved request has the next version.

    Raises:
        VersionConflict: somebody did.
    """
    saved = after.model_copy(update={"version": before.version + 1})
    changes = {name: getattr(saved, name) for name in _PLAIN} | _ending(saved)
    if unit.conn.execute(_SAVE, {"of": before.id, "seen": before.version, **changes}).rowcount != 1:
        raise VersionConflict(f"{before.id} was changed by somebody else at the same moment.", "Try again.")
    return saved


def vote(unit: Unit, request_id: str, new: Vote, *, again: bool) -> None:
    """Keep a person's current vote; `again` when they had one."""
    values = new.model_dump() | {"choice": str(new.choice)}
    if again:
        mine = sa.and_(VOTE.c.request == request_id, VOTE.c.person == new.person)
        unit.conn.execute(sa.update(VOTE).where(mine).values(**values))
    else:
        unit.conn.execute(_VOTE, {"request": request_id, **values})


def find(unit: Unit, *, status: Status | None = None, limit: int = 20) -> list[Request]:
    """The newest requests, of one status or of all."""
    statement = sa.select(APPROVAL).order_by(APPROVAL.c.created.desc(), APPROVAL.c.id.desc()).limit(limit)
    if status is not None:
        statement = statement.where(APPROVAL.c.status == str(status))
    return [_request(unit, row) for row in unit.conn.execute(statement).mappings().all()]


def waiting_for(unit: Unit, person: str, limit: int = 20) -> list[Request]:
    """Pending requests that this person may decide now and has not, oldest first."""
    voted = sa.exists().where(VOTE.c.request == APPROVAL.c.id, VOTE.c.person == person)
    statement = (
        sa.select(APPROVAL)
        .join(SEAT, sa.and_(SEAT.c.request == APPROVAL.c.id, SEAT.c.person == person))
        .where(APPROVAL.c.status == str(Status.PENDING), SEAT.c.level <= APPROVAL.c.level, ~voted)
        .order_by(APPROVAL.c.created)
        .limit(limit)
    )
    return [_request(unit, row) for row in unit.conn.execute(statement).mappings().all()]


def mine(unit: Unit, person: str, limit: int = 20) -> list[Request]:
    """What this person asked for, newest first."""
    statement = (
        sa.select(APPROVAL)
        .where(APPROVAL.c.requester == person)
        .order_by(APPROVAL.c.created.desc())
        .limit(limit)
    )
    return [_request(unit, row) for row in unit.conn.execute(statement).mappings().all()]


def _row(request: Request) -> dict[str, Any]:
    row = request.model_dump(exclude={"seats", "votes", "rules", "final", "status"})
    row["rules"] = request.rules.model_dump(mode="json")
    return row | _ending(request)


def _ending(request: Request) -> dict[str, Any]:
    final = request.final
    return {
        "status": str(request.status),
        "final": final.model_dump(mode="json") if final else None,
        "closed": final.at if final else None,
    }


def _request(unit: Unit, row: sa.RowMapping) -> Request:
    values = {name: row[name] for name in Request.model_fields if name in row}
    seats = unit.conn.execute(_SEATS, {"of": row["id"]})
    votes = unit.conn.execute(_VOTES, {"of": row["id"]})
    values["seats"] = tuple(
        Seat(person=s.person, name=s.name, groups=tuple(s.groups), level=s.level, veto=s.veto) for s in seats
    )
    values["votes"] = tuple(
        Vote(
            person=v.person,
            name=v.name,
            choice=Choice(v.choice),
            reason=v.reason,
            at=v.at,
            digest=v.digest,
            via=v.via,
        )
        for v in votes
    )
    values["rules"] = Rules.model_validate(row["rules"])
    values["final"] = Final.model_validate(row["final"]) if row["final"] else None
    values["status"] = Status(row["status"])
    return Request(**values)
