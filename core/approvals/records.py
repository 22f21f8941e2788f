"""The rows of approvals: requests, seats and current votes; the history of votes is in the event log."""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

import sqlalchemy as sa

from core.approvals import kept
from core.approvals.change import Amendment
from core.approvals.request import Request, Seat, Status, Vote
from core.errors import NotFound
from core.store.columns import METADATA, Json, Utc
from core.store.engine import Unit
from core.store.statement import Statement, inserting

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
    sa.Column("amended", Json),
    sa.Column("final", Json),
    sa.Column("closed", Utc),
    sa.Column("takes_effect", Utc),
    sa.Column("extended", sa.Integer, nullable=False, server_default="0"),
    sa.Column("report_by", Utc),
    sa.Column("supersedes", sa.String(24)),
    sa.Column("superseded_by", sa.String(24)),
    sa.Column("previous", sa.String(24)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("requester", "key"),
    sa.Index("ix_approval_status", "status", "created"),
    sa.Index("ix_approval_requester", "requester", "status"),
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
    sa.Column("stands_for", sa.String(64), nullable=False),
    sa.Column("gone", sa.Boolean, nullable=False),
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
    sa.Column("strength", sa.String(16), nullable=False),
)

# What can change after a request was made; the rest is frozen with it. The last line changes with what is asked.
_PLAIN = frozenset(
    {
        *("level", "reminded", "expires", "approved_until", "execution", "result"),
        *("takes_effect", "extended", "report_by", "superseded_by"),
        *("title", "subject", "digest", "priority", "severity"),
    }
)


_COLUMNS = tuple(column for column in APPROVAL.columns if column.name in Request.model_fields)


def _as_text(dialect: str, value: Any) -> Any:
    """JSON that is read as text, so that what never changes is made sense of once (see `kept.rules`)."""
    return sa.cast(value, sa.Text) if dialect == "postgresql" else sa.type_coerce(value, sa.Text)


def _together(dialect: str, table: sa.Table, names: tuple[str, ...], label: str) -> sa.Label[Any]:
    """The rows of `table` of a request as one JSON list of lists."""
    columns = [table.c[name] for name in names]
    if dialect == "postgresql":
        listed: Any = sa.func.jsonb_agg(sa.func.jsonb_build_array(*columns), type_=Json)
    else:
        each = [sa.func.json(column) if column.type is Json else column for column in columns]
        listed = sa.func.json_group_array(sa.func.json_array(*each), type_=Json)
    of_request = sa.select(listed).where(table.c.request == APPROVAL.c.id).correlate(APPROVAL)
    return cast("sa.Label[Any]", _as_text(dialect, of_request.scalar_subquery()).label(label))


def _whole(dialect: str) -> sa.Select[Any]:
    """Requests with their seats and votes: one statement, so that all of it is of one moment."""
    seats = _together(dialect, SEAT, kept.SEAT, "seats")
    rules = _as_text(dialect, APPROVAL.c.rules).label("rules")
    columns = (rules if column.name == "rules" else column for column in _COLUMNS)
    return sa.select(*columns, seats, _together(dialect, VOTE, kept.VOTE, "votes"))


_NAMES = (*(column.name for column in _COLUMNS), "seats", "votes")
_GET = Statement(lambda dialect: _whole(dialect).where(APPROVAL.c.id == sa.bindparam("of")))
_BY_KEY = Statement(
    lambda dialect: _whole(dialect).where(
        APPROVAL.c.requester == sa.bindparam("requester"), APPROVAL.c.key == sa.bindparam("key")
    )
)
# Without the key: a new vote refers to the row, and must not wait for those who wait for it.
_LOCK = sa.select(APPROVAL.c.id).where(APPROVAL.c.id == sa.bindparam("of")).with_for_update(key_share=True)
_ADD = inserting(APPROVAL)
_ADD_VOTE = inserting(VOTE)
_CHANGE_VOTE = Statement(
    sa.update(VOTE)
    .where(VOTE.c.request == sa.bindparam("of"), VOTE.c.person == sa.bindparam("by"))
    .values({name: sa.bindparam(name) for name in kept.VOTE})
)
_VOID_VOTES = Statement(sa.delete(VOTE).where(VOTE.c.request == sa.bindparam("of")))


@cache
def _saving(names: tuple[str, ...]) -> Statement:
    """Write these columns, if the row is still at the version that was seen."""
    seen = sa.and_(APPROVAL.c.id == sa.bindparam("of"), APPROVAL.c.version == sa.bindparam("seen"))
    return Statement(sa.update(APPROVAL).where(seen).values({name: sa.bindparam(name) for name in names}))


def add(unit: Unit, request: Request, key: str) -> None:
    """Insert a new request with its seats."""
    unit.write(_ADD, _row(request) | {"key": key})
    seat_all(unit, request.id, request.seats)


def seat_all(unit: Unit, request_id: str, seats: Sequence[Seat]) -> None:
    """Give these people a seat."""
    if seats:
        rows = [{"request": request_id, **seat.model_dump(mode="json")} for seat in seats]
        unit.conn.execute(sa.insert(SEAT), rows)


def get(unit: Unit, request_id: str) -> Request:
    """The request with its seats and votes, as of one moment.

    Whoever writes it says which version they saw (see `save`). A unit that lost such a race keeps others out
    from its next try on, so that many people at once on one request are served one after the other.

    Raises:
        NotFound: there is none with that id.
    """
    if unit.attempt > 1:
        unit.conn.execute(_LOCK, {"of": request_id})
    found = unit.ask(_GET, {"of": request_id})
    if not found:
        raise NotFound(f"There is no approval {request_id}.", "`/approvals list` shows those that are open.")
    return _request(found[0])


def by_key(unit: Unit, requester: str, key: str) -> Request | None:
    """The request that was made under this key."""
    found = unit.ask(_BY_KEY, {"requester": requester, "key": key})
    return _request(found[0]) if found else None


def save(unit: Unit, before: Request, **changes: Any) -> Request:
    """Write what changes, if nobody wrote in between; the saved request has the next version.

    Raises:
        VersionConflict: somebody did; raised here or when the unit ends.
    """
    version = before.version + 1
    saved = before.model_copy(update=changes | {"version": version})
    row = {name: value for name, value in changes.items() if name in _PLAIN} | {"version": version}
    if "status" in changes:
        row |= _ending(saved)
    if "rules" in changes:
        row["rules"] = saved.rules.model_dump(mode="json")
    if "amended" in changes:
        row["amended"] = _json(saved.amended)
    unit.write(_saving(tuple(row)), row | {"of": before.id, "seen": before.version}, must=True)
    return saved


def vote(unit: Unit, request_id: str, new: Vote, *, again: bool) -> None:
    """Keep a person's current vote; `again` when they had one."""
    values = {name: getattr(new, name) for name in kept.VOTE} | {"choice": str(new.choice)}
    if again:
        unit.write(_CHANGE_VOTE, values | {"of": request_id, "by": new.person})
    else:
        unit.write(_ADD_VOTE, values | {"request": request_id})


def void_votes(unit: Unit, request_id: str) -> None:
    """Forget every current vote: what was asked is another thing now. The log keeps them."""
    unit.write(_VOID_VOTES, {"of": request_id})


def find(unit: Unit, *, status: Status | None = None, limit: int = 20) -> list[Request]:
    """The newest requests, of one status or of all."""
    statement = whole(unit).order_by(APPROVAL.c.created.desc(), APPROVAL.c.id.desc()).limit(limit)
    if status is not None:
        statement = statement.where(APPROVAL.c.status == str(status))
    return requests(unit, statement)


def waiting_for(unit: Unit, person: str, limit: int = 20) -> list[Request]:
    """Pending requests that this person may decide now and has not, oldest first."""
    voted = sa.exists().where(VOTE.c.request == APPROVAL.c.id, VOTE.c.person == person)
    statement = (
        whole(unit)
        .join(SEAT, sa.and_(SEAT.c.request == APPROVAL.c.id, SEAT.c.person == person, ~SEAT.c.gone))
        .where(APPROVAL.c.status == str(Status.PENDING), SEAT.c.level <= APPROVAL.c.level, ~voted)
        .order_by(APPROVAL.c.created)
        .limit(limit)
    )
    return requests(unit, statement)


def mine(unit: Unit, person: str, limit: int = 20) -> list[Request]:
    """What this person asked for, newest first."""
    asked = whole(unit).where(APPROVAL.c.requester == person)
    return requests(unit, asked.order_by(APPROVAL.c.created.desc()).limit(limit))


def whole(unit: Unit) -> sa.Select[Any]:
    """Requests with their seats and votes, to be narrowed."""
    return _whole(unit.conn.dialect.name)


def requests(unit: Unit, statement: sa.Select[Any]) -> list[Request]:
    """The requests that such a statement finds."""
    return [_request(row) for row in unit.conn.execute(statement)]


def _row(request: Request) -> dict[str, Any]:
    row = request.model_dump(exclude={"seats", "votes", "rules", "amended", "final", "status"})
    row["amended"] = _json(request.amended)
    row["rules"] = request.rules.model_dump(mode="json")
    return row | _ending(request)


def _ending(request: Request) -> dict[str, Any]:
    final = request.final
    return {
        "status": str(request.status),
        "final": dict(final) if final else None,
        "closed": final.at if final else None,
    }


def _json(amended: Amendment | None) -> dict[str, Any] | None:
    return amended.model_dump(mode="json") if amended else None


def _request(row: Sequence[Any]) -> Request:
    values = dict(zip(_NAMES, row, strict=True))
    values["rules"] = kept.rules(values["rules"])
    values["seats"] = kept.seats(values["seats"] or "[]")
    values["votes"] = kept.votes(values["votes"]) if values["votes"] else ()
    values["amended"] = Amendment.model_validate(values["amended"]) if values["amended"] else None
    return Request.model_validate(values)
