"""What is said above a channel follows its incident; a reaction, one transaction."""

from collections.abc import Mapping
from typing import Any

from core.incidents.rooms import records as rooms
from core.store import outbox
from core.store.engine import Unit

ABOUT = "about"


def on_changed(unit: Unit, _scene: object, ref: str, data: Mapping[str, Any]) -> None:
    """It is more or less grave than before: the channels of its own say so."""
    if not data.get("graded"):
        return
    for room in rooms.find(unit, ref):
        if room.kind == "channel" and room.state == "open" and room.place is not None:
            outbox.errand(unit, "room", room.place, {"act": ABOUT, "kind": room.kind}, about=ref)


REACTIONS = {"rooms.on_graded": on_changed}
"""What this room does when something happens to an incident, by the name under which it is told."""
