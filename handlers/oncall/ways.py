"""How somebody wants to be called: shown, changed, and tried out."""

from collections.abc import Mapping
from typing import ClassVar

from core.errors import Conflict, Invalid
from core.paging import records, units
from core.paging.contacts import units as contacts
from core.paging.page import Origin, Plan, Step
from core.paging.units import Wish
from core.people.contact import USUAL, Contact, Urgency
from core.store import outbox
from core.store.engine import Unit
from core.text import one_line
from handlers.cards import contact as contact_cards
from handlers.cards.card import say
from handlers.verb import Args, Call, Reply


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
