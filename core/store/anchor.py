"""Anchors: the head of the chain, written down where whoever changes the database cannot reach it.

A chain shows what was changed in its middle. Whoever replaces all of it, or cuts off its end, leaves a chain
that fits; only what was written down elsewhere tells. An anchor is a row that a worker carries outside, as with
messages: a crash may write one twice, which harms nothing, and loses none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from core.store import deadlines, events, export
from core.store.audit import AUDIT, AUDIT_HEAD
from core.store.columns import METADATA, Utc, insert_new
from core.store.engine import Unit
from core.store.events import EVENT

KIND = "audit.anchor"
TOPIC = "anchors"
_REF = "audit"
_MADE = "audit.anchored"

AUDIT_ANCHOR = sa.Table(
    "audit_anchor",
    METADATA,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("target", sa.String(16), primary_key=True),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due", Utc, nullable=False),
    sa.Column("written", Utc),
    sa.Column("error", sa.String(400)),
)
_MINE = sa.and_(
    AUDIT_ANCHOR.c.number == sa.bindparam("of_number"), AUDIT_ANCHOR.c.target == sa.bindparam("of_target")
)


@dataclass(frozen=True)
class Anchor:
    """What was the head of the chain at a moment."""

    number: int
    hash: str
    at: datetime


@dataclass(frozen=True)
class Waiting:
    """An anchor that is still to be written, to where, and how often that was tried."""

    anchor: Anchor
    target: str
    attempts: int


def arm(unit: Unit, every: timedelta | None) -> None:
    """Let anchors be made from now on, or no more if `every` is None; what is set already stays."""
    if every is None:
        deadlines.clear(unit, KIND, _REF)
    elif (due := deadlines.pending(unit, KIND, _REF)) is None or due > unit.now + every:
        deadlines.set(unit, KIND, _REF, unit.now)


def on_due(unit: Unit, every: timedelta | None, targets: Sequence[str]) -> None:
    """It is time for an anchor: make one, and set the time of the next."""
    if every is None:
        return
    make(unit, targets)
    deadlines.set(unit, KIND, _REF, unit.now + every)


def make(unit: Unit, targets: Sequence[str]) -> Anchor | None:
    """Keep the head of the chain as an anchor for each target; None if nothing new has happened since."""
    head = unit.conn.execute(sa.select(AUDIT_HEAD)).mappings().one_or_none()
    if head is None or not _is_news(unit):
        return None
    anchor = Anchor(head["number"], head["hash"], unit.now)
    for target in targets:
        row = {"number": anchor.number, "target": target, "hash": anchor.hash, "at": anchor.at}
        insert_new(
            unit.conn,
            AUDIT_ANCHOR,
            row | {"attempts": 0, "due": unit.now, "written": None, "error": None},
        )
    unit.wake(TOPIC)
    return anchor


def waiting(unit: Unit) -> list[Waiting]:
    """Anchors to be written now, oldest first."""
    row = AUDIT_ANCHOR.c
    statement = sa.select(row.number, row.hash, row.at, row.target, row.attempts)
    open_now = statement.where(row.written.is_(None), row.due <= unit.now).order_by(row.number)
    return [
        Waiting(Anchor(number, sealed, at), target, attempts)
        for number, sealed, at, target, attempts in unit.conn.execute(open_now)
    ]


def next_due(unit: Unit) -> datetime | None:
    """When the next one is to be tried; None if none waits."""
    statement = sa.select(sa.func.min(AUDIT_ANCHOR.c.due)).where(AUDIT_ANCHOR.c.written.is_(None))
    at: datetime | None = unit.conn.execute(statement).scalar_one_or_none()
    return at


def written(unit: Unit, done: Waiting, where: str) -> None:
    """It is written; `where` is for the record."""
    values = {"written": unit.now, "attempts": done.attempts + 1, "error": None}
    unit.conn.execute(sa.update(AUDIT_ANCHOR).where(_MINE).values(**values), _of(done))
    facts = {"number": done.anchor.number, "hash": done.anchor.hash, "target": done.target, "where": where}
    events.append(unit, _MADE, _REF, actor="system", data=facts)


def failed(unit: Unit, tried: Waiting, why: str, due: datetime) -> None:
    """It could not be written, and is tried again at `due`."""
    values = {"attempts": tried.attempts + 1, "error": why[:400], "due": due}
    unit.conn.execute(sa.update(AUDIT_ANCHOR).where(_MINE).values(**values), _of(tried))


def count_written(unit: Unit, target: str) -> int:
    """How many anchors were written to a target."""
    row = AUDIT_ANCHOR.c
    statement = sa.select(sa.func.count()).where(row.target == target, row.written.is_not(None))
    return int(unit.conn.execute(statement).scalar_one())


def disagreement(unit: Unit, anchors: Iterable[Anchor]) -> str:
    """The first place where the chain is not what was anchored, in words; empty if it is all of it."""
    ordered = sorted(anchors, key=lambda anchor: anchor.number)
    agreed = 0
    for start in range(0, len(ordered), export.PAGE):
        page = ordered[start : start + export.PAGE]
        found = export.hashes(unit, [anchor.number for anchor in page])
        for anchor in page:
            if found.get(anchor.number) != anchor.hash:
                return differs(anchor, found.get(anchor.number), agreed)
            agreed = anchor.number
    return ""


def differs(anchor: Anchor, found: str | None, agreed: int) -> str:
    """What is wrong where a link is not what was anchored: `found` is its hash now, None if it is not there."""
    where = f"link {anchor.number}, anchored at {anchor.at:%Y-%m-%d %H:%M:%S} UTC"
    before = f"links up to {agreed} are what was anchored" if agreed else "no anchor before it was kept to"
    what = "is not there; the end was removed" if found is None else "is another now; links were replaced"
    return f"{where}: it {what} ({before})"


def _is_news(unit: Unit) -> bool:
    # An anchor is an event too. That one alone is no reason for the next, or they would never end.
    last = sa.select(sa.func.coalesce(sa.func.max(AUDIT_ANCHOR.c.number), 0)).scalar_subquery()
    statement = (
        sa.select(AUDIT.c.number)
        .join(EVENT, EVENT.c.seq == AUDIT.c.event_seq)
        .where(AUDIT.c.number > last, EVENT.c.kind != _MADE)
        .limit(1)
    )
    return unit.conn.execute(statement).first() is not None


def _of(each: Waiting) -> dict[str, object]:
    return {"of_number": each.anchor.number, "of_target": each.target}
