"""Whom a channel reaches, by which way and at which address. Pure.

Source: the trading design's dispatcher (3.1), with people and their own addresses in the place of types.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from core.notify.channel import Channel
from core.people.person import Person
from core.place import Place

CHAT = "chat"
NOBODY = ""
_LACKS = {CHAT: "no account there", "email": "no e-mail address", "sms": "no telephone number"}
_NO_PERSON = ("webhook", "callback")


@dataclass(frozen=True)
class Reader:
    """Somebody to tell. `platforms` are the chats where they have an account."""

    person: str
    email: str = ""
    phone: str = ""
    platforms: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Route:
    """One person, one channel, one way, one address; with a `problem` it leads nowhere.

    `is_shared` says that everybody on this route is told by one and the same message. The person is `NOBODY`
    where the channel has an address of its own.
    """

    channel: str
    way: str
    person: str
    target: str
    place: Place | None = None
    is_shared: bool = False
    problem: str = ""


def reader_of(person: Person, linked: Iterable[str] = ()) -> Reader:
    """A person as a reader; `linked` are platforms where they have linked an account."""
    return Reader(person.id, person.email, person.phone, frozenset(person.accounts) | frozenset(linked))


def routes(channel: Channel, reader: Reader) -> list[Route]:
    """Every way in which this channel tells this person; one with a problem if there is none."""
    found = [
        Route(channel.name, CHAT, reader.person, f"{place.platform}:{place.channel}", place, is_shared=True)
        for place in channel.places
        if place.platform in reader.platforms
    ]
    own = {"email": reader.email, "sms": reader.phone, "websocket": reader.person}
    personal = [way for way, options in channel.outlets.items() if way in own and not options.get("to")]
    found += [Route(channel.name, way, reader.person, own[way]) for way in personal if own[way]]
    if found:
        return found
    ways = ([CHAT] if channel.places else []) + personal
    if not ways:
        return []
    problem = " and ".join(_LACKS[way] for way in ways)
    return [Route(channel.name, ways[0], reader.person, NOBODY, problem=problem)]


def own_routes(channel: Channel) -> list[Route]:
    """The addresses that belong to the channel itself: programs, shared mailboxes and telephones."""
    found = []
    for way, options in channel.outlets.items():
        target = options.get("url") or options.get("to")
        if isinstance(target, str):
            found.append(Route(channel.name, way, NOBODY, target, is_shared=True))
    return found


def plan(
    channels: Mapping[str, Channel],
    names: Iterable[str],
    readers: Iterable[Reader],
    later: Collection[str] = (),
) -> list[Route]:
    """Every route of the named channels; names of channels that are gone lead nowhere.

    People in `later` are not told in person now, only where everybody is told by one and the same message.
    """
    readers = list(readers)
    found: list[Route] = []
    for name in dict.fromkeys(names):
        channel = channels.get(name)
        if channel is not None:
            found += own_routes(channel)
            own = (route for reader in readers for route in routes(channel, reader))
            found += [route for route in own if route.is_shared or route.person not in later]
    return found


def alarm(channels: Mapping[str, Channel], named: str | None) -> tuple[Place, ...]:
    """Where operators hear that something is wrong: the channel that is named, else the first with a chat."""
    if named is not None:
        known = channels.get(named)
        return known.places if known else ()
    return usual(channels)


def usual(channels: Mapping[str, Channel]) -> tuple[Place, ...]:
    """The chats of the first channel that has one: where people hear what names no channel."""
    return next((channels[name].places for name in first_chat(channels)), ())


def first_chat(channels: Mapping[str, Channel]) -> tuple[str, ...]:
    """The name of the first channel that has a chat, if there is one."""
    return tuple(name for name, channel in channels.items() if channel.places)[:1]


def reaches_people(way: str) -> bool:
    """Whether somebody reads what is told this way; programs do not count."""
    return way not in _NO_PERSON
