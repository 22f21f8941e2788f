"""The rows of what people said of possible causes, and what was going on around an incident."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.incidents.alerts.alert import State as Firing
from core.incidents.alerts.records import ALERT
from core.incidents.records import INCIDENT, OPEN
from core.incidents.triage.facts import Nearby, Past, Run
from core.incidents.triage.hypothesis import Hypothesis, Verdict
from core.runbooks.records import EXECUTION
from core.runbooks.states import ExecutionState
from core.store.columns import METADATA, Utc
from core.store.engine import Unit

HYPOTHESIS = sa.Table(
    "incident_hypothesis",
    METADATA,
    sa.Column("incident", sa.ForeignKey("incident.id"), primary_key=True),
    sa.Column("key", sa.String(80), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("weight", sa.Integer, nullable=False),
    sa.Column("verdict", sa.String(12), nullable=False),
    sa.Column("by", sa.String(128), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
)

_SOME = 50


def kept(unit: Unit, incident: str) -> list[Hypothesis]:
    """What people said of possible causes, in the order in which they did."""
    row = HYPOTHESIS.c
    statement = sa.select(HYPOTHESIS).where(row.incident == incident).order_by(row.at, row.key)
    found = unit.conn.execute(statement).mappings()
    names = ("key", "text", "evidence", "weight", "by", "why")
    return [
        Hypothesis(**{name: one[name] for name in names}, verdict=Verdict(one["verdict"])) for one in found
    ]


def keep(unit: Unit, incident: str, one: Hypothesis) -> None:
    """Write what somebody said of a possible cause; what was said of it before is replaced."""
    mine = sa.and_(HYPOTHESIS.c.incident == incident, HYPOTHESIS.c.key == one.key)
    unit.conn.execute(sa.delete(HYPOTHESIS).where(mine))
    values: dict[str, Any] = {
        "key": one.key,
        "text": one.text,
        "evidence": one.evidence,
        "weight": one.weight,
        "verdict": str(one.verdict),
        "by": one.by,
        "why": one.why,
    }
    unit.conn.execute(sa.insert(HYPOTHESIS).values(incident=incident, at=unit.now, **values))


def runs(unit: Unit, services: Collection[str], since: datetime, until: datetime) -> list[Run]:
    """What was run for these services in that time, the newest first; a rehearsed or refused run changed nothing."""
    row = EXECUTION.c
    statement = (
        sa.select(row.id, row.runbook, row.params, row.by, row.started_at)
        .where(row.state.in_([str(state) for state in ExecutionState]), row.created_at.between(since, until))
        .where(row.started_at.is_not(None), row.started_at <= until)
        .order_by(row.started_at.desc(), row.id)
        .limit(_SOME)
    )
    found = unit.conn.execute(statement).all()
    return [
        Run(one.id, one.runbook, str(one.params.get("service")), one.by, one.started_at)
        for one in found
        if one.params.get("service") in services
    ]


def first(unit: Unit, incident_groups: Collection[str]) -> datetime | None:
    """When the first alert of these groups began to fire."""
    mine = ALERT.c.group.in_(sorted(incident_groups))
    begun = sa.select(ALERT.c.started).where(mine).order_by(ALERT.c.started).limit(1)
    found: datetime | None = unit.conn.execute(begun).scalar_one_or_none()
    return found


def nearby(unit: Unit, services: Collection[str]) -> list[Nearby]:
    """Alerts of these services that fire, the first first."""
    row = ALERT.c
    statement = (
        sa.select(row.id, row.name, row.service, row.started)
        .where(row.state == str(Firing.FIRING), row.service.in_(sorted(services)), row.muted == "")
        .order_by(row.started, row.id)
        .limit(_SOME)
    )
    return [Nearby(*one) for one in unit.conn.execute(statement)]


def others(unit: Unit, incident: str, services: Collection[str]) -> list[Nearby]:
    """Other open incidents of these services, the first first; tests do not count."""
    row = INCIDENT.c
    statement = (
        sa.select(row.id, row.title, row.service, row.created)
        .where(row.state.in_(OPEN), row.service.in_(sorted(services)), row.id != incident, ~row.is_test)
        .order_by(row.created, row.id)
        .limit(_SOME)
    )
    return [Nearby(*one) for one in unit.conn.execute(statement)]


def past(unit: Unit, service: str, before: datetime, since: datetime) -> list[Past]:
    """Incidents of the service that are over and whose cause is known, the newest first."""
    row = INCIDENT.c
    statement = (
        sa.select(row.id, row.cause, row.created)
        .where(
            row.service == service,
            row.created < before,
            row.created >= since,
            row.cause != "",
            row.state.not_in(OPEN),
            ~row.is_test,
        )
        .order_by(row.created.desc(), row.id)
        .limit(2)
    )
    return [Past(*one) for one in unit.conn.execute(statement)]


def touched(unit: Unit, incident_groups: Collection[str]) -> list[tuple[str, dict[str, str], str]]:
    """The name, labels and service of some alerts of these groups, the first first."""
    row = ALERT.c
    statement = (
        sa.select(row.name, row.labels, row.service)
        .where(row.group.in_(sorted(incident_groups)))
        .order_by(row.started, row.id)
        .limit(_SOME)
    )
    return [(one.name, dict(one.labels), one.service) for one in unit.conn.execute(statement)]
