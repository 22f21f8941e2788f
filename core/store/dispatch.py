"""The sending side of the outbox: claims in order, outcomes, and the ledger of every attempt.

Rows of one lane leave in the order they were written. A row is marked `sending` before anything is sent; if
the process dies in between, the next one finds the row and asks the platform whether the message is there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.place import Place
from core.store import outbox, spread
from core.store.columns import METADATA, Serial, Utc
from core.store.engine import Unit
from core.store.outbox_rows import COPY, OUTBOX, is_open
from core.store.statement import Statement

# Whoever took the person's click holds the short-lived key to answer it in private; others wait this long.
HINT = timedelta(seconds=15)
# A row of a copy that is still being posted looks again after this.
SOON = timedelta(milliseconds=200)

DELIVERY = sa.Table(
    "delivery",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("outbox_key", sa.String(200), nullable=False, index=True),
    sa.Column("about", sa.String(64), nullable=False),
    sa.Column("lane", sa.String(255), nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("detail", sa.String(400), nullable=False),
    sa.Index("ix_delivery_about", "about", "id"),
)


@dataclass(frozen=True)
class Copy:
    """A live card at a place. `message` is its id there; `revision` the newest state that was shown."""

    id: str
    view: str
    ref: str
    place: Place
    message: str | None
    revision: int
    shown: datetime | None


@dataclass(frozen=True)
class Outgoing:
    """A claimed row of the outbox."""

    seq: int
    key: str
    kind: str
    lane: str
    about: str
    copy_id: str | None
    payload: dict[str, Any]
    urgent: bool
    attempts: int
    created: datetime


def claim(unit: Unit, *, leader: bool, limit: int = 64) -> list[Outgoing]:
    """Take what may be sent now: the first open row of each lane, if it is due; news are spread first.

    The leader sends everything; other processes send only private answers to what they received themselves.
    """
    if leader:
        spread.spread(unit)
    given = {"now": unit.now, "hinted": unit.now - HINT, "process": unit.process, "limit": limit}
    seqs = [seq for (seq,) in unit.ask(_CLAIMABLE[leader], given)]
    if not seqs:
        return []
    taken = (
        sa.update(OUTBOX)
        .where(OUTBOX.c.seq.in_(seqs), OUTBOX.c.state == "queued")
        .values(state="sending", process=unit.process, attempts=OUTBOX.c.attempts + 1)
        .returning(*_COLUMNS)
    )
    found = unit.conn.execute(taken).all()
    return sorted((Outgoing(*values) for values in found), key=lambda out: (not out.urgent, out.seq))


def next_due(unit: Unit) -> datetime | None:
    """When the first row of a lane is due next; None if none waits."""
    if spread.waiting(unit):
        return unit.now
    ((at,),) = unit.ask(_NEXT_DUE, {})
    due: datetime | None = at
    return due


def copy_of(unit: Unit, copy_id: str) -> Copy | None:
    """The copy with this id."""
    row = unit.conn.execute(sa.select(COPY).where(COPY.c.id == copy_id)).mappings().one_or_none()
    if row is None:
        return None
    place = Place.model_validate(row["place"])
    return Copy(row["id"], row["view"], row["ref"], place, row["message"], row["revision"], row["shown"])


def sent(unit: Unit, out: Outgoing, message: str | None, detail: str = "") -> None:
    """It went out; `message` is its id on the platform."""
    values = {"state": "sent", "finished": unit.now, "message": message, "error": None}
    unit.conn.execute(sa.update(OUTBOX).where(OUTBOX.c.seq == out.seq).values(**values))
    _ledger(unit, out, "accepted", detail)


def shown(unit: Unit, copy_id: str, message: str | None, revision: int) -> None:
    """A copy now shows this revision; a posted one is known by `message`."""
    values: dict[str, Any] = {"revision": revision, "shown": unit.now, "message": message}
    unit.conn.execute(sa.update(COPY).where(COPY.c.id == copy_id).values(**values))


def adopt(unit: Unit, view: str, ref: str, place: Place) -> None:
    """A card that was posted in another way, as the first message of a post, is a live copy from now on."""
    outbox.publish(unit, view, ref, place.under(place.thread))
    mine = sa.and_(COPY.c.view == view, COPY.c.ref == ref, COPY.c.channel == place.channel)
    here = sa.and_(mine, COPY.c.platform == place.platform, COPY.c.thread == (place.thread or ""))
    unit.conn.execute(sa.update(COPY).where(here).values(message=place.message, shown=unit.now))


def is_first_failure(unit: Unit, kind: str, platform: str) -> bool:
    """Whether no row of this kind has failed for good on this platform so far."""
    row = DELIVERY.c
    failed = sa.and_(row.kind == kind, row.state == "failed", row.lane.startswith(f"{platform}:"))
    return unit.conn.execute(sa.select(row.id).where(failed).limit(1)).first() is None


def later(unit: Unit, out: Outgoing, due: datetime, state: str, detail: str) -> None:
    """It will be tried again at `due`: `limited` waits are not counted as attempts, `failed` ones are."""
    values: dict[str, Any] = {"state": "queued", "due": due, "error": detail[:400] or None}
    if state != "failed":
        values["attempts"] = max(0, out.attempts - 1)
    unit.conn.execute(sa.update(OUTBOX).where(OUTBOX.c.seq == out.seq).values(**values))
    if detail:
        _ledger(unit, out, state, detail)


def gave_up(unit: Unit, out: Outgoing, detail: str) -> None:
    """It will not be sent; the ledger and the page of the object say why."""
    values = {"state": "failed", "finished": unit.now, "error": detail[:400]}
    unit.conn.execute(sa.update(OUTBOX).where(OUTBOX.c.seq == out.seq).values(**values))
    _ledger(unit, out, "failed", detail)


def dropped(unit: Unit, out: Outgoing, detail: str) -> None:
    """It is not sent, because what it would say is no longer wanted."""
    values = {"state": "dropped", "finished": unit.now, "error": detail[:400]}
    unit.conn.execute(sa.update(OUTBOX).where(OUTBOX.c.seq == out.seq).values(**values))
    _ledger(unit, out, "dropped", detail)


def is_lost(unit: Unit, copy_id: str) -> bool:
    """Whether a copy was never posted and nothing will post it any more."""
    row = OUTBOX.c
    statement = sa.select(sa.func.count()).where(row.copy_id == copy_id, row.kind == "show", is_open(OUTBOX))
    return int(unit.conn.execute(statement).scalar_one()) == 0


def fate(unit: Unit, view: str, ref: str, platform: str, channel: str) -> tuple[str | None, str]:
    """What became of a card in a channel: its message, or why it never will be there; neither while it waits."""
    here = sa.and_(COPY.c.platform == platform, COPY.c.channel == channel)
    mine = sa.and_(COPY.c.view == view, COPY.c.ref == ref, here)
    copies = list(unit.conn.execute(sa.select(COPY.c.id).where(mine)).scalars())
    lost = [copy_id for copy_id in copies if is_lost(unit, copy_id)]
    # Looked at last: a card that arrives while this is read is on its way no more, and not lost.
    messages = sa.select(COPY.c.message).where(mine, COPY.c.message.is_not(None)).order_by(COPY.c.seq)
    posted: str | None = unit.conn.execute(messages.limit(1)).scalar_one_or_none()
    if posted is not None:
        return posted, ""
    if len(lost) < len(copies):
        return None, ""
    reasons = sa.select(OUTBOX.c.error).where(OUTBOX.c.copy_id.in_(lost), OUTBOX.c.error.is_not(None))
    why: str | None = unit.conn.execute(reasons.order_by(OUTBOX.c.seq.desc()).limit(1)).scalar_one_or_none()
    return None, why or "there is no card there"


def orphans(unit: Unit, alive: set[str]) -> list[Outgoing]:
    """Rows that a process that is no longer there was sending."""
    row = OUTBOX.c
    statement = sa.select(*_COLUMNS).where(is_open(OUTBOX), row.state == "sending", row.process.not_in(alive))
    return [Outgoing(*values) for values in unit.conn.execute(statement)]


def deliveries(unit: Unit, about: str, limit: int = 100) -> list[dict[str, Any]]:
    """The newest attempts to tell of one thing, newest first: `at, lane, kind, attempt, state, detail`."""
    statement = (
        sa.select(DELIVERY).where(DELIVERY.c.about == about).order_by(DELIVERY.c.id.desc()).limit(limit)
    )
    return [dict(row) for row in unit.conn.execute(statement).mappings()]


def is_due(unit: Unit) -> bool:
    """Whether anything is being sent, or could be sent now: what waits behind a row of its lane that is for later could not."""
    row, before = OUTBOX.c, OUTBOX.alias("before")
    later = sa.exists().where(
        is_open(before), before.c.lane == row.lane, before.c.seq < row.seq, before.c.due > unit.now
    )
    now = sa.and_(row.state == "queued", row.due <= unit.now, ~later)
    statement = sa.select(row.seq).where(is_open(OUTBOX), sa.or_(now, row.state == "sending")).limit(1)
    return unit.conn.execute(statement).first() is not None or spread.waiting(unit) > 0


def backlog(unit: Unit) -> int:
    """How many rows wait or are being sent."""
    statement = sa.select(sa.func.count()).where(is_open(OUTBOX))
    return int(unit.conn.execute(statement).scalar_one()) + spread.waiting(unit)


def forget(unit: Unit, before: datetime) -> int:
    """Delete rows that were finished before that moment; the ledger of attempts stays. Returns how many."""
    statement = sa.delete(OUTBOX).where(~is_open(OUTBOX), OUTBOX.c.finished < before)
    return int(unit.conn.execute(statement).rowcount)


def _heads() -> tuple[sa.CTE, sa.ColumnElement[bool]]:
    """The lanes with open rows, and what makes a row the first of its lane.

    Lane after lane by its index (a "loose index scan"), so that a long queue costs no more than a short one.
    """
    some, first = OUTBOX.alias("some"), OUTBOX.alias("first")
    lanes = (
        sa.select(sa.func.min(some.c.lane).label("lane")).where(is_open(some)).cte("lanes", recursive=True)
    )
    another = OUTBOX.alias("another")
    following = sa.select(sa.func.min(another.c.lane)).where(is_open(another), another.c.lane > lanes.c.lane)
    lanes = lanes.union_all(sa.select(following.scalar_subquery()).where(lanes.c.lane.is_not(None)))
    head = sa.select(sa.func.min(first.c.seq)).where(is_open(first), first.c.lane == lanes.c.lane)
    return lanes, OUTBOX.c.seq == head.correlate(lanes).scalar_subquery()


def _claimable(*, leader: bool) -> Statement:
    row, post = OUTBOX.c, OUTBOX.alias("post")
    lanes, is_head = _heads()
    # An update has a lane of its own, and still must not overtake the posting of its card.
    unposted = (
        sa.exists()
        .where(post.c.copy_id == row.copy_id, post.c.kind == "show", post.c.seq < row.seq, is_open(post))
        .correlate(OUTBOX)
    )
    mine = row.process == sa.bindparam("process", type_=sa.String)
    private = row.kind == "whisper"
    old = row.created < sa.bindparam("hinted", type_=Utc)
    allowed = sa.or_(~private, mine, old) if leader else sa.and_(private, mine)
    due = row.due <= sa.bindparam("now", type_=Utc)
    free = ~sa.and_(row.kind == "show", unposted)
    return Statement(
        sa.select(row.seq)
        .select_from(lanes.join(OUTBOX, is_head))
        .where(row.state == "queued", due, allowed, free)
        .order_by(row.urgent.desc(), row.seq)
        .limit(sa.bindparam("limit", type_=sa.Integer))
    )


def _next_due() -> Statement:
    lanes, is_head = _heads()
    waits = OUTBOX.c.state == "queued"
    return Statement(
        sa.select(sa.func.min(OUTBOX.c.due)).select_from(lanes.join(OUTBOX, is_head)).where(waits)
    )


_CLAIMABLE = {leader: _claimable(leader=leader) for leader in (True, False)}
_NEXT_DUE = _next_due()
_COLUMNS = tuple(
    OUTBOX.c[name]
    for name in ("seq", "key", "kind", "lane", "about", "copy_id", "payload", "urgent", "attempts", "created")
)


def _ledger(unit: Unit, out: Outgoing, state: str, detail: str) -> None:
    if out.kind in ("react", "take"):
        return
    row = {
        "outbox_key": out.key,
        "about": out.about,
        "lane": out.lane,
        "kind": out.kind,
        "attempt": out.attempts,
        "at": unit.now,
        "state": state,
        "detail": detail[:400],
    }
    unit.conn.execute(sa.insert(DELIVERY).values(**row))
