"""Telling one person in private of an incident, in a chat where it is shown if they are there; part of a transaction."""

from core.incidents.units import VIEW
from core.people import records as accounts
from core.people.person import Person
from core.place import Actor
from core.store import outbox
from core.store.engine import Unit


def hand(unit: Unit, person: Person, incident: str, view: str, ref: str) -> bool:
    """Show them a card of their own; False if they are in none of the chats where the incident is shown."""
    known = {actor.platform: actor.user for actor in accounts.accounts_of(unit, person.id)} | person.accounts
    for place in outbox.places(unit, VIEW, incident):
        user = known.get(place.platform)
        if user:
            channel = place.model_copy(update={"thread": None, "message": None})
            actor = Actor(platform=place.platform, user=user, workspace=place.workspace, name=person.name)
            outbox.hand(unit, actor, channel, view, ref)
            return True
    return False
