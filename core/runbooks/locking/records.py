"""The rows of locks: each has so many slots, and a run that goes on holds one of them."""

import sqlalchemy as sa

from core.runbooks.records import EXECUTION, FINAL
from core.store.columns import METADATA, insert_new
from core.store.engine import Unit

LOCK = sa.Table(
    "execution_lock",
    METADATA,
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("slot", sa.Integer, primary_key=True),
    sa.Column("execution", sa.String(24), nullable=False, index=True),
)


def waiting_for_lock(unit: Unit, lock: str) -> list[str]:
    """Executions that have not begun and want this lock, oldest first."""
    statement = sa.select(EXECUTION.c.id).where(
        EXECUTION.c.lock == lock, EXECUTION.c.started_at.is_(None), EXECUTION.c.state.not_in(FINAL)
    )
    return list(unit.conn.execute(statement.order_by(EXECUTION.c.created_at)).scalars())


def take_lock(unit: Unit, key: str, limit: int, execution_id: str) -> bool:
    """Take one of `limit` slots of a lock; True if this execution has one now."""
    held = unit.conn.execute(sa.select(LOCK.c.slot, LOCK.c.execution).where(LOCK.c.key == key)).all()
    if any(holder == execution_id for _, holder in held):
        return True
    taken = {slot for slot, _ in held}
    for slot in range(limit):
        row = {"key": key, "slot": slot, "execution": execution_id}
        if slot not in taken and insert_new(unit.conn, LOCK, row):
            return True
    return False


def holders(unit: Unit, key: str) -> list[str]:
    """The executions that hold a lock."""
    return list(unit.conn.execute(sa.select(LOCK.c.execution).where(LOCK.c.key == key)).scalars())


def release(unit: Unit, execution_id: str) -> None:
    """Give back every lock of an execution."""
    unit.conn.execute(sa.delete(LOCK).where(LOCK.c.execution == execution_id))
