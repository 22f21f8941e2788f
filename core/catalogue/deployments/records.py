"""The rows of deployments."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from core.catalogue.deployments.deployment import Deployment
from core.store.columns import METADATA, Utc, insert_new, within
from core.store.engine import Unit

DEPLOYMENT = sa.Table(
    "deployment",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("key", sa.String(64), nullable=False, unique=True),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("version", sa.String(200), nullable=False),
    sa.Column("environment", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("at", Utc, nullable=False, index=True),
    sa.Column("by", sa.String(200), nullable=False),
    sa.Column("via", sa.String(200), nullable=False),
    sa.Column("url", sa.String(1000), nullable=False),
    sa.Index("ix_deployment_service", "service", "at"),
)

_COLUMNS = [DEPLOYMENT.c[field.name] for field in fields(Deployment)]


def of_key(unit: Unit, key: str) -> Deployment | None:
    """The one that was reported with this key."""
    found = unit.conn.execute(sa.select(*_COLUMNS).where(DEPLOYMENT.c.key == key)).one_or_none()
    return Deployment(*found) if found else None


def add(unit: Unit, key: str, one: Deployment) -> bool:
    """Keep it; False if one with this key is there."""
    return insert_new(unit.conn, DEPLOYMENT, {"key": key, **asdict(one)})


@dataclass(frozen=True)
class Which:
    """Deployments of these services, or of all; of these kinds, or of any; in this environment, or in any."""

    services: Collection[str] | None = None
    kinds: Collection[str] | None = None
    environment: str = ""


def newest(
    unit: Unit,
    which: Which = Which(),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
) -> list[Deployment]:
    """Which of these were deployed in that time, the newest first."""
    row = DEPLOYMENT.c
    statement = sa.select(*_COLUMNS).order_by(row.at.desc(), row.key).limit(limit)
    statement = statement.where(*within(row.at, since, until))
    if which.services is not None:
        statement = statement.where(row.service.in_(sorted(which.services)))
    if which.kinds is not None:
        statement = statement.where(row.kind.in_(sorted(which.kinds)))
    if which.environment:
        statement = statement.where(row.environment == which.environment)
    return [Deployment(*one) for one in unit.conn.execute(statement)]


def get(unit: Unit, deployment: str) -> Deployment | None:
    """The one with this id."""
    found = unit.conn.execute(sa.select(*_COLUMNS).where(DEPLOYMENT.c.id == deployment)).one_or_none()
    return Deployment(*found) if found else None


def forget(unit: Unit, before: datetime) -> int:
    """Delete what was deployed before that moment and is not the newest of its service and environment."""
    row, other = DEPLOYMENT.c, DEPLOYMENT.alias()
    same = sa.and_(
        other.c.service == row.service, other.c.environment == row.environment, other.c.at > row.at
    )
    is_old = sa.exists().where(same).correlate(DEPLOYMENT)
    return int(unit.conn.execute(sa.delete(DEPLOYMENT).where(row.at < before, is_old)).rowcount)
