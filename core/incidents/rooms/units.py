"""Where incidents are worked on."""

from core.incidents.units import VIEW
from core.place import Place
from core.store import outbox
from core.store.engine import Unit


def about(unit: Unit, place: Place) -> str | None:
    """The incident that is worked on at this place: in the thread of its card."""
    return outbox.where_shown(unit, VIEW, place)


def is_near(unit: Unit, place: Place) -> bool:
    """Whether incidents are worked on in the channel of this place."""
    return outbox.is_shown_in(unit, VIEW, place)
