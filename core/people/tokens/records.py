"""The table of tokens; the secret is in it as a hash only."""

from datetime import datetime

import sqlalchemy as sa

from core.people.tokens.token import Token
from core.store.columns import METADATA, Json, Utc
from core.store.engine import Unit

TOKEN = sa.Table(
    "token",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False, index=True),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Column("scopes", Json, nullable=False),
    sa.Column("created", Utc, nullable=False),
    sa.Column("revoked", Utc),
)


def insert(unit: Unit, token: Token, hashed: str) -> None:
    """Keep a new token."""
    row = sa.insert(TOKEN).values(id=token.id, person=token.person, hash=hashed)
    unit.conn.execute(row.values(scopes=list(token.scopes), created=token.created))


def by_hash(unit: Unit, hashed: str) -> Token | None:
    """The token with this hash."""
    row = unit.conn.execute(sa.select(TOKEN).where(TOKEN.c.hash == hashed)).mappings().one_or_none()
    return _token(row) if row is not None else None


def of_person(unit: Unit, person: str) -> list[Token]:
    """Every token of a person, the newest first."""
    query = sa.select(TOKEN).where(TOKEN.c.person == person).order_by(TOKEN.c.created.desc())
    return [_token(row) for row in unit.conn.execute(query).mappings()]


def counts(unit: Unit, token_id: str) -> bool:
    """Whether there is such a token and it was not revoked."""
    mine = sa.select(TOKEN.c.id).where(TOKEN.c.id == token_id, TOKEN.c.revoked.is_(None))
    return unit.conn.execute(mine).first() is not None


def revoke(unit: Unit, token_id: str, at: datetime) -> bool:
    """Note that a token counts no longer; False if it did not count before."""
    where = (TOKEN.c.id == token_id) & TOKEN.c.revoked.is_(None)
    return unit.conn.execute(sa.update(TOKEN).where(where).values(revoked=at)).rowcount == 1


def _token(row: sa.RowMapping) -> Token:
    return Token(row["id"], row["person"], tuple(row["scopes"]), row["created"], row["revoked"])
