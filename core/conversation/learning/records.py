"""The rows of habits: one for each person, kind, key and value."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from core.conversation.learning.habit import Habit, Kind, State
from core.store.columns import METADATA, Json, Serial, Utc, insert_new
from core.store.engine import Unit

HABIT = sa.Table(
    "habit",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("key", sa.String(120), nullable=False),
    sa.Column("value", sa.String(200), nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("hours", Json, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("at", Utc, nullable=False, index=True),
    sa.UniqueConstraint("person", "kind", "key", "value"),
)
KEY, VALUE = 120, 200
_COLUMNS = tuple(HABIT.c[name] for name in Habit.__dataclass_fields__)


def find(
    unit: Unit, person: str, kinds: Collection[Kind] = tuple(Kind), key: str | None = None
) -> list[Habit]:
    """Habits of a person of these kinds, and of this key if one is given; the newest last."""
    mine = sa.and_(HABIT.c.person == person, HABIT.c.kind.in_(kinds))
    if key is not None:
        mine = sa.and_(mine, HABIT.c.key == key)
    found = unit.conn.execute(sa.select(*_COLUMNS).where(mine).order_by(HABIT.c.at, HABIT.c.id))
    return [_habit(row) for row in found]


def see(unit: Unit, habit: Habit) -> Habit:
    """Count a habit once more at its hours, or keep it as new; returns it as it is now."""
    known = [one for one in find(unit, habit.person, (habit.kind,), habit.key) if one.value == habit.value]
    if known:
        one = known[0]
        hours = [before + now for before, now in zip(one.hours, habit.hours, strict=True)]
        values = {"count": one.count + 1, "hours": hours, "at": unit.now}
        unit.conn.execute(sa.update(HABIT).where(HABIT.c.id == one.id).values(**values))
    else:
        row = {name: getattr(habit, name) for name in Habit.__dataclass_fields__ if name != "id"}
        insert_new(unit.conn, HABIT, row | {"hours": list(habit.hours)})
    return next(one for one in find(unit, habit.person, (habit.kind,), habit.key) if one.value == habit.value)


def say(unit: Unit, habit: Habit, state: State) -> None:
    """Keep what became of the question about it."""
    unit.conn.execute(sa.update(HABIT).where(HABIT.c.id == habit.id).values(state=state, at=unit.now))


def erase(unit: Unit, person: str, ids: Collection[int] | None = None) -> int:
    """Delete these of a person, or all; returns how many."""
    mine = HABIT.c.person == person
    if ids is not None:
        mine = sa.and_(mine, HABIT.c.id.in_(ids))
    return int(unit.conn.execute(sa.delete(HABIT).where(mine)).rowcount)


def expire(unit: Unit, before: Any) -> int:
    """Delete what was noticed and not seen since that moment; what people said stays. Returns how many."""
    noticed = HABIT.c.state.not_in((State.KEPT, State.DECLINED))
    return int(unit.conn.execute(sa.delete(HABIT).where(noticed, HABIT.c.at < before)).rowcount)


def _habit(row: Any) -> Habit:
    values = dict(row._mapping)  # noqa: SLF001 - the documented way to a row as a mapping
    known = {"kind": Kind(values["kind"]), "state": State(values["state"]), "hours": tuple(values["hours"])}
    return Habit(**values | known)
