"""What is done with pages when somebody asks: parse, call one unit, answer."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from core.errors import Conflict, Invalid, NotFound
from core.ids import parse_numbered
from core.incidents import records as incidents
from core.incidents.paging import units as tie
from core.incidents.paging.words import title_of
from core.incidents.rooms import units as rooms
from core.paging import records, units
from core.paging.calling import units as callers
from core.paging.contacts import units as contacts
from core.paging.holding import units as holding
from core.paging.page import Origin, Page, Plan, Step
from core.paging.telling.units import VIEW
from core.paging.units import Wish
from core.people.contact import USUAL, Contact, Urgency
from core.people.person import Person
from core.store import outbox
from core.store.engine import Unit
from core.text import one_line
from handlers import leading
from handlers.cards import contact as contact_cards
from handlers.cards import page as cards
from handlers.cards import taken
from handlers.cards.card import Code, say
from handlers.oncall import facts as page_facts
from handlers.oncall import here, meant
from handlers.paging_plans import plan_of
from handlers.verb import Args, Call, Nothing, Reply

_ALL = (taken.ALL, "everything", "both")


class OnPage(Args):
    """Which page; the gravest that calls one need not be said."""

    id: str = ""
    revision: int = 0
    digest: str = ""


class Answering(OnPage):
    """Which page; `message` is one that told of several, all of which are meant."""

    carried: ClassVar[frozenset[str]] = Args.carried | {"message"}
    message: str = ""


class Hand(OnPage):
    """To whom a page is handed over."""

    person: str = ""


class Whom(Args):
    """Whom to call about what; in an incident's thread its id need not be said."""

    id: str = ""
    whom: str = ""
    text: str = ""
    said: str = ""
    revision: int = 0
    digest: str = ""


class Ways(Args):
    """How one wants to be called: `high`, `low` or `quiet`, and what for it. `had` is what the form showed as one's own."""

    carried: ClassVar[frozenset[str]] = Args.carried | {"had"}
    which: str = ""
    said: str = ""
    high: str = ""
    low: str = ""
    quiet: str = ""
    had: str = ""


class Me(Args):
    """Whom to test: oneself."""

    whom: str = "me"


def begin(unit: Unit, call: Call, args: Whom) -> Reply:
    """Call a person, a team, a schedule or an escalation, for an incident or for something else."""
    incident_id, rest = _incident_of(unit, call, args)
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


def escalate_incident(unit: Unit, call: Call, args: Whom) -> Reply:
    """Call the next people for an incident."""
    incident_id, _ = _incident_of(unit, call, args)
    if not incident_id:
        raise NotFound("Which incident?", "Say its id: `/incident escalate INC-1`, or say it in its thread.")
    held = {one.id: one for one in records.of_incident(unit, incident_id)}
    page = tie.escalate(unit, call.world, incidents.get(unit, incident_id), call.person)
    return _moved_on(unit, call, held.get(page.id, page), page)


def acknowledge(unit: Unit, call: Call, args: Answering) -> Reply:
    """Answer a page, all of one message, or all that call one; and hear of those that still do."""
    if args.message:
        return _taken(unit, call, units.to_answer(unit, args.message))
    incident = "" if args.id else meant.incident(unit, call)
    if incident:
        page = here.page(unit, call, incident)
        return _taken(unit, call, [page]) if page else here.acknowledge(unit, call, incident)
    wants_all = args.id.strip().casefold() in _ALL
    several = meant.several(args.id)
    if several:
        return _taken(unit, call, [records.get(unit, one) for one in several])
    found = meant.calling(unit, call) if wants_all else [meant.answered(unit, call, args.id)]
    return _taken(unit, call, found)


def _taken(unit: Unit, call: Call, found: Sequence[Page], *, from_owner: bool = False) -> Reply:
    by_role, via = meant.by_role(call, "oncall.ack"), call.inbound.actor.platform
    mine, others = units.answerable(unit, found, call.person, by_role=by_role)
    takings = [units.take(unit, one.id, call.person, via, from_owner=from_owner) for one in mine]
    said = taken.answered(takings, tie.still_calling(unit, call.person, takings), others=others)
    said += here.still_led(unit, call, takings)
    return Reply(card=say(said, tone="good" if takings[-1].outcome != "theirs" else "neutral"))


def take_over(unit: Unit, call: Call, args: OnPage) -> Reply:
    """Take a page over from whoever has it."""
    return _taken(unit, call, [meant.one(unit, call, args.id)], from_owner=True)


def release(unit: Unit, call: Call, args: OnPage) -> Reply:
    """Give a page back: others are called."""
    page = holding.release(unit, call.world, meant.mine(unit, call, args.id).id, call.person)
    return _shown(unit, call, page)


def hand_over(unit: Unit, call: Call, args: Hand) -> Reply:
    """Have somebody take a page over."""
    page = meant.mine(unit, call, args.id)
    to = _one(unit, call, args.person)
    holding.hand_over(unit, call.world, page.id, to, call.person)
    if not page.owner:
        return Reply(card=say(f"{to.name} is called for {page.id} instead of you."))
    said = f"{to.name} is called to take {page.id} over. Until they answer it stays with {page.owner_name}."
    return Reply(card=say(said))


def _one(unit: Unit, call: Call, words: str) -> Person:
    """The person of this name, or the one whom a team or a schedule of this name calls first.

    Raises:
        Invalid: it calls nobody, or more than one.
    """
    plan = plan_of(call.world, call.inbound.actor.platform, words)
    found = callers.whom(unit, call.world, plan.steps[0])
    if len(found) != 1:
        raise Invalid(f"“{one_line(words, 40)}” does not mean one person.", "Name one person.")
    return found[0]


def done(unit: Unit, call: Call, args: OnPage) -> Reply:
    """Nobody needs to look at a page any more."""
    page = meant.mine(unit, call, args.id)
    units.end(unit, page.id, call.person.id)
    return Reply(card=say(f"{page.id} is over."))


def escalate(unit: Unit, call: Call, args: OnPage) -> Reply:
    """Call the next people of a page at once."""
    page = meant.one(unit, call, args.id)
    units.may_answer(unit, page, call.person, by_role=meant.by_role(call, "incident.escalate"))
    return _moved_on(unit, call, page, units.escalate(unit, call.world, page.id, call.person))


def show(unit: Unit, call: Call, args: OnPage) -> Reply:
    """One page with everything about it."""
    page = records.get(unit, meant.page_id(args.id))
    return Reply(card=page_facts.live(unit, call.world, page.id))


def pages(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """Everything that is going on."""
    return Reply(card=page_facts.board(unit, call.world))


def contact(unit: Unit, call: Call, args: Ways) -> Reply:
    """How one is called; with words, change it."""
    changes = _changes(args, contacts.words_of(unit, call.person.id))
    if changes:
        contacts.say(unit, call.world, call.person, changes)
        outbox.refresh_homes(unit, {call.person.id})
    reach = contacts.reach_of(unit, call.world, call.person)
    usually = Contact(high=USUAL[Urgency.HIGH], low=USUAL[Urgency.LOW])
    said = contacts.said_by(unit, call.person.id)
    holds, there = reach.contact.over(usually), list(reach.routes)
    return Reply(card=contact_cards.card(said, holds, there, call.world.paging.bundle))


def test(unit: Unit, call: Call, args: Me) -> Reply:
    """Call oneself by every way that is urgent, all at once."""
    if args.whom.lower() not in ("me", call.person.id.lower()):
        raise Invalid("Only you can test how you are called.", "Say `/oncall test me`.")
    reach = contacts.reach_of(unit, call.world, call.person)
    if not reach.routes:
        raise Conflict("You cannot be reached by anything.", "Ask an administrator to add your accounts.")
    for page in records.calling(unit, call.person.id):
        if page.origin is Origin.TEST:
            raise Conflict(f"{page.id} still waits for your answer.", "Press “I take it” on it first.")
    plan = Plan(steps=(Step(people=(call.person.id,)),), repeat=0)
    title = f"{call.person.name}, this only tests how you are called."
    page = units.start(unit, call.world, Wish(title, plan, call.person, origin=Origin.TEST))
    return Reply(card=say(f"{page.id} calls you by {', '.join(reach.routes)}. Answer it on one of them."))


def _incident_of(unit: Unit, call: Call, args: Whom) -> tuple[str, str]:
    """The incident that is meant, if any, and what else was said."""
    if args.id:
        return parse_numbered(args.id, "INC"), args.said
    named, rest = leading.incident(args.said)
    return named or rooms.about(unit, call.place) or "", rest


def _first(text: str) -> tuple[str, str]:
    word, _, rest = text.strip().partition(" ")
    return word, rest.strip()


def _changes(args: Ways, now: Mapping[str, str]) -> dict[str, str]:
    """What is new; what the form showed and was emptied there is left to the configuration again."""
    given = {"high": args.high, "low": args.low, "quiet": args.quiet}
    changes = {name: text for name, text in given.items() if text}
    if args.which:
        if args.which.lower() not in given or not args.said:
            raise Invalid(
                f"“{one_line(args.which, 30)}” is nothing that I can change.",
                "Write `/oncall contact high …` or `low …` with your ways, or `quiet 22:00-07:00`; `default` instead "
                "leaves it to the configuration. `/oncall contact` shows your ways.",
            )
        changes[args.which.lower()] = args.said
    wanted = {name: "" if text.lower() in ("default", "none") else text for name, text in changes.items()}
    wanted |= {name: "" for name in args.had.split() if name in given and not given[name]}
    return {name: text for name, text in wanted.items() if text != now.get(name, "")}


def _moved_on(unit: Unit, call: Call, before: Page, page: Page) -> Reply:
    """Who is called now, and from whom that took it."""
    said = cards.going_on(call.world, page_facts.sight(unit, call.world, page))
    if not before.owner:
        return Reply(card=say(*said))
    whose = "you" if before.owner == call.person.id else before.owner_name
    return Reply(card=say(f"{page.id} was taken from {whose}, who had it. ", *said))


def _shown(unit: Unit, call: Call, page: Page) -> Reply:
    return Reply(card=say(*cards.going_on(call.world, page_facts.sight(unit, call.world, page))))
