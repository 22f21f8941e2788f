"""What became of each thing of an export: it came along, it came along changed, or it stayed behind, and why."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from core.text import one_line

HEADS = ("", "What", "Name", "Note")


class Outcome(StrEnum):
    """What became of a thing."""

    CARRIED = "carried over"
    CHANGED = "changed"
    LEFT = "left behind"


@dataclass(frozen=True)
class Row:
    """One thing of the export and what became of it."""

    outcome: Outcome
    what: str
    name: str
    note: str = ""


@dataclass
class Report:
    """Everything that an export had."""

    rows: list[Row] = field(default_factory=list)

    def carried(self, what: str, name: str, *changes: str) -> None:
        """It came along; with changes, not quite as it was."""
        outcome = Outcome.CHANGED if changes else Outcome.CARRIED
        self._add(outcome, what, name, "; ".join(changes))

    def left(self, what: str, name: str, why: str) -> None:
        """It could not be carried over."""
        self._add(Outcome.LEFT, what, name, why)

    @property
    def is_whole(self) -> bool:
        """Whether nothing stayed behind."""
        return all(row.outcome is not Outcome.LEFT for row in self.rows)

    def table(self) -> Iterator[tuple[str, str, str, str]]:
        """The rows of the report, what stayed behind last."""
        order = list(Outcome)
        for row in sorted(self.rows, key=lambda one: order.index(one.outcome)):
            yield str(row.outcome), row.what, row.name, row.note

    def counted(self) -> str:
        """In one line."""
        counts = {one: sum(row.outcome is one for row in self.rows) for one in Outcome}
        return ", ".join(f"{number} {outcome}" for outcome, number in counts.items())

    def _add(self, outcome: Outcome, what: str, name: str, note: str) -> None:
        self.rows.append(Row(outcome, what, one_line(name, 80) or "without a name", one_line(note, 400)))
