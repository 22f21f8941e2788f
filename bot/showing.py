"""What a page shows of an object, by its id: the card of its view, and the drawing of its steps."""

from bot.web import pages
from core.errors import NotFound
from core.incidents import records as incidents
from core.incidents.incident import State
from core.incidents.units import PREFIX
from core.store.engine import Store, Unit
from core.world import World
from handlers.registry import Registry
from handlers.runbooks import graphs

# Which view shows the object whose id begins so.
_VIEWS = {
    "AP": "approval",
    "RUN": "execution",
    "INC": "incident",
    "DR": "draft",
    "ALERTS": "alerts",
    "ASK": "answer",
    "REV": "review",
    "TL": "timeline",
    "PG": "page",
}
# Those that change by themselves for as long as the house looks.
_LIVE = {
    "PRACTICE": "practice",
    "HLT": "health",
    "SVC": "service",
    "SERVICES": "services",
    "PAGES": "pages",
    **dict.fromkeys(("RESPONDERS", "MANAGERS"), "incident_words"),
}


def shown_of(store: Store, world: World, registry: Registry) -> pages.ShownOf:
    """How pages find what they show."""

    async def found(ref: str) -> pages.Shown | None:
        sort = ref.partition("-")[0]
        view = registry.views.get((_VIEWS | _LIVE).get(sort, ""))
        if view is None:
            return None

        def look(unit: Unit) -> pages.Shown:
            drawing = graphs.drawn(unit, world, ref)
            card = view(unit, world, ref)
            if drawing is None:
                return pages.Shown(card, live=sort in _LIVE or _is_worked_on(unit, ref))
            return pages.Shown(card, drawing.graph, drawing.live)

        try:
            return await store.read(look)
        except NotFound:
            return None

    return found


def _is_worked_on(unit: Unit, ref: str) -> bool:
    """Whether it is an incident that is not closed: its card changes with what people and alerts do."""
    is_incident = ref.startswith(f"{PREFIX}-")
    return is_incident and incidents.get(unit, ref).state is not State.CLOSED
