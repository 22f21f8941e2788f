"""Which incident is meant: named by its id, by the thread it is said in, or chosen from those that are open."""

from typing import TypeVar

from core.errors import NotFound
from core.ids import parse_numbered
from core.incidents import records
from core.incidents.incident import Incident
from core.incidents.rooms import units as rooms
from core.incidents.timeline.units import source_of
from core.incidents.units import PREFIX
from core.language.intent import Intent
from core.store.engine import Unit
from handlers import leading
from handlers.cards import incident as cards
from handlers.inbound import Command, Message
from handlers.talk import pending
from handlers.talk.lately import veiled
from handlers.talk.pending import Order, Wanted
from handlers.verb import Args, Call, Reply

_LAST = 5


class OnIncident(Args):
    """Which incident; in its thread it need not be said. `words` names what was said before it was chosen."""

    id: str = ""
    words: str = ""


class Words(OnIncident):
    """Some words about an incident."""

    text: str = ""


A = TypeVar("A", bound=OnIncident)


def about(unit: Unit, call: Call, args: A, field: str) -> tuple[str | None, A]:
    """Which incident is meant: by its id, by an id at the beginning of `field`, or by the thread it is said in."""
    if args.words:
        kept = records.take_words(unit, call.person.id, args.words)
        said = {**kept, **args.model_dump(exclude_defaults=True), "words": ""}
        return parse_numbered(args.id, PREFIX), type(args).model_validate(said)
    if args.id:
        return parse_numbered(args.id, PREFIX), args
    named, rest = leading.incident(str(getattr(args, field)))
    if named:
        return parse_numbered(named, PREFIX), args.model_copy(update={field: rest})
    return rooms.about(unit, call.place), args


def which(unit: Unit, call: Call, verb: str, args: OnIncident, *, only_open: bool = True) -> Reply:
    """The last ones as buttons, where none was named; what was said is kept until one is chosen."""
    found: list[Incident] = records.find(unit, only_open=only_open)
    newest = sorted(found, key=lambda one: one.created, reverse=True)[:_LAST]
    if not newest:
        raise NotFound(
            "No incident is open.", "`/incident declare` opens one; `/incident list all` shows old ones."
        )
    said = {name: str(value) for name, value in args.model_dump(exclude_defaults=True).items()}
    kept = unsecret(call, said)
    words = records.keep_words(unit, call.person.id, kept) if kept else ""
    if isinstance(call.inbound, Command | Message):
        asked = Wanted(
            " ".join(call.inbound.text.split()),
            Intent.INCIDENT_UPDATE,
            offered=tuple(one.id for one in newest),
        )
        pending.keep(unit, call, asked, "of", Order(verb, kept))
    return Reply(card=cards.choose(newest, verb, words, is_whole=kept == said))


def unsecret(call: Call, said: dict[str, str]) -> dict[str, str]:
    """What was said, as it may be kept until an incident is chosen for it: without secrets."""
    return {name: veiled(call.world, value) for name, value in said.items()}


def spot(call: Call) -> str:
    """The message that was said, or that a message's menu was opened on; a button's card is no source."""
    if not call.place.message or not isinstance(call.inbound, Command | Message):
        return ""
    return source_of(call.place)
