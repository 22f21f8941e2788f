"""Runs that were: the last one whole, or those of a time, a service, a person or an end, the newest first."""

from typing import Literal

from core.catalogue.names import resolve
from core.incidents import records as incidents
from core.runbooks.from_language import candidates
from core.runbooks.search import records as search
from core.runbooks.states import ExecutionState
from core.runbooks.units.commit import VIEW
from core.store import outbox
from core.store.engine import Unit
from core.text import one_line
from handlers.cards import lately as cards
from handlers.cards.card import Card, say
from handlers.runbooks import verbs
from handlers.talk import own_runs
from handlers.talk.happenings import stretch
from handlers.verb import Args, Call, Reply, Verb
from handlers.whom import find_person

_MOST = 50
_STATES: dict[str, tuple[ExecutionState, ...]] = {
    "": (),
    "failed": (ExecutionState.FAILED, ExecutionState.NEEDS_ATTENTION),
    "done": (ExecutionState.COMPLETED,),
    "cancelled": (ExecutionState.CANCELLED,),
}
_ENDS = {"failed": "that failed", "done": "that are done", "cancelled": "that were cancelled"}


class History(Args):
    """Which runs: in a time, about a service, of a runbook, in an environment, asked for by whom, that came to which end; `last`: the newest alone; `here`: that of the thread, else of whoever asks, before others."""

    when: str = ""
    service: str = ""
    runbook: str = ""
    where: str = ""
    who: str = ""
    state: Literal["", "failed", "done", "cancelled"] = ""
    last: bool = False
    here: bool = False


def history(unit: Unit, call: Call, args: History) -> Reply:
    """The newest of them with all its steps, or a row for each.

    Raises:
        Invalid: a service, an environment or a time is none that is known.
        NotFound: a person is none.
    """
    world = call.world
    known = {
        "service": resolve(args.service, world.services, "service").name if args.service else "",
        "where": resolve(args.where, world.environments, "environment").name if args.where else "",
    }
    args = args.model_copy(update=known)
    since, until = stretch(unit, call, args.when) if args.when else (None, None)
    books = {book.name for book in candidates(world.runbooks, args.runbook)} if args.runbook else None
    told = [one for one in known.values() if one]
    which = search.Which(books, _person(call, args.who), told, _STATES[args.state])
    found = search.lately(unit, which, since=since, until=until, limit=1 if args.last else _MOST + 1)
    asked = _asked(call, args)
    none = f"I know of no run{asked}."
    near = _near(unit, call, which) if args.here else ""
    if near:
        return Reply(card=verbs.live(unit, world, near))
    if args.last:
        return Reply(card=verbs.live(unit, world, found[0].id) if found else _none(none))
    count = f"{_MOST} or more" if len(found) > _MOST else str(len(found))
    rows = [cards.of_run(world, run) for run in found[:_MOST]]
    more = _declared(unit, call, args)
    return Reply(card=cards.card(f"Runs{asked}: {count}", rows, none, more=more))


def _near(unit: Unit, call: Call, which: search.Which) -> str:
    """The run whose thread this is, else the last one there of whoever asks."""
    here = outbox.where_shown(unit, VIEW, call.place, newest=True) if call.place.thread else None
    return here or own_runs.last(unit, call.person, call.place, "runbook.status", which.told, which.books)


def _person(call: Call, who: str) -> str:
    if who in ("", "me"):
        return call.person.id if who else ""
    return find_person(call.world, call.inbound.actor.platform, who).id


def _asked(call: Call, args: History) -> str:
    """What was asked for, in words, each with a blank before it."""
    who = "you" if args.who == "me" else args.who and call.world.people[_person(call, args.who)].name
    words = (
        f"of {one_line(args.runbook, 40)}" if args.runbook else "",
        f"about {args.service}" if args.service else "",
        f"in {args.where}" if args.where else "",
        f"by {who}" if who else "",
        _ENDS.get(args.state, ""),
        one_line(args.when, 60),
    )
    return "".join(f" {one}" for one in words if one)


def _none(words: str) -> Card:
    return say(f"{words} `/runbook list` shows what can be run.")


def _declared(unit: Unit, call: Call, args: History) -> str:
    """That incidents were declared, too, where somebody asks what failed in a time."""
    if args.state != "failed" or not args.when or args.runbook or args.who or not call.may("incident.read"):
        return ""
    since, until = stretch(unit, call, args.when)
    count = incidents.declared(unit, since, until, args.service, 1)[1]
    many = f"{count} incident{'' if count == 1 else 's'}"
    look = f"`/incident list when={one_line(args.when, 60)}`"
    return f"{many} {'was' if count == 1 else 'were'} declared in that time: {look}." if count else ""


VERBS = (
    Verb(
        name="runbook.history",
        command="runbook history",
        help="Show runs, the newest first: of a time, a service, a runbook, a person, or those that failed; or the last one whole.",
        example="/runbook history today state=failed",
        args=History,
        run=history,
        rest="when",
        named=("service", "runbook", "where", "who", "state", "last"),
        reads=True,
        permission="runbook.list",
    ),
)
