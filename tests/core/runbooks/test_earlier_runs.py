"""Whether a failure was seen before is asked for every card of a failed run, however many runs there are."""

from typing import Any

import sqlalchemy as sa

from core.runbooks.failing.records import past
from core.store.engine import Unit
from tests.core.runbooks.house import TWO, House, book


async def test_earlier_runs_of_a_runbook_are_found_by_an_index(house: House) -> None:
    run = await house.start(book(TWO.replace("ACTION", "do")))
    asked: list[tuple[str, Any]] = []

    def told(unit: Unit) -> str:
        def note(_conn: Any, _cursor: Any, text: str, values: Any, _context: Any, _many: bool) -> None:
            asked.append((text, values))

        sa.event.listen(unit.conn, "before_cursor_execute", note)
        past(unit, run, "a")
        sa.event.remove(unit.conn, "before_cursor_execute", note)
        text, values = asked[-1]
        if unit.conn.dialect.name == "postgresql":
            unit.conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN " if unit.conn.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        return "\n".join(str(row) for row in unit.conn.exec_driver_sql(explain + text, values))

    assert "ix_execution_runbook" in await house.store.read(told)
