"""What time does to wishes in words, and how they end."""

from datetime import timedelta

from core.runbooks.wishing import records
from core.runbooks.wishing.wish import Wish
from core.store import deadlines, outbox
from core.store.engine import Unit

DEADLINE = "runbook.wish"
VIEW = "wish"
LASTS = timedelta(minutes=15)
_KEPT = timedelta(days=30)


def keep(unit: Unit, wish: Wish) -> None:
    """Keep a new wish in place of the one that this person had in this thread."""
    records.forget(unit, wish.person, unit.now - _KEPT)
    before = records.latest(unit, wish.person, wish.place, anywhere=False)
    if before is not None and before.state == "open":
        end(unit, records.get(unit, before.id, lock=True))
    records.add(unit, wish)


def wait(unit: Unit, wish: Wish) -> None:
    """Something is asked; nothing comes of it if nobody answers in time."""
    records.save(unit, wish)
    deadlines.set(unit, DEADLINE, wish.id, wish.until)
    outbox.refresh(unit, VIEW, wish.id, urgent=True)


def end(unit: Unit, wish: Wish) -> None:
    """Nothing comes of it."""
    wish.state = "over"
    records.save(unit, wish)
    outbox.refresh(unit, VIEW, wish.id, urgent=True)


def on_due(unit: Unit, ref: str) -> None:
    """Nobody answered in time."""
    wish = records.find(unit, ref)
    if wish is not None and wish.state == "open":
        end(unit, wish)
