"""What happened in a time, as the figures of the practice need it; of alerts that are forgotten, how many there were."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.incidents.alerts import records as alerts
from core.incidents.alerts.records import ALERT, GROUP
from core.incidents.incident import Incident
from core.incidents.practice.figures import Heard, Paged
from core.incidents.records import INCIDENT
from core.paging.page import Origin
from core.paging.records import CALLED, PAGE
from core.store.columns import METADATA, Utc
from core.store.engine import Unit

# Alerts that are over and forgotten, by the hour in which they began and by whether anybody acted on them.
TALLY = sa.Table(
    "alert_tally",
    METADATA,
    sa.Column("hour", Utc, primary_key=True),
    sa.Column("acted", sa.Boolean, primary_key=True),
    sa.Column("alerts", sa.Integer, nullable=False),
)

_COUNTED = timedelta(days=2 * 366 + 1)
"""The longest time that can be asked for, and as much before it."""
_SOME = 500


def incidents(unit: Unit, since: datetime, until: datetime) -> list[Incident]:
    """Those that were declared then."""
    row = INCIDENT.c
    statement = sa.select(INCIDENT).where(row.created >= since, row.created < until).order_by(row.created)
    return [Incident.model_validate(dict(one)) for one in unit.conn.execute(statement).mappings()]


def pages(unit: Unit, since: datetime, until: datetime) -> list[Paged]:
    """Who was called then, and when: once for each step of an escalation that came to them, tests left out."""
    row = CALLED.c
    joined = CALLED.join(PAGE, PAGE.c.id == row.page)
    real = sa.and_(row.at >= since, row.at < until, PAGE.c.origin != str(Origin.TEST))
    statement = sa.select(row.person, row.at).select_from(joined).where(real)
    return [Paged(person, moment) for person, moment in unit.conn.execute(statement)]


def heard(unit: Unit, since: datetime, until: datetime) -> list[Heard]:
    """The groups of alerts that began then; of those that were forgotten since, how many alerts there were, to the hour."""
    firing = sa.func.sum(sa.case((ALERT.c.ended.is_(None), 1), else_=0))
    joined = ALERT.join(GROUP, GROUP.c.id == ALERT.c.group).outerjoin(
        INCIDENT, INCIDENT.c.id == GROUP.c.incident
    )
    acted = sa.func.max(sa.case((INCIDENT.c.acknowledged.is_not(None), 1), else_=0))
    statement = (
        sa.select(acted, firing, sa.func.count())
        .select_from(joined)
        .where(ALERT.c.first >= since, ALERT.c.first < until)
        .group_by(GROUP.c.id)
    )
    row = TALLY.c
    counted = sa.select(row.acted, row.alerts).where(row.hour >= since, row.hour < until)
    return [
        Heard(acted=bool(did), over=not going, alerts=number)
        for did, going, number in unit.conn.execute(statement)
    ] + [Heard(acted=bool(did), over=True, alerts=number) for did, number in unit.conn.execute(counted)]


def forget(unit: Unit, before: datetime) -> int:
    """Delete alerts that ended before that moment, and keep of them how many there were; returns how many were deleted."""
    gone = alerts.drop(unit, before)
    acted = _acted(unit, {group for group, _ in gone})
    counted = Counter(
        (first.replace(minute=0, second=0, microsecond=0), group in acted) for group, first in gone
    )
    if counted:
        rows = [
            {"hour": hour, "acted": did, "alerts": number} for (hour, did), number in sorted(counted.items())
        ]
        unit.conn.execute(_count(unit.conn.dialect.name), rows)
    alerts.drop_groups(unit, before)
    unit.conn.execute(sa.delete(TALLY).where(TALLY.c.hour < unit.now - _COUNTED))
    return len(gone)


def _acted(unit: Unit, groups: Collection[str]) -> set[str]:
    """Those of these groups whose incident somebody took on."""
    ordered, found = sorted(groups), set()
    joined = GROUP.join(INCIDENT, INCIDENT.c.id == GROUP.c.incident)
    for start in range(0, len(ordered), _SOME):
        some = GROUP.c.id.in_(ordered[start : start + _SOME])
        taken = sa.select(GROUP.c.id).select_from(joined).where(some, INCIDENT.c.acknowledged.is_not(None))
        found |= set(unit.conn.execute(taken).scalars())
    return found


@cache
def _count(dialect: str) -> sa.Executable:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    new = insert(TALLY)
    more = {"alerts": TALLY.c.alerts + new.excluded.alerts}
    return new.on_conflict_do_update(index_elements=["hour", "acted"], set_=more)
