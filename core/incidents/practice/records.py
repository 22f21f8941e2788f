"""What happened in a time, as the figures of the practice need it."""

from datetime import datetime

import sqlalchemy as sa

from core.incidents.alerts.records import ALERT, GROUP
from core.incidents.incident import Incident
from core.incidents.practice.figures import Heard, Paged
from core.incidents.records import INCIDENT
from core.paging.page import Origin
from core.paging.records import CALLED, PAGE
from core.store.engine import Unit


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
    """The groups of alerts that began then; of what was forgotten since, nothing is known."""
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
    return [
        Heard(acted=bool(did), over=not going, alerts=number)
        for did, going, number in unit.conn.execute(statement)
    ]
