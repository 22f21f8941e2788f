"""Which step of which run has started a run: the key under which it was started says it."""

import sqlalchemy as sa

from core.runbooks.records import EXECUTION
from core.store.engine import Unit

_PREFIX = "call:"


def key_of(parent: str, step: str) -> str:
    """The key of the run that this step starts; no door of the house makes keys like it."""
    return f"{_PREFIX}{parent}/{step}"


def caller(unit: Unit, execution_id: str) -> tuple[str, str] | None:
    """The run and the step that started this one; None if people or programs did."""
    key = unit.conn.execute(sa.select(EXECUTION.c.key).where(EXECUTION.c.id == execution_id)).scalar()
    if key is None or not key.startswith(_PREFIX):
        return None
    parent, _, step = key.removeprefix(_PREFIX).partition("/")
    return parent, step
