"""The rows of notices: the ledger, where programs want to be called back, and what nobody could be told of."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.notify.ledger import Entry, State
from core.place import Place
from core.store.columns import METADATA, Json, Utc, insert_new
from core.store.engine import Unit

# Written out, not as a value: only so can a plan that is made beforehand use the index.
_QUEUED = sa.text("state = 'QUEUED'")

NOTICE = sa.Table(
    "notice",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("about", sa.String(64), nullable=False),
    sa.Column("cause", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("way", sa.String(16), nullable=False),
    sa.Column("target", sa.String(1000), nullable=False),
    sa.Column("place", Json),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("detail", sa.String(400), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("provider", sa.String(200), nullable=False),
    sa.Column("delivery", sa.String(24), nullable=False, index=True),
    sa.Column("expires", Utc, nullable=False),
    sa.Column("created", Utc, nullable=False),
    sa.Column("settled", Utc),
    sa.Column("used", Utc),
    sa.Column("wrong", sa.Integer, nullable=False),
    sa.Column("leaves", Utc),
    # Two channels that lead to one address tell it once, except that a dead end is a dead end of its channel.
    sa.UniqueConstraint("about", "cause", "person", "way", "target", "channel"),
    sa.Index(
        "ix_notice_waiting",
        "person",
        "way",
        sqlite_where=_QUEUED,
        postgresql_where=_QUEUED,
    ),
    sa.Index("ix_notice_person", "person", "created"),
)
due = sa.func.coalesce(NOTICE.c.leaves, NOTICE.c.created, type_=Utc)
"""When a notice is to go out."""

# Requests of which nobody could be told in time; it stays true when somebody hears of it later.
UNREACHABLE = sa.Table(
    "notice_unreachable",
    METADATA,
    sa.Column("about", sa.String(64), primary_key=True),
    sa.Column("at", Utc, nullable=False),
)

CALLBACK = sa.Table(
    "notice_callback",
    METADATA,
    sa.Column("about", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("url", sa.String(1000), nullable=False),
)


def add(unit: Unit, entry: Entry) -> bool:
    """Keep a new entry; False if this person has been told this by this way already."""
    row = {column.name: getattr(entry, column.name) for column in NOTICE.columns}
    row |= {"state": str(entry.state), "place": entry.place.model_dump(mode="json") if entry.place else None}
    return insert_new(unit.conn, NOTICE, row)


def get(unit: Unit, entry_id: str, *, lock: bool = False) -> Entry | None:
    """The entry with this id; `lock` keeps others from using its link until the unit ends."""
    statement = sa.select(NOTICE).where(NOTICE.c.id == entry_id)
    row = unit.conn.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
    return None if row is None else _entry(row)


def about(unit: Unit, ref: str) -> list[Entry]:
    """Everything that was told of one thing, in the order in which it was decided to tell it."""
    statement = (
        sa.select(NOTICE)
        .where(NOTICE.c.about == ref)
        .order_by(NOTICE.c.created, NOTICE.c.person, NOTICE.c.id)
    )
    return [_entry(row) for row in unit.conn.execute(statement).mappings()]


def of_cause(unit: Unit, ref: str, cause: str, person: str) -> list[Entry]:
    """What one person was told on one occasion."""
    mine = sa.and_(NOTICE.c.about == ref, NOTICE.c.cause == cause, NOTICE.c.person == person)
    return [_entry(row) for row in unit.conn.execute(sa.select(NOTICE).where(mine)).mappings()]


def of_delivery(unit: Unit, delivery: str) -> list[Entry]:
    """The entries that go out with one message."""
    statement = sa.select(NOTICE).where(NOTICE.c.delivery == delivery).order_by(NOTICE.c.id)
    return [_entry(row) for row in unit.conn.execute(statement).mappings()]


def waiting(unit: Unit, person: str, way: str, limit: int) -> list[Entry]:
    """What waits to be taken by a person in one way, oldest first."""
    mine = sa.and_(NOTICE.c.person == person, NOTICE.c.way == way, _QUEUED)
    statement = sa.select(NOTICE).where(mine).order_by(NOTICE.c.created, NOTICE.c.id).limit(limit)
    return [_entry(row) for row in unit.conn.execute(statement).mappings()]


def untried(unit: Unit, prefix: str, before: datetime) -> list[str]:
    """What has news that were due before that moment, and that nobody has even tried to send; of those whose id begins so."""
    waits = sa.and_(_QUEUED, NOTICE.c.attempts == 0, NOTICE.c.detail == "", due < before)
    mine = NOTICE.c.about.startswith(prefix, autoescape=True)
    statement = sa.select(NOTICE.c.about).where(waits, mine).distinct().order_by(NOTICE.c.about)
    return list(unit.conn.execute(statement).scalars())


def settle(unit: Unit, ids: list[str], state: State, **values: Any) -> None:
    """Write what became of these entries, if nothing had become of them yet."""
    changed = sa.update(NOTICE).where(NOTICE.c.id.in_(ids), NOTICE.c.state == str(State.QUEUED))
    settled = None if state is State.QUEUED else unit.now
    unit.conn.execute(changed.values(state=str(state), settled=settled, **values))


def use(unit: Unit, entry_id: str) -> bool:
    """Use a link up; False if it was."""
    unused = sa.update(NOTICE).where(NOTICE.c.id == entry_id, NOTICE.c.used.is_(None))
    return unit.conn.execute(unused.values(used=unit.now)).rowcount == 1


def wrong_code(unit: Unit, entry_id: str) -> None:
    """Count a wrong code."""
    unit.conn.execute(sa.update(NOTICE).where(NOTICE.c.id == entry_id).values(wrong=NOTICE.c.wrong + 1))


def mark_unreachable(unit: Unit, ref: str) -> bool:
    """Keep that nobody could be told in time; False if that was known."""
    return insert_new(unit.conn, UNREACHABLE, {"about": ref, "at": unit.now})


def is_unreachable(unit: Unit, ref: str) -> bool:
    """Whether nobody could be told in time."""
    found = unit.conn.execute(sa.select(UNREACHABLE.c.about).where(UNREACHABLE.c.about == ref))
    return found.first() is not None


def keep_callback(unit: Unit, ref: str, person: str, url: str) -> None:
    """Keep where a program wants to hear the end; a second address does not replace the first."""
    insert_new(unit.conn, CALLBACK, {"about": ref, "person": person, "url": url})


def callback_of(unit: Unit, ref: str) -> str | None:
    """Where a program wants to hear the end."""
    found: str | None = unit.conn.execute(
        sa.select(CALLBACK.c.url).where(CALLBACK.c.about == ref)
    ).scalar_one_or_none()
    return found


def _entry(row: sa.RowMapping) -> Entry:
    values = dict(row) | {"state": State(row["state"])}
    values["place"] = Place.model_validate(row["place"]) if row["place"] else None
    return Entry(**values)
