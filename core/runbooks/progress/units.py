"""A step says how far it is: kept in its row, and shown on every copy of the card when there is time."""

from core.runbooks.progress import records
from core.runbooks.units.commit import VIEW
from core.runbooks.units.work import Work
from core.store import outbox
from core.store.engine import Unit
from core.text import one_line

_SHOWN = 160


def note(unit: Unit, work: Work, words: str) -> None:
    """Show these words beside the step; nothing if somebody else owns it by now."""
    work.left.clear()
    if records.note(unit, work.execution, work.step, work.fence, one_line(words, _SHOWN)):
        outbox.refresh(unit, VIEW, work.execution)
