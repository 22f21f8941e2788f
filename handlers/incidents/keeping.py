"""What people mark in chat, or change after they said it: kept on timelines, and followed there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from core.errors import Conflict, Forbidden, Invalid
from core.incidents.rooms import units as rooms
from core.incidents.timeline import units as timeline
from core.incidents.timeline.units import Quote, source_of
from core.people import permissions
from core.people import units as people
from core.people.person import Person
from core.place import Actor, Place
from core.store import outbox
from core.store.engine import Unit
from core.world import World
from handlers.cards.card import Card, say
from handlers.inbound import Correction, Reaction, Seen
from handlers.talk.lately import veiled
from handlers.verb import Call

PERMISSION = "incident.timeline"


def noticed(unit: Unit, world: World, inbound: Reaction | Correction) -> str:
    """Somebody marked a message or changed their words; returns what became of it. Nobody is answered at once."""
    if isinstance(inbound, Correction):
        actor = f"{inbound.actor.platform}:{inbound.actor.user}"
        text = veiled(world, inbound.text) if inbound.text is not None else None
        return "followed" if timeline.follow(unit, inbound.place, text, actor) else "not for us"
    person = people.who(unit, world.people, inbound.actor)
    is_ours = inbound.sign in world.incidents.timeline_reactions and rooms.is_near(unit, inbound.place)
    if person is None or not is_ours:
        return "not for us"
    if not inbound.is_on:
        return "let go" if timeline.let_go(unit, inbound.place, person) else "not for us"
    payload = {"actor": inbound.actor.model_dump(mode="json"), "key": inbound.key}
    outbox.errand(unit, "take", inbound.place, payload, about="")
    return "taken"


def took(unit: Unit, world: World, payload: Mapping[str, Any], seen: Seen) -> None:
    """A message that somebody marked was looked up: keep it, if it was said where an incident is worked on."""
    actor = Actor.model_validate(payload["actor"])
    person = _who(unit, world, actor)
    incident = rooms.about(unit, seen.place)
    if person is None or incident is None:
        return
    if not permissions.may(person, PERMISSION, world.roles):
        words = (
            f"You may not put words on the timeline of {incident}: it needs the permission `{PERMISSION}`."
        )
        _answer(unit, actor, seen.place, str(payload["key"]), say(words))
        return
    if not seen.text.strip():
        words = "I can see no words in that message. Choose “Add to timeline” in its menu instead."
        _answer(unit, actor, seen.place, str(payload["key"]), say(words))
        return
    words, by = veiled(world, seen.text), author_of(unit, world, seen.author)
    said = Quote(words, seen.at, by, source_of(seen.place), seen.link)
    try:
        timeline.keep(unit, incident, person, said)
    except Conflict:
        return  # somebody else marked it before
    _answer(unit, actor, seen.place, str(payload["key"]), say(f"It is on the timeline of {incident}."))


def author_of(unit: Unit, world: World, author: Actor) -> str:
    """The name of whoever said something, as far as anybody knows it."""
    known = _who(unit, world, author)
    return known.name if known else author.name or f"somebody on {author.platform.title()}"


def quote_of(unit: Unit, call: Call, text: str, origin: tuple[str, str]) -> Quote:
    """What somebody said in a message of which the platform told when and by which account; neither, if it did not.

    Raises:
        Invalid: the time cannot be read.
    """
    at, account = origin
    by = Actor(platform=call.place.platform, user=account, workspace=call.place.workspace)
    return Quote(text, _moment(at), author_of(unit, call.world, by) if account else "")


def _moment(text: str) -> datetime | None:
    """When a message was said, as its platform tells it."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("The time of that message cannot be read.", "Say the words yourself.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _who(unit: Unit, world: World, actor: Actor) -> Person | None:
    try:
        return people.who(unit, world.people, actor)
    except Forbidden:
        return None  # two people claim the account


def _answer(unit: Unit, actor: Actor, place: Place, key: str, card: Card) -> None:
    here = place.model_copy(update={"message": None})
    outbox.whisper(unit, actor, here, card.model_dump(mode="json"), answering=key)
