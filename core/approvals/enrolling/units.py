"""Somebody has set up a second factor: said aloud, since a first one is set up on the word of a chat account alone."""

from collections.abc import Mapping
from typing import Any

from core.approvals.telling.scene import Scene
from core.approvals.telling.units import alarm_places
from core.store import outbox
from core.store.engine import Unit


def on_enrolled(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """Tell operators, who can ask that person whether it was they."""
    person = scene.people.get(ref)
    name = person.name if person else ref
    how = (
        "another authenticator, with a code of the one before"
        if data.get("again")
        else "a first second factor"
    )
    said = f"⚠ {name} has set up {how}. Ask them whether it was they; if not: `wardroom totp reset {ref}`."
    for place in alarm_places(scene):
        outbox.say(unit, place, said)
