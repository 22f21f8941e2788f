"""Somebody has set up a second factor: said aloud, since a first one is set up on the word of a chat account alone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.approvals.telling.persons import ENROLLED, own_ways
from core.approvals.telling.scene import Scene
from core.approvals.telling.units import alarm_places, reader
from core.notify import units as notify
from core.notify.units import Occasion
from core.store import outbox
from core.store.engine import Unit

_NEWS = timedelta(days=1)


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
    _tell_themselves(unit, scene, ref, "again" if data.get("again") else "first")


def _tell_themselves(unit: Unit, scene: Scene, ref: str, which: str) -> None:
    """Tell the person too, where whoever has their chat does not read along; nothing if no way leads to them alone."""
    them, ways = reader(unit, scene, ref), own_ways(scene.channels)
    if them is None:
        return
    occasion = Occasion(ref, f"{ENROLLED}:{which}:{unit.now:%Y%m%d%H%M%S}", "", unit.now + _NEWS)
    notify.tell(unit, ways, occasion, ways, [them])
