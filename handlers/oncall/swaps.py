"""Swapping shifts: one person proposes it, the other accepts or declines; whoever may override can set it at once."""

import re
from typing import Any

from pydantic import model_validator

from core.approvals.words import list_of
from core.errors import Conflict, Forbidden, Invalid
from core.ids import parse_numbered
from core.incidents.paging import units as tie
from core.oncall import units as oncall
from core.oncall.exchange import rest
from core.oncall.schedule import Schedule
from core.oncall.swapping import records, units
from core.oncall.swapping.swap import State, name_of
from core.paging.page import State as Page
from core.people.permissions import may
from core.people.person import Person
from core.store import outbox
from core.store.engine import Unit
from core.text import as_reason
from core.world import World
from handlers.cards import oncall as cards
from handlers.cards import swap as swap_cards
from handlers.cards.card import Card, When, say
from handlers.cards.oncall import Watch
from handlers.oncall import swapped
from handlers.oncall.answering import Answering, acknowledge
from handlers.oncall.shifts import schedule_of, teams, teams_of, told
from handlers.talk import begun
from handlers.verb import Args, Call, Nothing, Reply, Verb
from handlers.whom import find_person, people

_AT_ONCE = "oncall.override"
# Also what is mistyped: it is no reason, and is refused as an id.
_LIKE_AN_ID = re.compile(r"#?(?:sw[\d–-].*|\d+)", re.IGNORECASE)


class Propose(Args):
    """With whom the shifts that come next are exchanged; `other` instead of one's own; `now`: without asking them."""

    team: str
    person: str
    other: str = ""
    reason: str = ""
    now: bool = False


class Which(Args):
    """Which swap; the only one that waits need not be said."""

    id: str = ""
    revision: int = 0
    digest: str = ""


class Why(Which):
    """Which swap, and why it comes to nothing; words without an id are all of them the reason."""

    reason: str = ""

    @model_validator(mode="before")
    @classmethod
    def _without_an_id(cls, given: dict[str, Any]) -> dict[str, Any]:
        first = str(given.get("id", ""))
        named = first.rstrip(",;:.!")
        if not named or _LIKE_AN_ID.fullmatch(named):
            return given | {"id": named}
        return given | {"id": "", "reason": " ".join((first, str(given.get("reason", "")))).strip()}


def swap(unit: Unit, call: Call, args: Propose) -> Reply:
    """Ask somebody to exchange the shifts that come next, or set it at once for those who may."""
    world = call.world
    schedule = schedule_of(world, args.team)
    platform = call.inbound.actor.platform
    one = find_person(world, platform, args.other) if args.other else call.person
    other = find_person(world, platform, args.person)
    if one.id != call.person.id and other.id == call.person.id:
        one, other = other, one
    if args.now or one.id != call.person.id:
        return _at_once(unit, call, schedule, (one, other), as_reason(args.reason))
    made = units.propose(unit, world, schedule, (one, other), call.place, args.reason)
    return Reply(
        card=say(
            f"I asked {other.name}: {made.id}. The schedule stays as it is until they accept; without an answer by ",
            When(at=made.due, style="date_time"),
            f" nothing changes, and you are told. `/oncall withdraw {made.id}` takes it back.",
        )
    )


def accept(unit: Unit, call: Call, args: Which) -> Reply:
    """Agree to a swap: both shifts change hands, and the team is told; where none waits, take the page that is offered."""
    world = call.world
    if not args.id and (offered := _offered(unit, call)):
        return acknowledge(unit, call, Answering(id=offered))
    made = units.accept(unit, world, _meant(unit, call, args.id, "other"), call.person)
    if made.state is State.LAPSED:
        return Reply(
            card=say(f"{made.id} could be accepted until its first shift began. Nothing was swapped.")
        )
    if made.state is State.OVERTAKEN:
        who = name_of(made.by, world.people)
        words = (
            f"The schedule has changed since {who} asked, so nothing was swapped. {who} can propose it anew."
        )
        return Reply(card=say(words))
    schedule = world.schedules[made.schedule]
    watch = Watch(schedule, teams_of(world, schedule), ())
    gives, takes = rest(made.gives, unit.now), rest(made.takes, unit.now)
    return told(unit, call, watch, cards.swapped(world, watch, gives, takes))


def decline(unit: Unit, call: Call, args: Why) -> Reply:
    """Do not agree to a swap: everything stays, and whoever asked is told, with the reason."""
    made = units.decline(unit, call.world, _meant(unit, call, args.id, "other"), call.person, args.reason)
    asked = name_of(made.by, call.world.people)
    told = f"{asked} is told so, with your reason" if args.reason else f"{asked} is told so"
    return Reply(card=say(f"You declined {made.id}; nothing changes, and {told}."))


def withdraw(unit: Unit, call: Call, args: Why) -> Reply:
    """Take back a swap that one proposed; where none waits for an answer, ask for one that was agreed to be swapped back."""
    if not args.id and not _has_waiting(unit, call):
        return swapped.back(unit, call)
    made = units.withdraw(unit, call.world, _meant(unit, call, args.id, "by"), call.person, args.reason)
    return Reply(card=say(f"{made.id} is withdrawn; nothing changes."))


def live(unit: Unit, world: World, ref: str) -> Card:
    """The card of whoever is asked, as it stands now."""
    return swap_cards.asked(world, records.get(unit, ref))


def live_own(unit: Unit, world: World, ref: str) -> Card:
    """The card of whoever asks, as it stands now."""
    return swap_cards.own(world, records.get(unit, ref))


def _at_once(unit: Unit, call: Call, schedule: Schedule, people: tuple[Person, Person], reason: str) -> Reply:
    if not may(call.person, _AT_ONCE, call.world.roles):
        raise Forbidden(
            f"To swap without asking those whose shifts they are needs the permission `{_AT_ONCE}`.",
            "Leave `now=true` out, and name whom you want to swap with: they are asked.",
        )
    first, second = oncall.swap(unit, schedule, people, call.person.id, reason)
    watch = Watch(schedule, teams_of(call.world, schedule), ())
    card = cards.swapped(call.world, watch, first, second, cards.Decided(call.person.id, reason))
    return told(unit, call, watch, card, people)


def _has_waiting(unit: Unit, call: Call) -> bool:
    """Whether a swap that one proposed waits for an answer, or one is meant by where this is said."""
    is_shown = any(outbox.where_shown(unit, view, call.place) for view in (units.VIEW, units.OWN))
    return is_shown or any(one.by == call.person.id for one in records.open_now(unit, call.person.id))


def _offered(unit: Unit, call: Call) -> str:
    """The page that somebody offers to whoever accepts; empty where none is, or it is said under the card of a swap.

    Raises:
        Invalid: a swap waits as well, or several pages do.
    """
    if outbox.where_shown(unit, units.VIEW, call.place):
        return ""
    pages = [one.id for one in tie.calling(unit, call.person.id) if one.state is Page.TAKEN]
    swaps = [one.id for one in records.open_now(unit, call.person.id) if one.other == call.person.id]
    if len(pages) + len(swaps) > 1 and pages:
        waits = list_of([*swaps, *pages])
        raise Invalid(
            f"What do you accept? {waits} wait for you.", f"Say which: `accept {(swaps or pages)[0]}`."
        )
    return pages[0] if pages else ""


def _meant(unit: Unit, call: Call, named: str, side: str) -> str:
    """The swap that is meant: by its id, by the card that it was said under, or the only one that waits."""
    if named:
        return parse_numbered(named, units.PREFIX)
    shown = next(
        (ref for view in (units.VIEW, units.OWN) if (ref := outbox.where_shown(unit, view, call.place))), ""
    )
    waiting = [
        one.id for one in records.open_now(unit, call.person.id) if getattr(one, side) == call.person.id
    ]
    if shown or len(waiting) == 1:
        return shown or waiting[0]
    if waiting:
        raise Invalid("Which swap?", f"There are {', '.join(waiting)}: say its id.")
    other = begun.wanted(unit, call.person)
    raise Conflict("No swap waits for you.", other.words if other else "`/oncall show` says who is on call.")


_ID = r"(?P<id>sw-\d+)"
_WHY = r"(?:[\s,:–-]+(?P<reason>\S.*?))?"

VERBS = (
    Verb(
        name="oncall.swap",
        command="oncall swap",
        help="Ask somebody to exchange your next shift with theirs; nothing changes until they accept.",
        example="/oncall swap platform bo",
        args=Propose,
        run=swap,
        shown_first=True,
        order=("team", "person", "other"),
        named=("reason", "now"),
        prose=("reason",),
        choices={"team": teams, "person": people, "other": people},
    ),
    Verb(
        name="oncall.accept",
        command="oncall accept",
        help="Accept a swap of shifts that somebody proposed to you.",
        example="/oncall accept SW-1",
        args=Which,
        run=accept,
        order=("id",),
        permission="",
        patterns=(rf"accept\s+(?:swap\s+)?{_ID}[.!]*",),
    ),
    Verb(
        name="oncall.decline",
        command="oncall decline",
        help="Decline a swap of shifts that somebody proposed to you; nothing changes.",
        example="/oncall decline SW-1 I am away that week",
        args=Why,
        run=decline,
        order=("id",),
        rest="reason",
        permission="",
        patterns=(rf"decline\s+(?:swap\s+)?{_ID}{_WHY}[.!]*",),
    ),
    Verb(
        name="oncall.withdraw",
        command="oncall withdraw",
        help="Take back a swap of shifts that you proposed, or ask to swap back what was agreed.",
        example="/oncall withdraw SW-1",
        args=Why,
        run=withdraw,
        order=("id",),
        rest="reason",
        permission="",
        patterns=(rf"withdraw\s+(?:swap\s+)?{_ID}{_WHY}[.!]*",),
    ),
    Verb(
        name="oncall.swaps",
        command="oncall swaps",
        help="Show who has swapped shifts with whom: what waits for an answer, and what is not over.",
        example="/oncall swaps",
        args=Nothing,
        run=swapped.listing,
        reads=True,
        permission="",
    ),
)

VIEWS = {units.VIEW: live, units.OWN: live_own}
