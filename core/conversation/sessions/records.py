"""The rows of conversations: the last thing that was understood in each, by person and session."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.store.columns import METADATA, Json, Utc, insert_new
from core.store.engine import Unit

SESSION = sa.Table(
    "conversation",
    METADATA,
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("session", sa.String(64), primary_key=True),
    sa.Column("at", Utc, nullable=False, index=True),
    sa.Column("intent", sa.String(64), nullable=False),
    sa.Column("said", Json, nullable=False),
)


def get(unit: Unit, person: str, session: str) -> tuple[datetime, str, dict[str, str]] | None:
    """When, which intent, and with which values."""
    here = sa.and_(SESSION.c.person == person, SESSION.c.session == session)
    row = unit.conn.execute(sa.select(SESSION.c.at, SESSION.c.intent, SESSION.c.said).where(here)).first()
    return (row[0], row[1], row[2]) if row is not None else None


def put(unit: Unit, person: str, session: str, intent: str, said: dict[str, str]) -> None:
    """Keep this in the place of what was there."""
    row: dict[str, Any] = {"at": unit.now, "intent": intent, "said": said}
    if not insert_new(unit.conn, SESSION, {"person": person, "session": session, **row}):
        here = sa.and_(SESSION.c.person == person, SESSION.c.session == session)
        unit.conn.execute(sa.update(SESSION).where(here).values(**row))


def keep(unit: Unit, person: str, most: int) -> None:
    """Forget all but the newest of this person."""
    newest = (
        sa.select(SESSION.c.session)
        .where(SESSION.c.person == person)
        .order_by(SESSION.c.at.desc())
        .limit(most)
    )
    kept = [session for (session,) in unit.conn.execute(newest)]
    unit.conn.execute(sa.delete(SESSION).where(SESSION.c.person == person, SESSION.c.session.not_in(kept)))


def forget(unit: Unit, before: datetime) -> int:
    """Delete what was said before that moment; returns how many."""
    return int(unit.conn.execute(sa.delete(SESSION).where(SESSION.c.at < before)).rowcount)


def delete(unit: Unit, person: str, session: str) -> bool:
    """Delete this session; False if it is gone already."""
    here = sa.and_(SESSION.c.person == person, SESSION.c.session == session)
    return bool(unit.conn.execute(sa.delete(SESSION).where(here)).rowcount)


def erase(unit: Unit, person: str) -> None:
    """Delete all of this person's."""
    unit.conn.execute(sa.delete(SESSION).where(SESSION.c.person == person))
