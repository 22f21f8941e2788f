"""The rows of wishes in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.errors import NotFound
from core.place import Place
from core.runbooks.wishing.wish import Wish
from core.store.columns import METADATA, Json, Utc
from core.store.engine import Unit

WISH = sa.Table(
    "runbook_wish",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("platform", sa.String(32), nullable=False),
    sa.Column("channel", sa.String(128), nullable=False),
    sa.Column("thread", sa.String(128), nullable=False),
    sa.Column("place", Json, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("until", Utc, nullable=False),
    sa.Column("runbook", sa.String(64), nullable=False),
    sa.Column("candidates", Json, nullable=False),
    sa.Column("params", Json, nullable=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.Column("asked", sa.String(64), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("execution", sa.String(24), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("ix_runbook_wish_person", "person", "platform", "channel", "until"),
)
_WHERE = ("platform", "channel", "thread")


def thread_of(place: Place) -> str:
    """The thread in which what is said here is answered."""
    return place.thread or ("" if place.direct else place.message) or ""


def add(unit: Unit, wish: Wish) -> None:
    """Keep a new wish."""
    unit.conn.execute(sa.insert(WISH).values(**_row(wish)))


def save(unit: Unit, wish: Wish) -> None:
    """Write a wish that was read with `lock`."""
    wish.version += 1
    unit.conn.execute(sa.update(WISH).where(WISH.c.id == wish.id).values(**_row(wish)))


def get(unit: Unit, wish_id: str, *, lock: bool = False) -> Wish:
    """The wish; `lock` keeps others from answering it until the unit ends.

    Raises:
        NotFound: there is none with that id.
    """
    wish = find(unit, wish_id, lock=lock)
    if wish is None:
        raise NotFound("That question is long over.", "Say again what you want to run.")
    return wish


def find(unit: Unit, wish_id: str, *, lock: bool = True) -> Wish | None:
    """The wish, locked until the unit ends unless it is only looked at; None if there is none with that id."""
    statement = sa.select(WISH).where(WISH.c.id == wish_id)
    row = unit.conn.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
    return _wish(row) if row is not None else None


def latest(unit: Unit, person: str, place: Place, *, anywhere: bool) -> Wish | None:
    """What this person wished for last in this thread, or `anywhere` in the channel, and is not over by now."""
    statement = (
        sa.select(WISH)
        .where(
            WISH.c.person == person,
            WISH.c.platform == place.platform,
            WISH.c.channel == place.channel,
            WISH.c.until > unit.now,
            WISH.c.state != "over",
        )
        .order_by(WISH.c.at.desc(), WISH.c.id.desc())
    )
    if not anywhere:
        statement = statement.where(WISH.c.thread == thread_of(place))
    row = unit.conn.execute(statement.limit(1)).mappings().first()
    return _wish(row) if row is not None else None


def open_elsewhere(unit: Unit, person: str, place: Place) -> Wish | None:
    """What this person is asked about on this platform in another channel or thread; of several the newest."""
    is_here = (WISH.c.channel == place.channel) & (WISH.c.thread == thread_of(place))
    statement = (
        sa.select(WISH)
        .where(
            WISH.c.person == person,
            WISH.c.platform == place.platform,
            WISH.c.until > unit.now,
            WISH.c.state == "open",
            ~is_here,
        )
        .order_by(WISH.c.at.desc(), WISH.c.id.desc())
    )
    row = unit.conn.execute(statement.limit(1)).mappings().first()
    return _wish(row) if row is not None else None


def forget(unit: Unit, person: str, before: datetime) -> None:
    """Delete what this person wished for before that moment."""
    unit.conn.execute(sa.delete(WISH).where(WISH.c.person == person, WISH.c.until < before))


def _row(wish: Wish) -> dict[str, Any]:
    place = wish.place
    where = {"platform": place.platform, "channel": place.channel, "thread": thread_of(place)}
    more = {"place": place.model_dump(mode="json"), "candidates": list(wish.candidates)}
    return dict(vars(wish)) | where | more


def _wish(row: Mapping[Any, Any]) -> Wish:
    known = {name: value for name, value in row.items() if name not in _WHERE}
    return Wish(
        **known | {"place": Place.model_validate(known["place"]), "candidates": tuple(known["candidates"])}
    )
