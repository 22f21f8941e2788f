"""The rows of second factors: secrets that are sealed, recovery codes as hashes, and wrong tries."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from core.store.columns import METADATA, Serial, Utc, insert_new
from core.store.engine import Unit

FACTOR = sa.Table(
    "second_factor",
    METADATA,
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("secret", sa.Text),
    sa.Column("pending", sa.Text),
    sa.Column("step", sa.BigInteger, nullable=False),
    sa.Column("enrolled", Utc),
)

RECOVERY = sa.Table(
    "recovery_code",
    METADATA,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False, index=True),
    sa.Column("used", Utc),
)

TRY = sa.Table(
    "factor_try",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("person", sa.String(64), nullable=False, index=True),
    sa.Column("at", Utc, nullable=False),
)


@dataclass(frozen=True)
class Factor:
    """What is kept of a person's authenticator.

    `secret` is the sealed secret that counts, `pending` one that was shown and not yet tried, `step` the last
    time step whose code was used, `enrolled` since when they have had one.
    """

    person: str
    secret: str | None
    pending: str | None
    step: int
    enrolled: datetime | None


def get(unit: Unit, person: str, *, lock: bool = False) -> Factor | None:
    """What is kept of this person; `lock` lets one try after the other."""
    statement = sa.select(FACTOR).where(FACTOR.c.person == person)
    row = unit.conn.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
    return Factor(**row) if row is not None else None


def everybody(unit: Unit) -> dict[str, datetime]:
    """Who has an authenticator that counts, and since when."""
    rows = unit.conn.execute(
        sa.select(FACTOR.c.person, FACTOR.c.enrolled).where(FACTOR.c.enrolled.is_not(None))
    )
    return {row.person: row.enrolled for row in rows}


def keep_pending(unit: Unit, person: str, sealed: str) -> None:
    """Keep a secret that has been shown and is not tried yet."""
    row = {"person": person, "secret": None, "pending": sealed, "step": 0, "enrolled": None}
    if not insert_new(unit.conn, FACTOR, row):
        mine = sa.update(FACTOR).where(FACTOR.c.person == person)
        unit.conn.execute(mine.values(pending=sealed))


def enrol(unit: Unit, person: str, sealed: str, step: int) -> None:
    """Let the secret that was tried be the one that counts; `enrolled` stays what it was for whoever had one."""
    mine = sa.update(FACTOR).where(FACTOR.c.person == person)
    since = sa.func.coalesce(FACTOR.c.enrolled, sa.bindparam("since", unit.now, Utc))
    unit.conn.execute(mine.values(secret=sealed, pending=None, step=step, enrolled=since))


def use_step(unit: Unit, person: str, step: int) -> bool:
    """Use a time step up; False if it or a later one was.

    So a code that somebody saw being typed is worth nothing.
    """
    earlier = sa.update(FACTOR).where(FACTOR.c.person == person, FACTOR.c.step < step)
    return unit.conn.execute(earlier.values(step=step)).rowcount == 1


def remove(unit: Unit, person: str) -> bool:
    """Forget everything of this person; False if there was no authenticator that counts."""
    unit.conn.execute(sa.delete(RECOVERY).where(RECOVERY.c.person == person))
    unit.conn.execute(sa.delete(TRY).where(TRY.c.person == person))
    found = get(unit, person)
    unit.conn.execute(sa.delete(FACTOR).where(FACTOR.c.person == person))
    return found is not None and found.enrolled is not None


def keep_codes(unit: Unit, person: str, hashes: list[str]) -> None:
    """Keep new recovery codes in the place of all earlier ones."""
    unit.conn.execute(sa.delete(RECOVERY).where(RECOVERY.c.person == person))
    rows = [{"hash": one, "person": person, "used": None} for one in hashes]
    unit.conn.execute(sa.insert(RECOVERY), rows)


def use_code(unit: Unit, person: str, hashed: str) -> bool:
    """Use a recovery code up; False if it is none of this person, or was used."""
    unused = sa.and_(RECOVERY.c.hash == hashed, RECOVERY.c.person == person, RECOVERY.c.used.is_(None))
    return unit.conn.execute(sa.update(RECOVERY).where(unused).values(used=unit.now)).rowcount == 1


def codes_left(unit: Unit, person: str) -> int:
    """How many recovery codes are left."""
    left = sa.select(sa.func.count()).select_from(RECOVERY)
    left = left.where(RECOVERY.c.person == person, RECOVERY.c.used.is_(None))
    return int(unit.conn.execute(left).scalar_one())


def wrong_try(unit: Unit, person: str) -> None:
    """Count a wrong code."""
    unit.conn.execute(sa.insert(TRY).values(person=person, at=unit.now))


def wrong_tries(unit: Unit, person: str, since: datetime) -> int:
    """How many wrong codes this person has given since then; older ones are forgotten."""
    unit.conn.execute(sa.delete(TRY).where(TRY.c.person == person, TRY.c.at <= since))
    counted = sa.select(sa.func.count()).select_from(TRY).where(TRY.c.person == person)
    return int(unit.conn.execute(counted).scalar_one())
