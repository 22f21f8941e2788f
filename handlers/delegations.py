"""What people do about being away: let somebody else decide for a time, and come back."""

from core.approvals.delegations import records
from core.approvals.delegations.delegation import Delegation
from core.approvals.seating import units
from core.errors import Invalid, NotFound
from core.people.person import Person
from core.quantity import parse_duration
from core.store.engine import Unit
from core.text import clean, one_line
from handlers.cards.approval import who
from handlers.cards.card import Card, Table, Text, When, line, say
from handlers.verb import Args, Call, Reply, Verb
from handlers.whom import find_person, people


class Delegate(Args):
    """To whom, for how long, and why."""

    to: str
    span: str
    reason: str = ""


class Nothing(Args):
    """No arguments."""


def delegate(unit: Unit, call: Call, args: Delegate) -> Reply:
    """Let somebody else decide in one's place."""
    deputy = find_person(call.world, call.inbound.actor.platform, args.to)
    try:
        span = parse_duration(args.span)
    except (ValueError, OverflowError):
        raise Invalid(
            f"“{one_line(args.span, 30)}” is no length of time.", "Write it as 8h, 3d or 2w."
        ) from None
    made = Delegation(call.person.id, deputy.id, unit.now, unit.now + span, clean(args.reason))
    open_now = units.delegate(unit, call.world.people, made, call.world.deputies)
    also = f" That includes {', '.join(open_now)}." if open_now else " Nothing that is open waits for you."
    words = f"{deputy.name} may decide for you until "
    return Reply(
        card=say(words, When(at=made.ends, style="date_time"), f".{also} `/approvals back` ends it.")
    )


def back(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """End one's own delegation."""
    if not units.take_back(unit, call.person):
        raise NotFound("Nobody decides for you now.", "`/approvals delegations` shows who does for whom.")
    return Reply(card=say("Welcome back. From now on you decide for yourself."))


def listing(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """Who decides for whom."""
    known = call.world.people
    rows = tuple(
        (
            line(who(call.world, each.person, _name(known.get(each.person), each.person))),
            line(who(call.world, each.deputy, _name(known.get(each.deputy), each.deputy))),
            line(When(at=each.ends, style="date_time")),
            line(one_line(each.reason, 60)),
        )
        for each in records.current(unit)
    )
    if not rows:
        return Reply(
            card=Card(
                title="Delegations", parts=(Text(line=line("There are none.")),), summary="No delegations."
            )
        )
    table = Table(head=("Away", "Decides instead", "Until", "Why"), rows=rows)
    return Reply(card=Card(title="Delegations", parts=(table,), summary=f"{len(rows)} delegations."))


def _name(person: Person | None, known_as: str) -> str:
    return person.name if person else known_as


VERBS = (
    Verb(
        name="approval.delegate",
        command="approvals delegate",
        help="Let somebody else decide in your place for a time.",
        example="/approvals delegate bo 3d on holiday",
        args=Delegate,
        run=delegate,
        order=("to", "span"),
        rest="reason",
        permission="",
        choices={"to": people},
    ),
    Verb(
        name="approval.back",
        command="approvals back",
        help="End your delegation: you decide for yourself again.",
        example="/approvals back",
        args=Nothing,
        run=back,
        permission="",
    ),
    Verb(
        name="approval.delegations",
        command="approvals delegations",
        help="Show who decides for whom, and until when.",
        example="/approvals delegations",
        args=Nothing,
        run=listing,
        reads=True,
        permission="",
    ),
)
