"""The rows of inquiries."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.conversation.answering.inquiry import Inquiry, State
from core.errors import NotFound
from core.place import Place
from core.store import claims
from core.store.columns import METADATA, Json, Utc
from core.store.engine import Unit

INQUIRY = sa.Table(
    "inquiry",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("key", sa.String(255), nullable=False, unique=True),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("same", sa.String(64), nullable=False),
    sa.Column("hint", sa.Text, nullable=False),
    sa.Column("place", Json, nullable=False),
    sa.Column("created_at", Utc, nullable=False, index=True),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("looked", Json, nullable=False),
    sa.Column("offers", Json, nullable=False),
    sa.Column("doubts", Json, nullable=False),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("answered_at", Utc),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("until", Utc),
    sa.Index("ix_inquiry_same", "by", "same", "answered_at"),
    sa.Index("ix_inquiry_state", "state", "until"),
)
_OPEN = INQUIRY.c.state == str(State.ASKING)


def add(unit: Unit, inquiry: Inquiry, key: str, same: str) -> None:
    """Insert a new one; `same` is equal for questions that are the same."""
    unit.conn.execute(sa.insert(INQUIRY).values(**_row(inquiry), key=key, same=same))


def of_key(unit: Unit, key: str) -> str | None:
    """The inquiry that was made under this key."""
    return claims.of_key(unit, INQUIRY, key)


def find(unit: Unit, inquiry_id: str, *, lock: bool = False) -> Inquiry | None:
    """The inquiry, if it is still there; `lock` keeps others from writing it until the unit ends."""
    row = claims.one(unit, INQUIRY, inquiry_id, lock=lock)
    return _inquiry(row) if row is not None else None


def get(unit: Unit, inquiry_id: str, *, lock: bool = False) -> Inquiry:
    """The inquiry; see `find`.

    Raises:
        NotFound: there is none with that id.
    """
    found = find(unit, inquiry_id, lock=lock)
    if found is None:
        raise NotFound(f"There is no question {inquiry_id} any more.", "Ask it again.")
    return found


def save(unit: Unit, inquiry: Inquiry) -> None:
    """Write it; whoever does has locked it."""
    unit.conn.execute(sa.update(INQUIRY).where(INQUIRY.c.id == inquiry.id).values(**_row(inquiry)))


def answered(unit: Unit, person: str, same: str, since: datetime) -> str | None:
    """The newest answer that this person got to the same question since then."""
    here = sa.and_(
        INQUIRY.c.by == person,
        INQUIRY.c.same == same,
        INQUIRY.c.answered_at >= since,
        INQUIRY.c.state == str(State.ANSWERED),
    )
    statement = sa.select(INQUIRY.c.id).where(here).order_by(INQUIRY.c.answered_at.desc()).limit(1)
    found: str | None = unit.conn.execute(statement).scalar()
    return found


def waiting(unit: Unit) -> Inquiry | None:
    """The oldest one without an answer that nobody works on."""
    row = claims.oldest(unit, INQUIRY, _OPEN)
    return _inquiry(row) if row is not None else None


def next_free(unit: Unit) -> datetime | None:
    """When the lease of the first of those ends that somebody works on."""
    return claims.next_free(unit, INQUIRY, _OPEN)


def open_of(unit: Unit, person: str) -> list[Inquiry]:
    """Those of somebody that have no answer yet, the newest last."""
    here = sa.and_(INQUIRY.c.by == person, _OPEN)
    found = sa.select(INQUIRY).where(here).order_by(INQUIRY.c.created_at, INQUIRY.c.id)
    return [_inquiry(row) for row in unit.conn.execute(found).mappings()]


def free(unit: Unit) -> None:
    """End every lease: for a process that knows that it is the only one on this database."""
    claims.free_all(unit, INQUIRY)


def forget(unit: Unit, before: datetime) -> int:
    """Delete what was asked before that moment; returns how many."""
    return int(unit.conn.execute(sa.delete(INQUIRY).where(INQUIRY.c.created_at < before)).rowcount)


def forget_person(unit: Unit, person: str) -> int:
    """Delete what somebody asked and was answered; returns how many."""
    mine = sa.and_(INQUIRY.c.by == person, sa.not_(_OPEN))
    return int(unit.conn.execute(sa.delete(INQUIRY).where(mine)).rowcount)


def _row(inquiry: Inquiry) -> dict[str, Any]:
    return dict(vars(inquiry)) | {
        "state": str(inquiry.state),
        "place": inquiry.place.model_dump(mode="json"),
    }


def _inquiry(row: Any) -> Inquiry:
    known = {name: value for name, value in row.items() if name not in {"key", "same"}}
    known |= {"state": State(known["state"]), "place": Place.model_validate(known["place"])}
    return Inquiry(**known)
