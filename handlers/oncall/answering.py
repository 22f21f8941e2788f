"""Answering pages: somebody takes one, gives it back, hands it over, or says that it is over."""

from collections.abc import Sequence
from typing import ClassVar

from core.approvals.words import list_of
from core.errors import Conflict, Invalid, NotFound
from core.incidents.paging import units as tie
from core.paging import records, units
from core.paging.answering import units as answering
from core.paging.calling import units as callers
from core.paging.holding import units as holding
from core.paging.page import Page, State
from core.people.person import Person
from core.store.engine import Unit
from core.text import one_line
from handlers.cards import page as cards
from handlers.cards import taken
from handlers.cards.card import Card, say
from handlers.oncall import facts as page_facts
from handlers.oncall import here, meant
from handlers.paging_plans import plan_of
from handlers.verb import Args, Call, Reply
from handlers.whom import find_person

_ALL = (taken.ALL, "everything", taken.BOTH)


class OnPage(Args):
    """Which page; the gravest that calls one need not be said."""

    id: str = ""
    revision: int = 0
    digest: str = ""


class Answering(OnPage):
    """Which page; `message` is one that told of several, all of which are meant."""

    carried: ClassVar[frozenset[str]] = Args.carried | {"message"}
    message: str = ""


class TakenOver(OnPage):
    """Which page, and from whom; nothing: from whoever has it."""

    whom: str = ""


class Hand(OnPage):
    """To whom a page is handed over."""

    person: str = ""


def acknowledge(unit: Unit, call: Call, args: Answering) -> Reply:
    """Answer a page, all of one message, or all that call one; and hear of those that still do."""
    if args.message:
        return _taken(unit, call, answering.to_answer(unit, args.message))
    incident = "" if args.id else meant.incident(unit, call)
    if incident:
        page = here.page(unit, call, incident)
        return _taken(unit, call, [page]) if page else here.acknowledge(unit, call, incident)
    wants_all = args.id.strip().casefold() in _ALL
    several = meant.several(args.id)
    if several:
        return _several(unit, call, several)
    offered = None if args.id else here.offered(unit, call)
    if offered is not None:
        return offered
    found = meant.calling(unit, call) if wants_all else [meant.answered(unit, call, args.id)]
    return _taken(unit, call, found)


def _several(unit: Unit, call: Call, ids: Sequence[str]) -> Reply:
    """Each that there is; one that is mistyped does not keep the others from it."""
    found: list[Page] = []
    unknown: list[NotFound] = []
    for one in ids:
        try:
            found.append(records.get(unit, one))
        except NotFound as error:
            unknown.append(error)
    if not found:
        raise unknown[0]
    return _taken(unit, call, found, unknown=[one.what for one in unknown])


def _taken(
    unit: Unit,
    call: Call,
    found: Sequence[Page],
    *,
    from_owner: bool = False,
    unknown: Sequence[str] = (),
) -> Reply:
    by_role, via = meant.by_role(call, "oncall.ack"), call.inbound.actor.platform
    mine, others = answering.answerable(unit, found, call.person, by_role=by_role)
    told = answering.take_each(unit, [one.id for one in mine], call.person, via, from_owner=from_owner)
    left = tie.still_calling(unit, call.person, told.takings)
    said = taken.answered(told, left, others=others)
    said = " ".join((said + here.leads(unit, told.takings, call.person), *unknown))
    good = any(one.outcome != "theirs" for one in told.takings)
    card = say(said, tone="good" if good else "neutral")
    buttons = (*taken.controls(left), *here.to_lead(unit, call, told.takings))
    return Reply(card=card.model_copy(update={"controls": buttons}))


def take_over(unit: Unit, call: Call, args: TakenOver) -> Reply:
    """Take a page over from whoever has it.

    Raises:
        Conflict: somebody else has it than who was named.
    """
    page = _of(unit, call, args.whom) if args.whom and not args.id else meant.one(unit, call, args.id)
    whom = find_person(call.world, call.inbound.actor.platform, args.whom) if args.whom else None
    if whom is not None and page.owner and page.owner not in (whom.id, call.person.id):
        mend = f"`/oncall take {page.id}` takes it over all the same."
        raise Conflict(f"{page.owner_name} has {page.id}, and not {whom.name}.", mend)
    return _taken(unit, call, [page], from_owner=True)


def _of(unit: Unit, call: Call, words: str) -> Page:
    """The page that somebody has.

    Raises:
        Invalid: they have none, or more than one.
    """
    person = find_person(call.world, call.inbound.actor.platform, words)
    held = records.held_by(unit, person.id)
    if len(held) != 1:
        which = (
            f"{person.name} has {', '.join(one.id for one in held)}."
            if held
            else f"{person.name} has no page."
        )
        raise Invalid(
            which, "Say which: `/oncall take PG-1`." if held else "`/oncall pages` shows who has what."
        )
    return held[0]


def release(unit: Unit, call: Call, args: OnPage) -> Reply:
    """Give pages back: others are called, or it is said that nobody is."""
    given = [
        holding.release(unit, call.world, one.id, call.person) for one in meant.all_mine(unit, call, args.id)
    ]
    told = [_given_back(unit, call, page) for page in given]
    parts = tuple(part for one in told for part in one.parts)
    summary = " ".join(one.summary for one in told)
    bad = next((one for one in told if one.tone == "bad"), told[0])
    return Reply(card=bad.model_copy(update={"parts": parts, "summary": summary}))


def _given_back(unit: Unit, call: Call, page: Page) -> Card:
    if page.state is State.CALLING and page.unanswered and not records.calls(unit, page):
        lost = f"{page.id} is nobody's now, and its escalation leads to nobody else: the alarm is raised. "
        return say(f"{lost}`/incident page @name {page.title}` calls somebody.", tone="bad")
    return say(*cards.going_on(call.world, page_facts.sight(unit, call.world, page)))


def hand_over(unit: Unit, call: Call, args: Hand) -> Reply:
    """Have somebody take a page over; where only they are named, the one page that one has or that calls one."""
    args = _told_apart(unit, call, args)
    page = meant.mine(unit, call, args.id)
    to = _one(unit, call, args.person)
    page = holding.hand_over(unit, call.world, page.id, to, call.person)
    if not page.owner:
        return Reply(card=say(f"{to.name} is called for {page.id} instead of you."))
    said = f"{to.name} is called to take {page.id} over. Until they answer it stays with {page.owner_name}."
    return Reply(card=say(said))


def _told_apart(unit: Unit, call: Call, args: Hand) -> Hand:
    """With the person in the place of theirs, where no page was named: `/oncall handover bo`.

    Raises:
        Invalid: more than one page may be meant.
    """
    if args.person or not args.id or meant.is_id(args.id):
        return args
    found = [] if meant.is_at_page(unit, call) else meant.own(unit, call)
    if len(found) > 1:
        which = f"`/oncall handover {found[0].id} {one_line(args.id, 40)}`"
        raise Invalid(f"{list_of([one.id for one in found])} are yours.", f"Say which: {which}.")
    return args.model_copy(update={"id": found[0].id if found else "", "person": args.id})


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
