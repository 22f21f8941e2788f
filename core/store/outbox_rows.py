"""The tables of the outbox, and the statements that fill them: one command for all copies of a card.

The hot ones take what they need from the rows that are there, so that nothing is read before it is written.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Literal

import sqlalchemy as sa

from core.store.columns import METADATA, Json, Serial, Utc
from core.store.engine import Unit
from core.store.statement import Statement, inserting, inserting_new

Kind = Literal["show", "say", "whisper", "home", "react", "notice", "take", "room", "pin", "file"]

_OPEN = sa.text("state IN ('queued', 'sending')")

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("seq", Serial, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("lane", sa.String(255), nullable=False),
    sa.Column("about", sa.String(64), nullable=False),
    sa.Column("copy_id", sa.String(24)),
    sa.Column("payload", Json, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("process", sa.String(64), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due", Utc, nullable=False),
    sa.Column("created", Utc, nullable=False),
    sa.Column("finished", Utc),
    sa.Column("message", sa.String(64)),
    sa.Column("error", sa.String(400)),
    sa.Index("ix_outbox_open_lane", "lane", "seq", sqlite_where=_OPEN, postgresql_where=_OPEN),
    sa.Index("ix_outbox_open_copy", "copy_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    sqlite_autoincrement=True,
)

COPY = sa.Table(
    "copy",
    METADATA,
    sa.Column("seq", Serial, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(24), nullable=False, unique=True),
    sa.Column("view", sa.String(32), nullable=False),
    sa.Column("ref", sa.String(64), nullable=False),
    sa.Column("platform", sa.String(16), nullable=False),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("thread", sa.String(64), nullable=False),
    sa.Column("place", Json, nullable=False),
    sa.Column("lane", sa.String(255), nullable=False),
    sa.Column("message", sa.String(64)),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("shown", Utc),
    sa.UniqueConstraint("view", "ref", "platform", "channel", "thread"),
    sa.Index("ix_copy_message", "platform", "channel", "message"),
    sa.Index("ix_copy_thread", "platform", "channel", "thread"),
)

# What is to be told of a thing, before it is known to whom: one row for what may become many (see spread).
NEWS = sa.Table(
    "news",
    METADATA,
    sa.Column("seq", Serial, primary_key=True, autoincrement=True),
    sa.Column("view", sa.String(32), nullable=False),
    sa.Column("ref", sa.String(64), nullable=False),
    sa.Column("content", Json, nullable=False),
    sqlite_autoincrement=True,
)

# Who has opened their own page, and when: it is kept true for a day.
HOME = sa.Table(
    "home",
    METADATA,
    sa.Column("platform", sa.String(16), primary_key=True),
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("user", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("lane", sa.String(255), nullable=False),
    sa.Column("payload", Json, nullable=False),
    sa.Column("opened", Utc, nullable=False),
    sa.Index("ix_home_person", "person"),
)
HOME_STAYS = timedelta(days=1)


def is_open(table: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether a row waits or is being sent, in the very words of the partial indexes.

    Written out and not bound: a partial index is used only where the query says its condition.
    """
    return table.c.state.in_([sa.literal_column("'queued'"), sa.literal_column("'sending'")])


# What the database counts and what is known only afterwards.
_LEFT_OUT = ("seq", "finished", "message", "error")
_COLUMNS = tuple(column for column in OUTBOX.columns if column.name not in _LEFT_OUT)


def _queue_for(
    kind: Kind, source: sa.Table, order: sa.Column[Any], taken: Mapping[str, Any], *fits: Any
) -> Callable[[str], sa.Insert]:
    """Queue a row for each row of `source` that fits; `taken` comes from there, the rest from outside."""

    def build(dialect: str) -> sa.Insert:
        fixed: dict[str, sa.ColumnElement[Any]] = {
            "kind": sa.literal_column(f"'{kind}'"),
            "state": sa.literal_column("'queued'"),
            "attempts": sa.literal_column("0"),
        }
        values = [
            taken.get(column.name, fixed.get(column.name, _given(column, dialect))) for column in _COLUMNS
        ]
        rows = sa.select(*values).select_from(source).where(*fits).order_by(order)
        return sa.insert(OUTBOX).from_select([column.name for column in _COLUMNS], rows)

    return build


def _given(column: sa.Column[Any], dialect: str) -> sa.ColumnElement[Any]:
    value = sa.bindparam(column.name, type_=column.type)
    # PostgreSQL does not guess the type of a value that is selected; SQLite would change the value.
    return sa.cast(value, column.type) if dialect == "postgresql" else value


_OF_CARD = sa.and_(COPY.c.view == sa.bindparam("view"), COPY.c.ref == sa.bindparam("about"))
_CARD_LANE = COPY.c.lane + "#" + COPY.c.id
# The rows of one command share a stem; the number of the copy makes each a key of its own.
_KEY = sa.bindparam("stem", type_=sa.String) + "." + sa.cast(COPY.c.seq, sa.String)
_FIRST = sa.select(sa.func.min(COPY.c.seq)).where(_OF_CARD).scalar_subquery()

INSERT = inserting(OUTBOX, *_LEFT_OUT)
INSERT_NEWS = inserting(NEWS, "seq")
INSERT_FRESH_COPY = inserting(COPY, "seq", "message", "shown")
INSERT_COPY = inserting_new(COPY, "seq", "message", "shown")


def _tell(dialect: str) -> sa.Insert:
    first, others = (_given(sa.Column(name, Json), dialect) for name in ("payload_of_first", "payload"))
    payload = sa.case((COPY.c.seq == _FIRST, first), else_=others)
    taken = {"key": _KEY, "lane": COPY.c.lane, "copy_id": COPY.c.id, "payload": payload}
    others_too = COPY.c.lane != sa.bindparam("left_out", type_=sa.String)
    return _queue_for("say", COPY, COPY.c.seq, taken, _OF_CARD, others_too)(dialect)


_SHOWS = sa.and_(OUTBOX.c.kind == "show", OUTBOX.c.state == "queued")
# Counted, not "exists": a planner that knows little of the table would read all open rows for that.
_SHOWN_SOON = (
    sa.select(sa.func.count())
    .where(is_open(OUTBOX), _SHOWS, OUTBOX.c.copy_id == COPY.c.id)
    .correlate(COPY)
    .scalar_subquery()
)

# Say something in the thread of every copy of a card but of those in one lane, and something else in that of the first.
TELL = Statement(_tell)
# Show every copy anew that is not waiting to be shown.
SHOW = Statement(
    _queue_for(
        "show",
        COPY,
        COPY.c.seq,
        {"key": _KEY, "lane": _CARD_LANE, "copy_id": COPY.c.id},
        _OF_CARD,
        _SHOWN_SOON == 0,
    )
)
# Let what waits to be shown of a card go first.
HURRY = Statement(
    sa.update(OUTBOX)
    .where(
        is_open(OUTBOX), _SHOWS, ~OUTBOX.c.urgent, OUTBOX.c.copy_id.in_(sa.select(COPY.c.id).where(_OF_CARD))
    )
    .values(urgent=True)
)


def _homes(dialect: str) -> sa.Insert:
    home = HOME.c
    waiting = sa.select(sa.func.count()).where(
        is_open(OUTBOX), OUTBOX.c.state == "queued", OUTBOX.c.lane == home.lane
    )
    taken = {
        "key": sa.bindparam("stem", type_=sa.String) + "." + home.workspace + "." + home.user,
        "lane": home.lane,
        "payload": home.payload,
    }
    since = home.opened > sa.bindparam("since", type_=Utc)
    fits = (
        since,
        home.person.in_(_listed("people", dialect)),
        waiting.correlate(HOME).scalar_subquery() == 0,
    )
    return _queue_for("home", HOME, home.lane, taken, *fits)(dialect)


def _listed(name: str, dialect: str) -> sa.Select[Any]:
    """The words of a list that is given as JSON."""
    words = sa.bindparam(name, type_=Json)
    if dialect == "postgresql":
        return sa.select(sa.func.jsonb_array_elements_text(words).table_valued("value").c.value)
    return sa.select(sa.func.json_each(words).table_valued("value").c.value)


# Draw the pages of these people anew that are open and not waiting to be drawn.
HOMES = Statement(_homes)


def a_row(unit: Unit, kind: Kind, lane: str, payload: dict[str, Any]) -> dict[str, Any]:
    """A row that waits, with what every row has; statements make a key for each of their rows of the stem."""
    key = unit.next_key()
    return {
        "key": key,
        "stem": key,
        "kind": kind,
        "lane": lane,
        "about": "",
        "copy_id": None,
        "payload": payload,
        "urgent": False,
        "process": unit.process,
        "state": "queued",
        "attempts": 0,
        "due": unit.now,
        "created": unit.now,
    }
