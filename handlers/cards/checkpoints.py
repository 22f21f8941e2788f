"""The points that a run can be retried from, as a card. Pure."""

from typing import Any

from core.runbooks.execution import Execution
from core.runbooks.states import ExecutionState
from core.text import cut
from handlers.cards.card import Card, Code, Table, When, line
from handlers.cards.execution import HEADS


def card(execution: Execution, rows: list[dict[str, Any]]) -> Card:
    """The points that a run can be retried from, newest first."""
    title = f"Checkpoints of {execution.id}"
    table = Table(
        head=("Checkpoint", "When", "State", "Done by then"),
        rows=tuple(
            (
                line(Code(text=str(row["version"]))),
                line(When(at=row["at"], style="date_time")),
                line(HEADS[ExecutionState(row["state"])][0]),
                line(_by_then(row["steps"])),
            )
            for row in rows
        ),
    )
    return Card(
        title=title,
        parts=(table,),
        summary=f"{title}: the newest {len(rows)} are kept.",
        hint=f"/runbook retry {execution.id} checkpoint=N",
    )


def _by_then(steps: dict[str, str]) -> str:
    done = [step for step, state in steps.items() if state == "SUCCEEDED"]
    return cut(", ".join(done), 120) or "nothing"
