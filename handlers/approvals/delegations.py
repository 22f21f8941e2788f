"""What people do about being away: let somebody else decide for a time, and come back."""

from collections.abc import Sequence

from core.approvals import words
from core.approvals.delegations import records
from core.approvals.delegations.delegation import Delegation
from core.approvals.seating import units
from core.errors import NotFound
from core.oncall import moments
from core.people.absences import records as absences
from core.people.absences.records import Absence
from core.people.person import Person
from core.store.engine import Unit
from core.text import clean, one_line
from core.world import World
from handlers.cards.approval import who
from handlers.cards.card import Card, Line, Table, Text, When, line, say
from handlers.verb import Args, Call, Nothing, Reply, Verb
from handlers.whom import find_person, people

_REASON = 500


class Delegate(Args):
    """To whom, for how long, and why."""

    to: str
    span: str
    reason: str = ""


class Away(Args):
    """For how long, why, and who decides meanwhile."""

    span: str
    to: str = ""
    reason: str = ""


def delegate(unit: Unit, call: Call, args: Delegate) -> Reply:
    """Let somebody else decide in one's place."""
    return away(unit, call, Away(span=args.span, to=args.to, reason=args.reason))


def away(unit: Unit, call: Call, args: Away) -> Reply:
    """Be out of office for a time: others are told first, and somebody else may decide meanwhile."""
    me = call.person
    begins, ends = moments.span(args.span, unit.now, me.timezone)
    reason = clean(args.reason)[:_REASON]
    waiting = units.away(unit, Absence(me.id, begins, ends, reason))
    until = When(at=ends, style="date_time")
    since = (
        ("From ", When(at=begins, style="date_time"), " on you are") if begins > unit.now else ("You are",)
    )
    if not args.to:
        still = f" {words.list_of(waiting)} still waits for you." if waiting else ""
        said = f". You may decide all the same; others are told first.{still} `/approvals back` ends it."
        return Reply(card=say(*since, " away until ", until, said))
    deputy = find_person(call.world, call.inbound.actor.platform, args.to)
    made = Delegation(me.id, deputy.id, begins, ends, reason)
    open_now = units.delegate(unit, call.world.people, made, call.world.deputies)
    also = "" if begins > unit.now else " Nothing that is open waits for you."
    also = f" That includes {words.list_of(open_now)}." if open_now else also
    said = f" away, and {deputy.name} may decide for you until "
    return Reply(card=say(*since, said, until, f".{also} `/approvals back` ends it."))


def back(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """Be here again, and decide for oneself."""
    if not units.back(unit, call.person):
        raise NotFound(
            "You are not away, and nobody decides for you.", "`/approvals delegations` shows who is away."
        )
    return Reply(card=say("Welcome back. From now on you decide for yourself."))


def listing(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """Who is away, until when, and who decides instead."""
    known = call.world.people
    rows = tuple(
        (
            line(who(call.world, each.person, _name(known.get(each.person), each.person))),
            _instead(call.world, given),
            line(When(at=each.begins, style="date_time")) if each.begins > unit.now else line("now"),
            line(When(at=each.ends, style="date_time")),
            line(one_line(each.reason, 60)),
        )
        for each, given in _away(absences.current(unit), records.current(unit))
    )
    if not rows:
        return Reply(
            card=Card(title="Away", parts=(Text(line=line("Everybody is here.")),), summary="Nobody is away.")
        )
    table = Table(head=("Away", "Decides instead", "From", "Until", "Why"), rows=rows)
    return Reply(card=Card(title="Away", parts=(table,), summary=f"{len(rows)} away."))


def _away(known: Sequence[Absence], given: Sequence[Delegation]) -> list[tuple[Absence, Delegation | None]]:
    """Those who are out of office with who decides instead, and those who have only named a deputy."""
    found: list[tuple[Absence, Delegation | None]] = []
    named: set[int] = set()
    for each in known:
        mine = [
            it for it in given if it.person == each.person and it.begins < each.ends and each.begins < it.ends
        ]
        named |= {id(it) for it in mine}
        found.append((each, mine[0] if mine else None))
    more = [it for it in given if id(it) not in named]
    return [*found, *((Absence(it.person, it.begins, it.ends, it.reason), it) for it in more)]


def _instead(world: World, given: Delegation | None) -> Line:
    if given is None:
        return line("nobody")
    return line(who(world, given.deputy, _name(world.people.get(given.deputy), given.deputy)))


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
        name="approval.away",
        command="approvals away",
        help="Say that you are away for a time: others are told first, and `to=` decides for you.",
        example="/approvals away 3d to=bo on holiday",
        args=Away,
        run=away,
        order=("span",),
        rest="reason",
        named=("to",),
        permission="",
        choices={"to": people},
    ),
    Verb(
        name="approval.back",
        command="approvals back",
        help="Say that you are here again, and decide for yourself.",
        example="/approvals back",
        args=Nothing,
        run=back,
        permission="",
    ),
    Verb(
        name="approval.delegations",
        command="approvals delegations",
        help="Show who is away, until when, and who decides instead.",
        example="/approvals delegations",
        args=Nothing,
        run=listing,
        reads=True,
        permission="",
    ),
)
