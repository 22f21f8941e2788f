"""Whom one can be in the local workspace: everybody who is configured, and one stranger."""

from bot.local.personas import ChannelInfo, Persona
from core.people.person import Person
from core.world import World

_STRANGER = Persona("zed", "Zed", (), "nobody has configured Zed: see what a stranger may do")
_TOPICS = {"ops": "Where changes to production are asked for and decided.", "dev": "Where developers talk."}


def personas(world: World) -> tuple[Persona, ...]:
    """Every active person with an account here, and the stranger Zed."""
    known = [
        Persona(person.accounts["local"], person.name, tuple(sorted(person.roles)), _blurb(person))
        for person in world.people.values()
        if person.active and "local" in person.accounts
    ]
    taken = {persona.id for persona in known}
    return (*known, _STRANGER) if _STRANGER.id not in taken else tuple(known)


def channels(world: World) -> tuple[ChannelInfo, ...]:
    """Every channel that has a place here; `general` where there is none."""
    ids = dict.fromkeys(
        place.channel
        for channel in world.channels.values()
        for place in channel.places
        if place.platform == "local"
    )
    return tuple(ChannelInfo(one, one, _TOPICS.get(one, "")) for one in ids or ("general",))


def _blurb(person: Person) -> str:
    if not person.is_human:
        return f"a program of {person.owner}; it may ask, and never decides"
    return f"{', '.join(sorted(person.roles)) or 'no role'}"
