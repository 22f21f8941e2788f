"""How a team does with its incidents, when somebody asks."""

import re
from datetime import UTC, datetime

from core.errors import Invalid, NotFound
from core.incidents.practice import units
from core.language import times
from core.store.engine import Unit
from core.world import World
from handlers.cards import practice as cards
from handlers.cards.card import Card
from handlers.talk.happenings import stretch
from handlers.verb import Args, Call, Reply, Verb

_SPAN = re.compile(r"(\d{9,11})-(\d{9,11})")


class Period(Args):
    """Of how long a time."""

    period: str = ""


def stats(unit: Unit, call: Call, args: Period) -> Reply:
    """The figures of a time until now or of the calendar, beside those of the time before.

    Raises:
        Invalid: it is no time, or longer than a year.
    """
    try:
        found = units.look(unit, call.world, units.days_of(args.period))
    except Invalid:
        if not times.find(args.period, now=unit.now):
            raise
        found = units.look_at(unit, call.world, *stretch(unit, call, args.period))
    return Reply(card=cards.card(call.world, found))


def live(unit: Unit, world: World, ref: str) -> Card:
    """The figures as they stand now; the id says of how many days until now, or from when to when.

    Raises:
        NotFound: it says neither.
    """
    said = ref.removeprefix(units.PREFIX)
    span = _SPAN.fullmatch(said)
    try:
        if span is None:
            return cards.card(world, units.look(unit, world, units.days_of(said)))
        since, until = (datetime.fromtimestamp(int(one), UTC) for one in span.groups())
        return cards.card(world, units.look_at(unit, world, since, until))
    except Invalid:
        raise NotFound(
            "There are no figures of such a time.", "`/wardroom stats` shows those of 30 days."
        ) from None


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
            r"how\s+(?:did|do)\s+we\s+do\s+with\s+incidents(?:\s+(?:(?:in|over|during)\s+)?(?P<period>(?:(?:the\s+)?(?:last|past)|this)\s+[\w ]{1,20}?))?[?.!]*",
            r"what(?:'s|’s|s|\s+is|\s+was|\s+are)\s+(?:our|the)\s+(?:mttr|mtta|mean time to (?:resolve|repair|recover|acknowledge)|incident (?:figures|stats|numbers))(?:\s+(?:(?:in|over|during|for|of)\s+)?(?P<period>(?:(?:the\s+)?(?:last|past)|this)\s+[\w ]{1,20}?))?[?.!]*",
            r"how\s+(?:are\s+we\s+doing|have\s+we\s+been\s+doing|did\s+we\s+do)(?:\s+with\s+incidents)?\s+(?:(?:in|over|during)\s+)?(?P<period>(?:(?:the\s+)?(?:last|past)|this)\s+(?:[\w ]{1,12}\s)?(?:days?|weeks?|months?|quarter))[?.!]*",
        ),
    ),
)

VIEWS = {units.VIEW: live}
