"""The verb by which people put an update of an incident off, and what reminds them of it."""

from datetime import timedelta

from core.errors import Invalid
from core.incidents import records
from core.incidents.reminding import records as paces
from core.incidents.reminding import units
from core.quantity import spoken_duration
from core.store import outbox
from core.store.engine import Unit
from core.text import one_line
from core.world import World
from handlers.cards import reminder as cards
from handlers.cards.card import Card, When, say
from handlers.incidents.named import Words, about, which
from handlers.verb import Call, Reply, Verb

_MOST = timedelta(days=7)


def remind(unit: Unit, call: Call, args: Words) -> Reply:
    """Put the next update off, or switch reminders off or on; without words, say when news is due."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.remind", args)
    word = args.text.strip().casefold()
    if not word:
        return Reply(card=card(unit, call.world, incident_id))
    if word in ("on", "off"):
        when = units.switch(unit, call.world, incident_id, call.person, on=word == "on")
        rest = ("; news is due at ", When(at=when), ".") if when else (".",)
        return Reply(card=say(f"Reminders of {incident_id} are {word}", *rest))
    when = units.put_off(unit, incident_id, call.person, _span(word))
    return Reply(card=say(f"The next update of {incident_id} is due at ", When(at=when), "."))


def card(unit: Unit, world: World, ref: str) -> Card:
    """That others wait for news, as it stands now."""
    del world
    incident_id, is_handed, _ = ref.partition(":")
    if is_handed and outbox.refs(unit, units.CARD, f"{incident_id}:")[-1:] != [ref]:
        return say(f"News of {incident_id} was late. A newer reminder says how it stands now.")
    return cards.reminder(records.get(unit, incident_id), paces.of(unit, incident_id))


def _span(word: str) -> timedelta:
    try:
        found = spoken_duration(word)
    except ValueError:
        found = timedelta()
    if not timedelta() < found <= _MOST:
        raise Invalid(f"“{one_line(word, 40)}” is no time to put it off by.", "Write 15m, 2h, off or on.")
    return found


VERBS = (
    Verb(
        name="incident.remind",
        command="incident remind",
        help="Put the next update off, or switch reminders of updates off or on.",
        example="/incident remind INC-1 15m",
        args=Words,
        run=remind,
        rest="text",
        aliases=("incident snooze",),
        permission="incident.update",
    ),
)

VIEWS = {units.CARD: card}
