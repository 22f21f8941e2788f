"""The rows of drafts."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.conversation.drafting.draft import Draft, State
from core.errors import NotFound
from core.place import Place
from core.store import claims
from core.store.columns import METADATA, Json, Utc
from core.store.engine import Unit

DRAFT = sa.Table(
    "runbook_draft",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("key", sa.String(255), nullable=False, unique=True),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("by", sa.String(64), nullable=False, index=True),
    sa.Column("wish", sa.Text, nullable=False),
    sa.Column("place", Json),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("book", Json, nullable=False),
    sa.Column("problems", Json, nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("execution", sa.String(24), nullable=False),
    sa.Column("saving", sa.String(8), nullable=False),
    sa.Column("saved_by", sa.String(64), nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("until", Utc),
    sa.Index("ix_runbook_draft_state", "state", "saving"),
)
_TO_DO = sa.or_(DRAFT.c.state == str(State.WRITING), DRAFT.c.saving == "waiting")


def add(unit: Unit, draft: Draft, key: str) -> None:
    """Insert a new one."""
    unit.conn.execute(sa.insert(DRAFT).values(**_row(draft), key=key))


def of_key(unit: Unit, key: str) -> str | None:
    """The draft that was wished for under this key."""
    return claims.of_key(unit, DRAFT, key)


def get(unit: Unit, draft_id: str, *, lock: bool = False) -> Draft:
    """The draft; `lock` keeps others from writing it until the unit ends.

    Raises:
        NotFound: there is none with that id.
    """
    row = claims.one(unit, DRAFT, draft_id, lock=lock)
    if row is None:
        raise NotFound(f"There is no draft {draft_id}.", "`/runbook drafts` shows what there is.")
    return _draft(row)


def save(unit: Unit, draft: Draft) -> None:
    """Write it; whoever does has locked it."""
    unit.conn.execute(sa.update(DRAFT).where(DRAFT.c.id == draft.id).values(**_row(draft)))


def waiting(unit: Unit) -> Draft | None:
    """The oldest one that is to be written or saved, and that nobody works on."""
    row = claims.oldest(unit, DRAFT, _TO_DO)
    return _draft(row) if row is not None else None


def next_free(unit: Unit) -> datetime | None:
    """When the lease of the first of those ends that somebody works on."""
    return claims.next_free(unit, DRAFT, _TO_DO)


def writing(unit: Unit, person: str) -> int:
    """How many are being written for somebody."""
    here = sa.and_(DRAFT.c.by == person, DRAFT.c.state == str(State.WRITING))
    return int(unit.conn.execute(sa.select(sa.func.count()).where(here)).scalar_one())


def find(unit: Unit, limit: int = 20) -> list[Draft]:
    """Those that can still be used or are being written, newest first."""
    live = sa.and_(DRAFT.c.state.in_((str(State.READY), str(State.WRITING))), DRAFT.c.expires_at > unit.now)
    rows = unit.conn.execute(sa.select(DRAFT).where(live).order_by(DRAFT.c.created_at.desc()).limit(limit))
    return [_draft(row) for row in rows.mappings()]


def free(unit: Unit) -> None:
    """End every lease: for a process that knows that it is the only one on this database."""
    claims.free_all(unit, DRAFT)


def forget(unit: Unit, before: datetime) -> int:
    """Delete drafts that ended before that moment; returns how many. What ran and what was saved has its own record."""
    statement = sa.delete(DRAFT).where(DRAFT.c.expires_at < before)
    return int(unit.conn.execute(statement).rowcount)


def _row(draft: Draft) -> dict[str, Any]:
    place = draft.place.model_dump(mode="json") if draft.place else None
    return dict(vars(draft)) | {"state": str(draft.state), "place": place}


def _draft(row: Any) -> Draft:
    known = {name: value for name, value in row.items() if name != "key"}
    place = known["place"]
    known |= {"state": State(known["state"]), "place": Place.model_validate(place) if place else None}
    return Draft(**known)
