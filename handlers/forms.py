"""Forms that show what is stored: looked up before anything is received."""

from core.people import units as people
from core.place import Actor
from core.store.engine import Unit
from core.world import World
from handlers.cards.form import Form
from handlers.verb import Verb


def looked_up(unit: Unit, world: World, verb: Verb, actor: Actor, known: dict[str, str]) -> Form | None:
    """The form of a verb for whoever asks; nobody who is not known is asked for what is theirs."""
    if verb.looks is not None:
        return verb.looks(unit, world, known)
    person = people.who(unit, world.people, actor)
    return verb.asks(unit, world, person, known) if verb.asks is not None and person is not None else None
