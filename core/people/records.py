"""The rows of people: who is and was configured, which accounts were linked, codes and wrong tries."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from core.people.person import Person
from core.place import Actor
from core.store.columns import METADATA, Json, Serial, Utc, insert_new
from core.store.engine import Unit
from core.store.statement import Statement

PERSON = sa.Table(
    "person",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("owner", sa.String(64)),
    sa.Column("roles", Json, nullable=False),
    sa.Column("timezone", sa.String(64), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("joined", Utc, nullable=False),
    sa.Column("left", Utc),
    sa.Column("seen", Utc),
)
_LAST = sa.or_(PERSON.c.seen.is_(None), PERSON.c.seen < sa.bindparam("before"))
# Seconds do not matter here, and whoever is busy must not write a row at every click.
_OFTEN = timedelta(minutes=1)
_SEEN = Statement(
    sa.update(PERSON).where(PERSON.c.id == sa.bindparam("person"), _LAST).values(seen=sa.bindparam("at"))
)

ACCOUNT = sa.Table(
    "account",
    METADATA,
    sa.Column("platform", sa.String(16), primary_key=True),
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("account", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False, index=True),
    sa.Column("linked", Utc, nullable=False),
)

LINK_CODE = sa.Table(
    "link_code",
    METADATA,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False, index=True),
    sa.Column("expires", Utc, nullable=False),
)

LINK_TRY = sa.Table(
    "link_try",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("platform", sa.String(16), nullable=False),
    sa.Column("workspace", sa.String(64), nullable=False),
    sa.Column("account", sa.String(64), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Index("ix_link_try_account", "platform", "account"),
)


def people(unit: Unit) -> dict[str, tuple[Person, bool]]:
    """Everybody who ever was configured, by id, and whether they are now."""
    rows = unit.conn.execute(sa.select(PERSON)).mappings()
    return {row["id"]: (_person(row), row["active"]) for row in rows}


def keep(unit: Unit, person: Person) -> None:
    """Write what is configured of a person."""
    values = {
        "name": person.name,
        "kind": person.kind,
        "owner": person.owner,
        "roles": sorted(person.roles),
        "timezone": person.timezone,
        "active": person.active,
        "left": None if person.active else unit.now,
    }
    if not insert_new(unit.conn, PERSON, {"id": person.id, "joined": unit.now, **values}):
        unit.conn.execute(sa.update(PERSON).where(PERSON.c.id == person.id).values(**values))


def see(unit: Unit, person: str) -> None:
    """Note that this person was there just now: they clicked or wrote."""
    unit.write(_SEEN, {"person": person, "before": unit.now - _OFTEN, "at": unit.now})


def seen(unit: Unit, people: Iterable[str]) -> dict[str, datetime]:
    """When these people were last there; those who never were are left out."""
    wanted = sa.and_(PERSON.c.id.in_(list(people)), PERSON.c.seen.is_not(None))
    found = unit.conn.execute(sa.select(PERSON.c.id, PERSON.c.seen).where(wanted))
    return dict(found.all())


def leave(unit: Unit, person: str) -> None:
    """Note that a person is no longer configured."""
    left = sa.update(PERSON).where(PERSON.c.id == person, PERSON.c.active)
    unit.conn.execute(left.values(active=False, left=unit.now))


def linked(unit: Unit, actor: Actor) -> str | None:
    """The id of the person to whom this account was linked."""
    found: str | None = unit.conn.execute(
        sa.select(ACCOUNT.c.person).where(_is(ACCOUNT, actor))
    ).scalar_one_or_none()
    return found


def accounts_of(unit: Unit, person: str) -> list[Actor]:
    """The accounts that were linked to a person."""
    statement = sa.select(ACCOUNT).where(ACCOUNT.c.person == person).order_by(ACCOUNT.c.linked)
    return [
        Actor(platform=row.platform, user=row.account, workspace=row.workspace)
        for row in unit.conn.execute(statement)
    ]


def link(unit: Unit, actor: Actor, person: str) -> bool:
    """Let the account be that person; False if it is somebody already."""
    row = {"platform": actor.platform, "workspace": actor.workspace, "account": actor.user}
    return insert_new(unit.conn, ACCOUNT, row | {"person": person, "linked": unit.now})


def unlink(unit: Unit, actor: Actor) -> bool:
    """Let the account be nobody again; False if it was not linked."""
    return unit.conn.execute(sa.delete(ACCOUNT).where(_is(ACCOUNT, actor))).rowcount == 1


def keep_code(unit: Unit, hashed: str, person: str, expires: datetime) -> None:
    """Keep a new code; the person's earlier ones, and those whose time is over, count no longer."""
    over = sa.or_(LINK_CODE.c.person == person, LINK_CODE.c.expires <= unit.now)
    unit.conn.execute(sa.delete(LINK_CODE).where(over))
    unit.conn.execute(sa.insert(LINK_CODE).values(hash=hashed, person=person, expires=expires))


def take_code(unit: Unit, hashed: str) -> str | None:
    """Use a code up and tell whose it was; None if there is none that counts."""
    used = sa.delete(LINK_CODE).where(LINK_CODE.c.hash == hashed, LINK_CODE.c.expires > unit.now)
    found: str | None = unit.conn.execute(used.returning(LINK_CODE.c.person)).scalar_one_or_none()
    return found


def wrong_try(unit: Unit, actor: Actor) -> None:
    """Count a code that was not right."""
    row = {"platform": actor.platform, "workspace": actor.workspace, "account": actor.user}
    unit.conn.execute(sa.insert(LINK_TRY).values(**row, at=unit.now))


def wrong_tries(unit: Unit, actor: Actor, since: datetime) -> int:
    """How many wrong codes the account has sent since then; older ones are forgotten."""
    unit.conn.execute(sa.delete(LINK_TRY).where(LINK_TRY.c.at <= since))
    counted = sa.select(sa.func.count()).select_from(LINK_TRY).where(_is(LINK_TRY, actor))
    return int(unit.conn.execute(counted).scalar_one())


def _is(table: sa.Table, actor: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(
        table.c.platform == actor.platform,
        table.c.workspace == actor.workspace,
        table.c.account == actor.user,
    )


def _person(row: sa.RowMapping) -> Person:
    return Person(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        owner=row["owner"],
        roles=frozenset(row["roles"]),
        timezone=row["timezone"],
        active=row["active"],
    )
