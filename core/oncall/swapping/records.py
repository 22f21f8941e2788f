"""The rows of swaps that were proposed; what is over stays, for who asks about the past."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.errors import NotFound, VersionConflict
from core.oncall.swapping.swap import State, Swap
from core.place import Place
from core.store.columns import METADATA, Json, Utc
from core.store.engine import Unit

SWAP = sa.Table(
    "oncall_swap",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("schedule", sa.String(64), nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("other", sa.String(64), nullable=False),
    sa.Column("gives_begins", Utc, nullable=False),
    sa.Column("gives_ends", Utc, nullable=False),
    sa.Column("takes_begins", Utc, nullable=False),
    sa.Column("takes_ends", Utc, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("place", Json, nullable=False),
    sa.Column("created", Utc, nullable=False),
    sa.Column("due", Utc, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("closed", Utc),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("ix_oncall_swap_state", "state", "schedule"),
)


def add(unit: Unit, swap: Swap) -> None:
    """Keep a new one."""
    unit.conn.execute(sa.insert(SWAP).values(_row(swap)))


def get(unit: Unit, swap_id: str, *, lock: bool = False) -> Swap:
    """The swap with this id.

    Raises:
        NotFound: there is none.
    """
    statement = sa.select(SWAP).where(SWAP.c.id == swap_id)
    row = unit.conn.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
    if row is None:
        raise NotFound(
            f"There is no swap {swap_id}.", "`/oncall swap platform bo` proposes one to the team's Bo."
        )
    return _swap(dict(row))


def close(unit: Unit, before: Swap, state: State, at: datetime) -> Swap:
    """It is over; the saved swap has the next version.

    Raises:
        VersionConflict: somebody closed it in between.
    """
    saved = replace(before, state=state, closed=at, version=before.version + 1)
    mine = sa.and_(SWAP.c.id == before.id, SWAP.c.version == before.version)
    if unit.conn.execute(sa.update(SWAP).where(mine).values(_row(saved))).rowcount != 1:
        raise VersionConflict(f"{before.id} was answered at the same moment.", "Look at it again.")
    return saved


def open_now(unit: Unit, person: str) -> list[Swap]:
    """What this person has proposed or was asked and is not over, the oldest first."""
    theirs = sa.or_(SWAP.c.by == person, SWAP.c.other == person)
    statement = sa.select(SWAP).where(SWAP.c.state == str(State.ASKED), theirs)
    rows = unit.conn.execute(statement.order_by(SWAP.c.created, SWAP.c.id)).mappings()
    return [_swap(dict(row)) for row in rows]


def waiting(unit: Unit) -> list[Swap]:
    """Every swap that waits for an answer, the oldest first."""
    statement = sa.select(SWAP).where(SWAP.c.state == str(State.ASKED)).order_by(SWAP.c.created, SWAP.c.id)
    return [_swap(dict(row)) for row in unit.conn.execute(statement).mappings()]


def _row(swap: Swap) -> dict[str, Any]:
    return asdict(swap) | {"place": swap.place.model_dump(mode="json"), "state": str(swap.state)}


def _swap(row: dict[str, Any]) -> Swap:
    return Swap(**(row | {"place": Place.model_validate(row["place"]), "state": State(row["state"])}))
