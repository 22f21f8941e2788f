"""The table of sessions; the secret is in it as a hash only."""

from datetime import datetime

import sqlalchemy as sa

from core.people.sessions.session import Session
from core.store.columns import METADATA, Utc
from core.store.engine import Unit

SESSION = sa.Table(
    "web_session",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False, index=True),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Column("way", sa.String(16), nullable=False),
    sa.Column("browser", sa.String(120), nullable=False),
    sa.Column("created", Utc, nullable=False),
    sa.Column("expires", Utc, nullable=False),
    sa.Column("authenticated", Utc),
    sa.Column("ended", Utc),
)
_COLUMNS = tuple(column for column in SESSION.columns if column.name != "hash")


def add(unit: Unit, session: Session, hashed: str) -> None:
    """Keep a new session."""
    row = {column.name: getattr(session, column.name) for column in _COLUMNS}
    unit.conn.execute(sa.insert(SESSION).values(**row, hash=hashed))


def by_hash(unit: Unit, hashed: str) -> Session | None:
    """The session with this hash."""
    row = unit.conn.execute(sa.select(*_COLUMNS).where(SESSION.c.hash == hashed)).mappings().one_or_none()
    return Session(**row) if row is not None else None


def open_of(unit: Unit, person: str) -> list[Session]:
    """The sessions of a person that count now, the newest first."""
    counts = sa.and_(SESSION.c.person == person, SESSION.c.ended.is_(None), SESSION.c.expires > unit.now)
    query = sa.select(*_COLUMNS).where(counts).order_by(SESSION.c.created.desc(), SESSION.c.id)
    return [Session(**row) for row in unit.conn.execute(query).mappings()]


def end(unit: Unit, session_id: str, person: str) -> bool:
    """End a session of this person; False if there is none that counts."""
    mine = sa.and_(SESSION.c.id == session_id, SESSION.c.person == person, SESSION.c.ended.is_(None))
    return unit.conn.execute(sa.update(SESSION).where(mine).values(ended=unit.now)).rowcount == 1


def forget(unit: Unit, before: datetime) -> None:
    """Delete what ran out before that moment."""
    unit.conn.execute(sa.delete(SESSION).where(SESSION.c.expires < before))
