"""How a person is called: what they said themselves, else the configuration, else what is usual."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import Invalid
from core.notify.channel import Channel
from core.notify.routing import Route
from core.paging import records
from core.paging.scene import Scene
from core.people import records as accounts
from core.people.contact import CHATS, WAYS, Contact, parse_quiet, parse_rungs, written
from core.people.person import Person
from core.place import Place
from core.store import events
from core.store.engine import Unit

DIRECT = "direct"
"""The way that posts a page in the conversation with one person."""

LOCAL = "local"


@dataclass(frozen=True)
class Reach:
    """How one person is called, and the routes by which that can be done, by way."""

    contact: Contact
    routes: Mapping[str, Route]


def reach_of(unit: Unit, scene: Scene, person: Person) -> Reach:
    """How this person is called now."""
    own = said_by(unit, person.id)
    configured = person.contact.over(scene.paging.contact.contact)
    return Reach(own.over(configured), _routes(unit, scene, person))


def words_of(unit: Unit, person: str) -> dict[str, str]:
    """What somebody said themselves, in their words: `high`, `low`, `quiet`; empty where they said nothing."""
    return records.contact(unit, person)


def said_by(unit: Unit, person: str) -> Contact:
    """What somebody said themselves."""
    said = records.contact(unit, person)
    return Contact(
        high=parse_rungs(said["high"]) if said["high"] else None,
        low=parse_rungs(said["low"]) if said["low"] else None,
        quiet=parse_quiet(said["quiet"]) if said["quiet"] else None,
    )


def say(unit: Unit, scene: Scene, person: Person, changes: Mapping[str, str]) -> None:
    """Somebody says how they want to be called; an empty text leaves it to the house again.

    Raises:
        Invalid: it says nothing that can be used, or names no way that they have.
    """
    there = _routes(unit, scene, person)
    said = records.contact(unit, person.id)
    for name, text in changes.items():
        said[name] = _checked(name, text, there) if text else ""
    records.keep_contact(unit, person.id, said)
    events.append(unit, "page.contact_changed", person.id, actor=person.id, data=said)


def _checked(name: str, text: str, there: Mapping[str, Route]) -> str:
    if name == "quiet":
        try:
            parse_quiet(text)
        except ValueError:
            raise Invalid(
                f"“{text[:40]}” are no hours.", "Write `22:00-07:00`, or `sat,sun 00:00-24:00`."
            ) from None
        return " ".join(text.split())[:80]
    try:
        rungs = parse_rungs(text)
    except ValueError as error:
        mend = f"Write `slack, sms 2m, email 5m`; the ways are {', '.join(WAYS)}."
        raise Invalid(f"I cannot call you like that: {error}.", mend) from None
    missing = [one.way for one in rungs if one.way not in there]
    if missing:
        mend = f"You can be reached by {', '.join(there) or 'nothing yet'}; an administrator adds what is missing."
        raise Invalid(f"You cannot be reached by {' or '.join(missing)}.", mend)
    return written(rungs)


def _routes(unit: Unit, scene: Scene, person: Person) -> dict[str, Route]:
    """By way, where this person is reached now."""
    linked = {one.platform: one.user for one in accounts.accounts_of(unit, person.id)}
    found = {}
    for platform, account in (linked | person.accounts).items():
        if platform in CHATS and (platform != LOCAL or _has_local(scene)):
            place = Place(platform=platform, channel=f"@{account}", direct=True)
            target = f"{platform}:{place.channel}"
            found[platform] = Route("", DIRECT, person.id, target, place)
    for way, address in (("email", person.email), ("sms", person.phone)):
        channel = outlet_of(scene.channels, way)
        if address and channel is not None:
            found[way] = Route("", way, person.id, address)
    return {way: found[way] for way in WAYS if way in found}


def _has_local(scene: Scene) -> bool:
    """Whether the local workspace is used: everybody has an account there, whether it is or not."""
    return any(place.platform == LOCAL for one in scene.channels.values() for place in one.places)


def outlet_of(channels: Mapping[str, Channel], way: str) -> Channel | None:
    """The first channel by which people are told at their own address in this way."""
    known = (one for one in channels.values() if way in one.outlets)
    return next((one for one in known if not one.outlets[way].get("to")), None)
