"""Calling people: begin a page, and show what is going on."""

from core.errors import Invalid
from core.ids import parse_numbered
from core.incidents import records as incidents
from core.incidents.paging.words import title_of
from core.incidents.rooms import units as rooms
from core.paging import records, units
from core.paging.motion.units import people
from core.paging.telling.units import VIEW
from core.paging.units import Wish
from core.people.person import Person
from core.store import outbox
from core.store.engine import Unit
from core.text import one_line
from handlers import leading
from handlers.cards import page as cards
from handlers.cards.card import Code, say
from handlers.oncall import facts as page_facts
from handlers.oncall import meant
from handlers.oncall.answering import OnPage
from handlers.paging_plans import plan_of
from handlers.talk.happenings import stretch
from handlers.verb import Args, Call, Reply
from handlers.whom import find_person

_SEE = "incident.read"
_ME = ("me", "i", "my")


class Whom(Args):
    """Whom to call about what; in an incident's thread its id need not be said."""

    id: str = ""
    whom: str = ""
    text: str = ""
    said: str = ""
    revision: int = 0
    digest: str = ""


class Pages(Args):
    """Of whom: `me` or a person; nothing: of everybody. `when`: those that began in a time, also where they are over."""

    whose: str = ""
    when: str = ""


def begin(unit: Unit, call: Call, args: Whom) -> Reply:
    """Call a person, a team, a schedule or an escalation, for an incident or for something else."""
    incident_id, rest = incident_of(unit, call, args)
    whom, text = (args.whom, args.text or rest) if args.whom else _first(rest)
    if not whom:
        raise Invalid("Whom shall I call?", "Say it like: `/incident page bo the database is slow`.")
    if not incident_id:  # “page bo INC-1” names it after whom
        incident_id, text = leading.incident(text)
    plan = plan_of(call.world, call.inbound.actor.platform, whom)
    title = one_line(text)
    if incident_id:
        incident = incidents.get(unit, incident_id)
        about = title_of(incident)
        title = f"{about}: {title}" if title else about
    title = title or f"{call.person.name} wants you"
    page = units.start(unit, call.world, Wish(title, plan, call.person, incident=incident_id))
    outbox.publish(unit, VIEW, page.id, call.place)
    names = [one.person for one in records.calls(unit, page)]
    called = ", ".join(call.world.people[one].name for one in names) or "nobody yet"
    return Reply(card=say(Code(text=page.id), f" calls {called}, and goes on until somebody answers."))


def show(unit: Unit, call: Call, args: OnPage) -> Reply:
    """One page with everything about it; whoever may not see incidents, and was not called, sees no title."""
    page = records.get(unit, meant.page_id(args.id))
    if call.may(_SEE) or call.person.id in {page.by, page.owner, page.offered, *people(unit, page)}:
        return Reply(card=page_facts.live(unit, call.world, page.id))
    return Reply(card=cards.card(call.world, page_facts.sight(unit, call.world, page_facts.untitled(page))))


def pages(unit: Unit, call: Call, args: Pages) -> Reply:
    """Everything that is going on, or what of it calls one person or is theirs; or what began in a time."""
    titled = call.may(_SEE)
    person = _whose(call, args.whose) if args.whose else None
    if args.when:
        span, when = stretch(unit, call, args.when), one_line(args.when, 60)
        return Reply(card=page_facts.lately(unit, call.world, when, span, person, titled=titled))
    if person is None:
        return Reply(card=page_facts.board(unit, call.world, titled=titled))
    who = "you" if person == call.person else person.name
    return Reply(card=page_facts.own(unit, call.world, person, who, titled=titled or person == call.person))


def _whose(call: Call, words: str) -> Person:
    """Whom these words name: whoever says “me”, or somebody else."""
    is_me = words.casefold() in _ME
    return call.person if is_me else find_person(call.world, call.inbound.actor.platform, words)


def incident_of(unit: Unit, call: Call, args: Whom) -> tuple[str, str]:
    """The incident that is meant, if any, and what else was said."""
    if args.id:
        return parse_numbered(args.id, "INC"), args.said
    named, rest = leading.incident(args.said)
    return named or rooms.about(unit, call.place) or "", rest


def _first(text: str) -> tuple[str, str]:
    word, _, rest = text.strip().partition(" ")
    return word, rest.strip()
