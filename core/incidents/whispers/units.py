"""Telling one person in private of an incident, in a chat where it is shown if they are there; part of a transaction."""

from collections.abc import Iterator

from core.ids import new_id
from core.incidents.units import BRIEF, VIEW
from core.people import records as accounts
from core.people.person import Person
from core.place import Actor, Place
from core.store import outbox
from core.store.engine import Unit


def hand(unit: Unit, person: Person, incident: str, view: str, ref: str) -> bool:
    """Show them a card of their own; False if they are in none of the chats where the incident is shown."""
    for place, actor in _met(unit, person, incident):
        outbox.hand(unit, actor, place.model_copy(update={"thread": None, "message": None}), view, ref)
        return True
    return False


def brief(unit: Unit, person: Person, incident: str, role: str, platform: str = "") -> bool:
    """Keep a card for whoever has a part now in their direct messages; False if they are in none of these chats.

    `platform` is where they are now. It is one of its own each time, so that nobody overlooks a part that they are given again.
    """
    return keep(unit, person, incident, (BRIEF, f"{incident}:{role}:{new_id(unit.now)}"), platform)


def keep(unit: Unit, person: Person, incident: str, card: tuple[str, str], platform: str = "") -> bool:
    """Keep a card (view and ref) true in somebody's direct messages; False if they are in none of the incident's chats."""
    view, ref = card
    met = sorted(
        (actor for _, actor in _met(unit, person, incident)), key=lambda one: one.platform != platform
    )
    for actor in met[:1]:
        there = Place(
            platform=actor.platform, channel=f"@{actor.user}", workspace=actor.workspace, direct=True
        )
        outbox.publish(unit, view, ref, there)
    return bool(met)


def _met(unit: Unit, person: Person, incident: str) -> Iterator[tuple[Place, Actor]]:
    """Where the incident is shown and they are, too, the first place first."""
    known = {actor.platform: actor.user for actor in accounts.accounts_of(unit, person.id)} | person.accounts
    for place in outbox.places(unit, VIEW, incident):
        user = known.get(place.platform)
        if user:
            yield (
                place,
                Actor(platform=place.platform, user=user, workspace=place.workspace, name=person.name),
            )
