"""Telling one person in private of an incident: in the direct messages of a chat where it is shown; part of a transaction."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from core.ids import new_id
from core.incidents import records
from core.incidents.incident import Incident
from core.incidents.roles import role as roles
from core.incidents.roles.role import Role
from core.incidents.units import BRIEF, OF_REVIEW, REVIEW, VIEW
from core.people import records as accounts
from core.people.person import Person
from core.place import Actor, Place
from core.store import outbox
from core.store.engine import Unit


class Scene(Protocol):
    """What of the world this needs."""

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody, by id."""
        ...


def hand(unit: Unit, person: Person, incident: str, view: str, ref: str) -> bool:
    """Keep a card in their direct messages, a new one each time; False if they are in none of the incident's chats.

    For their eyes alone in a channel it would be seen only by whoever looks there at that moment. The id of what is
    shown is `ref`, a colon and what makes it another one.
    """
    return keep(unit, person, incident, (view, f"{ref}:{new_id(unit.now)}"))


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
        outbox.publish(unit, view, ref, _direct(actor))
    return bool(met)


def on_lost(unit: Unit, scene: Scene, ref: str, view: str, lost: Place) -> None:
    """A card could not be posted in direct messages: it goes to those of another chat, else its reader is called in the thread.

    One that was to stand in a thread or a channel has no other place: whoever is there sees the incident's own.
    """
    if not lost.direct:
        return
    incident = records.get(unit, ref.removeprefix(OF_REVIEW).partition(":")[0].partition("/")[0])
    person = _reader(unit, scene, incident, ref, lost) if view == BRIEF else None
    if view == BRIEF and person is None:
        return  # Somebody else has the part by now.
    tried = {place.platform for place in outbox.places(unit, view, ref)}
    others = (
        [actor for _, actor in _met(unit, person, incident.id) if actor.platform not in tried]
        if person
        else []
    )
    if others:
        outbox.publish(unit, view, ref, _direct(others[0]))
        return
    shown = [place for place in outbox.places(unit, VIEW, incident.id) if place.platform == lost.platform]
    for place in shown[:1]:
        here = place.model_copy(update={"message": None}) if place.flat else place
        if person is None:
            outbox.publish(unit, view, ref, here)
        else:
            outbox.say(
                unit, here, _called(incident.id, ref.split(":")[1]), about=incident.id, ping=(person.id,)
            )


def _reader(unit: Unit, scene: Scene, incident: Incident, ref: str, lost: Place) -> Person | None:
    """Whose card it is, if they still have the part."""
    person = scene.people.get(roles.holder(incident, Role(ref.split(":")[1]))[0])
    if person is None:
        return None
    return person if lost.channel == f"@{_accounts(unit, person).get(lost.platform)}" else None


def _called(incident: str, role: str) -> str:
    return (
        f"you are {role} of {incident} now. I could not write you a direct message (perhaps you take none from here): "
        f"what you need is on its card, and `/incident summary {incident}` says it in words."
    )


def _direct(actor: Actor) -> Place:
    return Place(platform=actor.platform, channel=f"@{actor.user}", workspace=actor.workspace, direct=True)


def _accounts(unit: Unit, person: Person) -> dict[str, str]:
    return {actor.platform: actor.user for actor in accounts.accounts_of(unit, person.id)} | person.accounts


def _met(unit: Unit, person: Person, incident: str) -> Iterator[tuple[Place, Actor]]:
    """Where the incident is shown and they are, too, the first place first."""
    known = _accounts(unit, person)
    for place in outbox.places(unit, VIEW, incident):
        user = known.get(place.platform)
        if user:
            yield (
                place,
                Actor(platform=place.platform, user=user, workspace=place.workspace, name=person.name),
            )


LOST = dict.fromkeys((BRIEF, REVIEW), on_lost)
