"""How a team does with its incidents, when somebody asks."""

from core.incidents.practice import units
from core.store.engine import Unit
from core.world import World
from handlers.cards import practice as cards
from handlers.cards.card import Card
from handlers.verb import Args, Call, Reply, Verb


class Period(Args):
    """Of how long a time."""

    period: str = ""


def stats(unit: Unit, call: Call, args: Period) -> Reply:
    """The figures of a time, beside those of the time before."""
    return Reply(card=cards.card(call.world, units.look(unit, call.world, units.days_of(args.period))))


def live(unit: Unit, world: World, ref: str) -> Card:
    """The figures as they stand now; the id says of how many days."""
    return cards.card(world, units.look(unit, world, units.days_of(ref.removeprefix(units.PREFIX))))


VERBS = (
    Verb(
        name="incident.stats",
        command="wardroom stats",
        help="Show how it goes with incidents: how fast, how often, pages and noise, against the time before.",
        example="/wardroom stats 30d",
        args=Period,
        run=stats,
        reads=True,
        rest="period",
        permission="incident.read",
        patterns=(
            r"how\s+(?:did|do)\s+we\s+do\s+with\s+incidents(?:\s+(?:in\s+)?the\s+last\s+(?P<period>[\w ]{1,20}?))?[?.!]*",
        ),
    ),
)

VIEWS = {units.VIEW: live}
