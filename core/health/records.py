"""The rows of health: how each check stands, how each service counts, and when services were not healthy."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.errors import NotFound, VersionConflict
from core.health.aggregate import Count
from core.health.check import Status
from core.health.spell import Spell
from core.health.standing import Standing
from core.store.columns import METADATA, Json, Utc
from core.store.engine import Unit
from core.store.statement import Statement

CHECK = sa.Table(
    "health_check",
    METADATA,
    sa.Column("service", sa.String(63), primary_key=True),
    sa.Column("name", sa.String(63), primary_key=True),
    sa.Column("status", sa.String(9), nullable=False),
    sa.Column("since", Utc, nullable=False),
    sa.Column("judged", sa.Boolean, nullable=False),
    sa.Column("latest", sa.String(9), nullable=False),
    sa.Column("why", sa.String(400), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("took", sa.Integer, nullable=False),
    sa.Column("streak", sa.Integer, nullable=False),
    sa.Column("toward", sa.String(9), nullable=False),
    sa.Column("falls", Json, nullable=False),
)

SERVICE = sa.Table(
    "health_service",
    METADATA,
    sa.Column("service", sa.String(63), primary_key=True),
    sa.Column("status", sa.String(9), nullable=False),
    sa.Column("since", Utc, nullable=False),
    sa.Column("spell", sa.String(24), nullable=False),
)

SPELL = sa.Table(
    "health_spell",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("service", sa.String(63), nullable=False),
    sa.Column("began", Utc, nullable=False),
    sa.Column("ended", Utc),
    sa.Column("status", sa.String(9), nullable=False),
    sa.Column("changes", Json, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("ix_health_spell_service", "service", "began"),
)

_MILLISECOND = timedelta(milliseconds=1)


def _put(table: sa.Table, keys: tuple[str, ...]) -> Statement:
    names = [column.name for column in table.columns]

    def build(dialect: str) -> sa.Insert:
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        new = insert(table).values({name: sa.bindparam(name) for name in names}).inline()
        rest = {name: new.excluded[name] for name in names if name not in keys}
        return new.on_conflict_do_update(index_elements=list(keys), set_=rest)

    return Statement(build)


_PUT_CHECK = _put(CHECK, ("service", "name"))
_PUT_SERVICE = _put(SERVICE, ("service",))


def standings(unit: Unit, services: Collection[str] | None = None) -> dict[tuple[str, str], Standing]:
    """How the checks of these services stand (of all, if none are named), by service and check."""
    statement = sa.select(CHECK)
    if services is not None:
        statement = statement.where(CHECK.c.service.in_(services))
    return {(row["service"], row["name"]): _standing(row) for row in unit.conn.execute(statement).mappings()}


def put(unit: Unit, service: str, name: str, standing: Standing) -> None:
    """Keep how a check stands."""
    row = {
        "service": service,
        "name": name,
        "status": str(standing.status),
        "since": standing.since,
        "judged": standing.judged,
        "latest": str(standing.latest),
        "why": standing.why,
        "at": standing.at or standing.since,
        "took": standing.took // _MILLISECOND,
        "streak": standing.streak,
        "toward": str(standing.toward),
        "falls": [at.isoformat() for at in standing.falls],
    }
    unit.write(_PUT_CHECK, row)


def counts(unit: Unit) -> dict[str, Count]:
    """What each service counts as."""
    rows = unit.conn.execute(sa.select(SERVICE)).mappings()
    return {row["service"]: Count(Status(row["status"]), row["since"], row["spell"]) for row in rows}


def put_count(unit: Unit, service: str, count: Count) -> None:
    """Keep what a service counts as."""
    row = {"service": service, "status": str(count.status), "since": count.since, "spell": count.spell}
    unit.write(_PUT_SERVICE, row)


def forget(unit: Unit, kept: Iterable[tuple[str, str]], services: Collection[str]) -> list[str]:
    """Drop the rows of checks and services that are not watched any more; returns the services that are dropped."""
    known = {(service, name) for service, name in unit.conn.execute(sa.select(CHECK.c.service, CHECK.c.name))}
    for service, name in known - set(kept):
        mine = sa.and_(CHECK.c.service == service, CHECK.c.name == name)
        unit.conn.execute(sa.delete(CHECK).where(mine))
    gone = sorted(counts(unit).keys() - set(services))
    if gone:
        unit.conn.execute(sa.delete(SERVICE).where(SERVICE.c.service.in_(gone)))
    return gone


def add_spell(unit: Unit, spell: Spell) -> None:
    """Keep a spell that begins."""
    unit.conn.execute(sa.insert(SPELL).values(**_row(spell)))


def save_spell(unit: Unit, spell: Spell, changes: dict[str, Any]) -> Spell:
    """Keep a changed spell.

    Raises:
        VersionConflict: somebody else changed it first.
    """
    saved = spell.model_copy(update=changes | {"version": spell.version + 1})
    same = sa.and_(SPELL.c.id == spell.id, SPELL.c.version == spell.version)
    if not unit.conn.execute(sa.update(SPELL).where(same).values(**_row(saved))).rowcount:
        raise VersionConflict("Somebody else changed it at the same moment.", "Try again.")
    return saved


def spell(unit: Unit, spell_id: str) -> Spell:
    """The spell with this id.

    Raises:
        NotFound: there is none.
    """
    row = unit.conn.execute(sa.select(SPELL).where(SPELL.c.id == spell_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no {spell_id}.", "`/status` shows how everything is.")
    return Spell.model_validate(dict(row))


def spells_of(unit: Unit, service: str, limit: int = 5) -> list[Spell]:
    """The newest spells of a service, the newest first."""
    mine = sa.select(SPELL).where(SPELL.c.service == service)
    rows = unit.conn.execute(mine.order_by(SPELL.c.began.desc()).limit(limit)).mappings()
    return [Spell.model_validate(dict(row)) for row in rows]


def _row(spell: Spell) -> dict[str, Any]:
    changes = [change.model_dump(mode="json") for change in spell.changes]
    return spell.model_dump() | {"status": str(spell.status), "changes": changes}


def _standing(row: Any) -> Standing:
    return Standing(
        status=Status(row["status"]),
        since=row["since"],
        judged=row["judged"],
        latest=Status(row["latest"]),
        why=row["why"],
        at=row["at"],
        took=row["took"] * _MILLISECOND,
        streak=row["streak"],
        toward=Status(row["toward"]),
        falls=tuple(datetime.fromisoformat(at) for at in row["falls"]),
    )
