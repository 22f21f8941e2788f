"""Calling people: begin a page, and show what is going on."""

from core.errors import Invalid
from core.ids import parse_numbered
from core.incidents import records as incidents
from core.incidents.paging.words import title_of
from core.incidents.rooms import units as rooms
from core.paging import records, units
from core.paging.telling.units import VIEW
from core.paging.units import Wish
from core.store import outbox
from core.store.engine import Unit
from core.text import one_line
from handlers import leading
from handlers.cards.card import Code, say
from handlers.oncall import facts as page_facts
from handlers.oncall import meant
from handlers.oncall.answering import OnPage
from handlers.paging_plans import plan_of
from handlers.verb import Args, Call, Reply
from handlers.whom import find_person

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
    """Of whom: `me` or a person; nothing: of everybody."""

    whose: str = ""


def begin(unit: Unit, call: Call, args: Whom) -> Reply:
    """Call a person, a team, a schedule or an escalation, for an incident or for something else."""
    incident_id, rest = incident_of(unit, call, args)
    whom, text = (args.whom, args.text or rest) if args.whom else _first(rest)
    if not whom:
        raise Invalid("Whom shall I call?", "Say it like: `/incident page bo the database is slow`.")
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
    """One page with everything about it."""
    page = records.get(unit, meant.page_id(args.id))
    return Reply(card=page_facts.live(unit, call.world, page.id))


def pages(unit: Unit, call: Call, args: Pages) -> Reply:
    """Everything that is going on, or what of it calls one person or is theirs."""
    if not args.whose:
        return Reply(card=page_facts.board(unit, call.world))
    is_me = args.whose.casefold() in _ME
    person = call.person if is_me else find_person(call.world, call.inbound.actor.platform, args.whose)
    return Reply(
        card=page_facts.own(unit, call.world, person, "you" if person == call.person else person.name)
    )


def incident_of(unit: Unit, call: Call, args: Whom) -> tuple[str, str]:
    """The incident that is meant, if any, and what else was said."""
    if args.id:
        return parse_numbered(args.id, "INC"), args.said
    named, rest = leading.incident(args.said)
    return named or rooms.about(unit, call.place) or "", rest


def _first(text: str) -> tuple[str, str]:
    word, _, rest = text.strip().partition(" ")
    return word, rest.strip()
