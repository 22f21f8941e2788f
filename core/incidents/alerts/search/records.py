"""Looking for alerts by state, group, incident and service, page by page; and their figures."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.errors import NotFound
from core.incidents.alerts.alert import GRADE_BY_WORD, USUAL_GRADE, Alert, Group, State, grade_of
from core.incidents.alerts.records import ALERT, GROUP, alert_of, groups_of, known
from core.store.engine import Unit
from core.text import one_line


@dataclass(frozen=True)
class Search:
    """Which alerts: what is empty does not matter. `muted`: only those that are kept quiet, or only the others."""

    state: State | None = None
    group: str = ""
    incident: str = ""
    service: str = ""
    muted: bool | None = None


@dataclass(frozen=True)
class Tally:
    """How many alerts there are: all, those that fire, those that were told and are not over, and those kept quiet."""

    alerts: int = 0
    firing: int = 0
    announced: int = 0
    muted: int = 0
    flapping: int = 0
    count: int = 0
    since: datetime | None = None
    seen: datetime | None = None


@dataclass(frozen=True)
class Heard:
    """What an incident heard from alerts: their groups, their figures, and some of those that are not over."""

    groups: tuple[Group, ...] = ()
    tally: Tally = field(default_factory=Tally)
    samples: tuple[Alert, ...] = ()


NOTHING_HEARD = Heard()
_SAMPLES = 3
_GRADE = sa.case(GRADE_BY_WORD, value=sa.func.lower(ALERT.c.severity), else_=USUAL_GRADE)


def heard(unit: Unit, incident: str) -> Heard:
    """What an incident heard from alerts; nothing for one that people declared."""
    found = groups_of(unit, incident)
    if not found:
        return NOTHING_HEARD
    wanted = Search(incident=incident)
    samples = sa.select(ALERT).order_by(ALERT.c.started, ALERT.c.fingerprint).limit(_SAMPLES)
    for condition in (*_conditions(wanted), ALERT.c.announced):
        samples = samples.where(condition)
    some = tuple(alert_of(row) for row in unit.conn.execute(samples).mappings())
    return Heard(tuple(found), tally(unit, wanted), some)


def get(unit: Unit, alert_id: str) -> Alert:
    """The alert whose id is this, or begins so.

    Raises:
        NotFound: there is none, or there are several.
    """
    text = alert_id.strip().lower()
    begins = ALERT.c.id.startswith(text, autoescape=True)
    rows = unit.conn.execute(sa.select(ALERT).where(begins).limit(2)).mappings().all()
    if not text or len(rows) != 1:
        what = (
            f"There is no alert {one_line(alert_id, 40)}."
            if not rows or not text
            else "Several alerts begin so."
        )
        raise NotFound(what, "`/alerts list` shows them.")
    return alert_of(rows[0])


def find(unit: Unit, wanted: Search, limit: int, cursor: str = "") -> tuple[list[Alert], str | None]:
    """At most `limit` alerts after the one that `cursor` names, and the next cursor.

    Firing ones first, of these the gravest, then the newest; of those that are over the newest.
    """
    grade = sa.case((ALERT.c.state == str(State.FIRING), _GRADE), else_=0)
    order = (ALERT.c.state, grade, ALERT.c.started.desc(), ALERT.c.id)
    statement = sa.select(ALERT).order_by(*order).limit(limit + 1)
    for condition in _conditions(wanted):
        statement = statement.where(condition)
    last = known(unit, [cursor]).get(cursor) if cursor else None
    if last is not None:
        statement = statement.where(_after(last, grade))
    found = [alert_of(row) for row in unit.conn.execute(statement).mappings()]
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def _after(last: Alert, grade: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether an alert comes after this one."""
    row, mine = ALERT.c, grade_of(last.severity) if last.state is State.FIRING else 0
    later = sa.or_(row.started < last.started, sa.and_(row.started == last.started, row.id > last.id))
    same = sa.or_(grade > mine, sa.and_(grade == mine, later))
    return sa.or_(row.state > str(last.state), sa.and_(row.state == str(last.state), same))


def services(unit: Unit) -> list[str]:
    """The services that alerts name, by name."""
    named = sa.select(ALERT.c.service).where(ALERT.c.service != "").distinct()
    return list(unit.conn.execute(named.order_by(ALERT.c.service)).scalars())


def tally(unit: Unit, wanted: Search) -> Tally:
    """The figures of these alerts, counted by the database."""
    row = ALERT.c
    fires = row.state == str(State.FIRING)
    columns = (
        sa.func.count(),
        _count(fires),
        _count(row.announced),
        _count(sa.and_(fires, row.muted != "")),
        _count(row.flapping),
        sa.func.coalesce(sa.func.sum(row.count), 0),
        sa.func.min(sa.case((row.announced, row.started))),
        sa.func.max(row.seen),
    )
    statement = sa.select(*columns)
    for condition in _conditions(wanted):
        statement = statement.where(condition)
    found = unit.conn.execute(statement).one()
    return Tally(*found)


def muted_by(unit: Unit, incident: str) -> set[str]:
    """What keeps the alerts of an incident quiet that fire or come and go; empty for those that nothing does."""
    row = ALERT.c
    statement = sa.select(row.muted).where(sa.or_(row.state == str(State.FIRING), row.announced)).distinct()
    for condition in _conditions(Search(incident=incident)):
        statement = statement.where(condition)
    return set(unit.conn.execute(statement).scalars())


def _conditions(wanted: Search) -> list[sa.ColumnElement[bool]]:
    row = ALERT.c
    found: list[sa.ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(row.state == str(wanted.state))
    if wanted.group:
        found.append(row.group == wanted.group)
    if wanted.service:
        found.append(row.service == wanted.service)
    if wanted.incident:
        found.append(row.group.in_(sa.select(GROUP.c.id).where(GROUP.c.incident == wanted.incident)))
    if wanted.muted is not None:
        found.append((row.muted != "") if wanted.muted else (row.muted == ""))
    return found


def _count(condition: Any) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)
