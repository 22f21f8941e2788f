"""The rows of alerts, of their groups and of the deliveries that brought them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.errors import NotFound
from core.incidents.alerts.alert import Alert, Group, State
from core.store.columns import METADATA, Json, Utc, insert_new
from core.store.engine import Unit

ALERT = sa.Table(
    "alert",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("source", sa.String(80), nullable=False),
    sa.Column("fingerprint", sa.String(128), nullable=False),
    sa.Column("group", sa.String(24), nullable=False),
    sa.Column("name", sa.String(300), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("labels", Json, nullable=False),
    sa.Column("annotations", Json, nullable=False),
    sa.Column("severity", sa.String(300), nullable=False),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("url", sa.String(1000), nullable=False),
    sa.Column("started", Utc, nullable=False),
    sa.Column("first", Utc, nullable=False),
    sa.Column("seen", Utc, nullable=False),
    sa.Column("ended", Utc),
    sa.Column("at", Utc),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("begun", Json, nullable=False),
    sa.Column("flapping", sa.Boolean, nullable=False),
    sa.Column("muted", sa.String(220), nullable=False),
    sa.Column("announced", sa.Boolean, nullable=False),
    sa.Column("episodes", sa.Integer, nullable=False),
    sa.Column("told", sa.Integer, nullable=False),
    sa.Column("told_over", sa.Boolean, nullable=False),
    sa.Column("told_flaps", sa.Boolean, nullable=False),
    sa.Index("ix_alert_group", "group", "state"),
    sa.Index("ix_alert_state", "state", "seen"),
    sa.Index("ix_alert_muted", "muted"),
)

GROUP = sa.Table(
    "alert_group",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("source", sa.String(80), nullable=False),
    sa.Column("key", sa.String(2000), nullable=False),
    sa.Column("created", Utc, nullable=False),
    sa.Column("incident", sa.String(24), nullable=False, index=True),
    sa.Column("grade", sa.Integer, nullable=False),
    sa.Column("has_route", sa.Boolean, nullable=False),
    sa.Column("left_out", sa.Integer, nullable=False),
    sa.Column("acknowledged", Utc),
    sa.Column("told", Utc),
    sa.Column("waiting", sa.Boolean, nullable=False),
)

# What was delivered, so that the same delivery has one effect.
DELIVERED = sa.Table(
    "alert_delivery",
    METADATA,
    sa.Column("key", sa.String(120), primary_key=True),
    sa.Column("at", Utc, nullable=False, index=True),
)

_REMEMBERED = timedelta(days=1)
_NAMES = tuple(field.name for field in fields(Alert))


def is_new(unit: Unit, key: str, forgotten: timedelta | None) -> bool:
    """Keep that this was delivered; False if it was before, or less than `forgotten` ago where that is given."""
    row = {"key": key, "at": unit.now}
    if insert_new(unit.conn, DELIVERED, row):
        return True
    if forgotten is None:
        return False
    mine = sa.update(DELIVERED).where(DELIVERED.c.key == key, DELIVERED.c.at <= unit.now - forgotten)
    return unit.conn.execute(mine.values(at=unit.now)).rowcount == 1


def known(unit: Unit, ids: Sequence[str], *, lock: bool = False) -> dict[str, Alert]:
    """The alerts with these ids that there are; `lock` keeps others from changing them meanwhile."""
    statement = sa.select(ALERT).where(ALERT.c.id.in_(ids)).order_by(ALERT.c.id)
    rows = unit.conn.execute(statement.with_for_update() if lock else statement).mappings()
    return {row["id"]: alert_of(row) for row in rows}


def save(unit: Unit, alerts: Sequence[Alert]) -> None:
    """Write these alerts, new ones and changed ones."""
    if alerts:
        rows = [_row(alert) for alert in sorted(alerts, key=lambda one: one.id)]
        unit.conn.execute(_upsert(unit.conn.dialect.name), rows)


def untold(unit: Unit, group: str) -> list[Alert]:
    """The alerts of a group of which its incident does not know all."""
    row = ALERT.c
    over = sa.and_(~row.announced, row.episodes > 0, ~row.told_over)
    news = sa.or_(row.episodes > row.told, over, row.flapping != row.told_flaps)
    statement = sa.select(ALERT).where(row.group == group, news).order_by(row.started, row.fingerprint)
    return [alert_of(found) for found in unit.conn.execute(statement).mappings()]


def tell(unit: Unit, group: str) -> None:
    """The incident of this group knows all of its alerts."""
    row = ALERT.c
    values = {"told": row.episodes, "told_over": ~row.announced, "told_flaps": row.flapping}
    unit.conn.execute(sa.update(ALERT).where(row.group == group).values(**values))


def flapping(unit: Unit, group: str) -> list[Alert]:
    """The alerts of a group that come and go."""
    statement = sa.select(ALERT).where(ALERT.c.group == group, ALERT.c.flapping).order_by(ALERT.c.id)
    return [alert_of(row) for row in unit.conn.execute(statement.with_for_update()).mappings()]


def quiet(unit: Unit, muted: str) -> list[Alert]:
    """The alerts that this silence or window keeps quiet."""
    statement = sa.select(ALERT).where(ALERT.c.muted == muted).order_by(ALERT.c.id)
    return [alert_of(row) for row in unit.conn.execute(statement.with_for_update()).mappings()]


def muted_by(unit: Unit, prefix: str) -> list[str]:
    """What keeps alerts quiet, of those whose names begin so."""
    own = ALERT.c.muted.startswith(prefix, autoescape=True)
    return list(
        unit.conn.execute(sa.select(ALERT.c.muted).where(own).distinct().order_by(ALERT.c.muted)).scalars()
    )


def firing(unit: Unit, limit: int = 20_000) -> list[Alert]:
    """Everything that fires, for silences that begin meanwhile."""
    fires = ALERT.c.state == str(State.FIRING)
    statement = sa.select(ALERT).where(fires).order_by(ALERT.c.id).limit(limit).with_for_update()
    return [alert_of(row) for row in unit.conn.execute(statement).mappings()]


def group(unit: Unit, group_id: str, *, lock: bool = False) -> Group:
    """The group.

    Raises:
        NotFound: there is none with that id.
    """
    found = groups(unit, [group_id], lock=lock).get(group_id)
    if found is None:
        raise NotFound(f"There is no group of alerts {group_id}.", "`/alerts list` shows what there is.")
    return found


def groups(unit: Unit, ids: Iterable[str], *, lock: bool = False) -> dict[str, Group]:
    """The groups with these ids that there are."""
    statement = sa.select(GROUP).where(GROUP.c.id.in_(sorted(ids))).order_by(GROUP.c.id)
    rows = unit.conn.execute(statement.with_for_update() if lock else statement).mappings()
    return {row["id"]: Group(**row) for row in rows}


def groups_of(unit: Unit, incident: str) -> list[Group]:
    """The groups that an incident came of, the first first."""
    statement = sa.select(GROUP).where(GROUP.c.incident == incident).order_by(GROUP.c.created, GROUP.c.id)
    return [Group(**row) for row in unit.conn.execute(statement).mappings()]


def save_groups(unit: Unit, found: Sequence[Group]) -> None:
    """Write these groups, new ones and changed ones."""
    if found:
        rows = [asdict(one) for one in sorted(found, key=lambda one: one.id)]
        unit.conn.execute(_upsert_group(unit.conn.dialect.name), rows)


def drop(unit: Unit, before: datetime) -> list[tuple[str, datetime]]:
    """Delete what ended before that moment, and deliveries of a day ago; gives the group and the begin of each alert."""
    unit.conn.execute(sa.delete(DELIVERED).where(DELIVERED.c.at < unit.now - _REMEMBERED))
    over = sa.and_(ALERT.c.state == str(State.RESOLVED), ALERT.c.seen < before, ~ALERT.c.announced)
    gone = unit.conn.execute(sa.delete(ALERT).where(over).returning(ALERT.c.group, ALERT.c.first))
    return [(group, first) for group, first in gone]


def drop_groups(unit: Unit, before: datetime) -> None:
    """Delete groups from before that moment that have no alerts any more."""
    has_alerts = sa.exists().where(ALERT.c.group == GROUP.c.id).correlate(GROUP)
    unit.conn.execute(sa.delete(GROUP).where(GROUP.c.created < before, ~has_alerts))


def _row(alert: Alert) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(alert, name) for name in _NAMES}
    row["state"] = str(alert.state)
    row["labels"], row["annotations"] = dict(alert.labels), dict(alert.annotations)
    row["begun"] = [at.isoformat() for at in alert.begun]
    return row


def alert_of(row: Mapping[Any, Any]) -> Alert:
    """The alert that a row holds."""
    given = {name: row[name] for name in _NAMES}
    begun = tuple(datetime.fromisoformat(at) for at in row["begun"])
    return Alert(**(given | {"state": State(row["state"]), "begun": begun}))


@cache
def _upsert(dialect: str) -> sa.Executable:
    return _on_conflict(ALERT, dialect)


@cache
def _upsert_group(dialect: str) -> sa.Executable:
    return _on_conflict(GROUP, dialect)


def _on_conflict(table: sa.Table, dialect: str) -> sa.Executable:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    new = insert(table)
    changed = {column.name: new.excluded[column.name] for column in table.columns if column.name != "id"}
    return new.on_conflict_do_update(index_elements=["id"], set_=changed)
