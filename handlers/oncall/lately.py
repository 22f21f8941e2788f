"""What happened in a time, for whoever comes to it: incidents, runs and deployments; or what was done of one kind, or by oneself."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from core.approvals import records as approvals
from core.approvals.request import Choice
from core.approvals.words import list_of
from core.catalogue.deployments import records as deployments
from core.catalogue.deployments.deployment import Kind
from core.catalogue.names import resolve
from core.errors import Forbidden, Invalid, NotFound
from core.incidents import records as incidents
from core.incidents.rooms import units as rooms
from core.runbooks.execution import Execution
from core.runbooks.from_language import candidates
from core.runbooks.search import records as runs
from core.store import events
from core.store.engine import Unit
from core.text import one_line
from handlers.cards import lately as cards
from handlers.cards.lately import Happening
from handlers.talk import begun, deeds
from handlers.talk.happenings import stretch
from handlers.verb import Args, Call, Reply, Verb
from handlers.whom import find_person

_DAY = "in the last 24 hours"
_MOST = 50
_EVENTS = 100
_FOLLOWS = frozenset(("waited", "weighed"))
"""What comes of a deed by itself, and is kept under the name of whoever did that."""
_REPORTED: dict[str, frozenset[Kind]] = {
    "deploy": frozenset(("deployed", "upgraded")),
    "rollback": frozenset(("rolledback",)),
}


class Lately(Args):
    """In which time; of which service, where and by whom; `did` is one kind of thing that was done: deploy, restart.

    `agreed` asks who approved it, and not who asked for it.
    """

    when: str = ""
    service: str = ""
    where: str = ""
    who: str = ""
    did: str = ""
    agreed: str = ""


def lately(unit: Unit, call: Call, args: Lately) -> Reply:
    """What happened, as far as it is known here and whoever asks may see it."""
    args = _resolved(call, args)
    if args.who and not args.did:
        return _deeds(unit, call, args)
    when = args.when or _usually(unit, call, args)
    since, until = stretch(unit, call, when) if when else (None, None)
    found = _found(unit, call, args, since, until)
    earlier = _found(unit, call, args, None, since)[:1] if _is_of_a_kind(args) and since and not found else []
    where = f"in {args.where}" if args.where else ""
    if _is_of_a_kind(args):
        asked = _joined(_kind(args), f"of {args.service}" if args.service else "", where, when)
        asked = f"who approved: {asked}" if args.agreed and found else asked
        title, none = f"{asked[0].upper()}{asked[1:]}", f"I know of no {asked}."
    else:
        asked = _joined(
            "changed" if args.did else "happened",
            f"{'in' if args.did else 'to'} {args.service}" if args.service else "",
            where,
            when,
        )
        title, none = f"What {asked}", f"I know of nothing that {asked}."
    return Reply(card=cards.card(title, found, none, earlier=earlier, more=_bounds(unit, call, args)))


def _is_of_a_kind(args: Lately) -> bool:
    """Whether one kind of thing that was done is asked for, and not all that changed."""
    return bool(args.did) and args.did.casefold() not in deeds.CHANGES


def _usually(unit: Unit, call: Call, args: Lately) -> str:
    """The time that is meant where none is said: what changed is asked of the time before the incident that is worked on here."""
    if _is_of_a_kind(args):
        return ""
    here = rooms.about(unit, call.place) if args.did and call.may("incident.read") else None
    return f"before {here}" if here else _DAY


def _resolved(call: Call, args: Lately) -> Lately:
    """With the service and the environment by the names that things are kept under.

    Raises:
        Invalid: one of them is none that is known; or what somebody did is asked of one of them alone.
    """
    known = {
        "service": resolve(args.service, call.world.services, "service").name if args.service else "",
        "where": resolve(args.where, call.world.environments, "environment").name if args.where else "",
    }
    if args.who and not args.did and any(known.values()):
        raise Invalid(
            "What somebody did is told for all services and environments together.",
            "Name what was done as well: `/oncall lately who=me did=restart service=checkout`.",
        )
    return args.model_copy(update=known)


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)


def _found(
    unit: Unit, call: Call, args: Lately, since: datetime | None, until: datetime | None
) -> list[Happening]:
    found = [*_runs(unit, call, args, since, until), *_deployments(unit, args, since, until)]
    if not args.did:
        found += _incidents(unit, call, args, since, until)
    # What was asked to be before something is not that itself.
    ended = until is not None and until < unit.now
    kept = (one for one in found if not ended or until is None or one.at < until)
    return sorted(kept, key=lambda one: one.at, reverse=True)


def _kind(args: Lately) -> str:
    return deeds.kind(args.did) or one_line(args.did, 40)


def _bounds(unit: Unit, call: Call, args: Lately) -> str:
    """What is looked at for this person, so that nobody takes nothing for more than it is."""
    seen = ["runs"] if call.may("runbook.list") else []
    seen += ["deployments that are reported to me"]
    is_told = not args.did and call.may("incident.read")
    seen += ["incidents"] if is_told else []
    here = rooms.about(unit, call.place) if is_told else None
    more = f" `/incident history {here}` tells of {here} alone." if here else ""
    return f"I see {list_of(seen)}, and nothing that is done elsewhere.{more}"


def _runs(
    unit: Unit, call: Call, args: Lately, since: datetime | None, until: datetime | None
) -> Iterable[Happening]:
    world = call.world
    if not call.may("runbook.list"):
        return
    books = (
        {book.name for book in candidates(world.runbooks, deeds.kind(args.did) or args.did)}
        if _is_of_a_kind(args)
        else None
    )
    told = [one for one in (args.service, args.where) if one]
    which = runs.Which(books, _person(call, args.who), told)
    for run in runs.lately(unit, which, since=since, until=until, limit=_MOST):
        shown = cards.of_run(world, run)
        yield replace(shown, who=_agreed(unit, call, run)) if args.agreed else shown


def _agreed(unit: Unit, call: Call, run: Execution) -> str:
    """Who has approved a run, as far as whoever asks may see it: programs see requests one by one, and only theirs."""
    asked = [one for one in (run.request, *(step.request for step in run.steps.values())) if one]
    if call.only_looks or not call.may("approval.show"):
        return ", ".join(asked)
    votes = [vote for one in asked for vote in approvals.get(unit, one).votes]
    names = dict.fromkeys(vote.name for vote in votes if vote.choice is Choice.APPROVE)
    return list_of(list(names)) or ("nobody yet" if asked else "nobody had to")


def _deployments(
    unit: Unit, args: Lately, since: datetime | None, until: datetime | None
) -> Iterable[Happening]:
    """What pipelines reported; who is meant by whom they name is not known."""
    kind = deeds.kind(args.did)
    if args.who or args.agreed or (_is_of_a_kind(args) and kind not in _REPORTED):
        return
    which = deployments.Which([args.service] if args.service else None, _REPORTED.get(kind), args.where)
    for one in deployments.newest(unit, which, since=since, until=until, limit=_MOST):
        yield cards.of_deployment(one)


def _incidents(
    unit: Unit, call: Call, args: Lately, since: datetime | None, until: datetime | None
) -> Iterable[Happening]:
    if not call.may("incident.read"):
        return
    for one in incidents.declared(unit, since, until, args.service, _MOST)[0]:
        yield cards.of_incident(one)


def _person(call: Call, who: str) -> str:
    if who in ("", "me"):
        return call.person.id if who else ""
    return find_person(call.world, call.inbound.actor.platform, who).id


def _deeds(unit: Unit, call: Call, args: Lately) -> Reply:
    """What whoever asks did themselves, a row for each thing that they did it to; what others did is in the audit.

    Raises:
        Forbidden: it was somebody else, and the audit is not for whoever asks.
    """
    person = call.world.people[_person(call, args.who)]
    if person.id != call.person.id and not call.may("audit.read"):
        raise Forbidden("What others did is in the audit.", "It needs the permission audit.read.")
    when = args.when or "today"
    since, until = stretch(unit, call, when)
    done: dict[str, list[str]] = {}
    last: dict[str, datetime] = {}
    found = events.by(unit, person.id, since, until, _EVENTS + 1)
    for one in found[-_EVENTS:]:
        did = str(one["kind"]).partition(".")[2].replace("_", " ")
        if did not in _FOLLOWS:
            told = done.setdefault(one["ref"], [])
            told += [did] if did not in told else []
            last[one["ref"]] = one["at"]
    rows = [Happening(last[ref], f"{_title(unit, ref)}: {', '.join(told)}") for ref, told in done.items()]
    rows.sort(key=lambda one: one.at, reverse=True)
    whose = "you" if person.id == call.person.id else person.name
    more = f"I looked at the last {_EVENTS} entries alone; name a shorter time for those before." * (
        len(found) > _EVENTS
    )
    none = f"I know of nothing that {whose} did {when}."
    return Reply(card=cards.card(f"What {whose} did {when}", rows, none, more=more))


def _title(unit: Unit, ref: str) -> str:
    try:
        return begun.described(unit, ref) or ref
    except NotFound:
        return ref


VERBS = (
    Verb(
        name="oncall.lately",
        command="oncall lately",
        help="Show what happened in a time: incidents, runs and deployments; of one service, one kind, or by you.",
        example="/oncall lately last night",
        args=Lately,
        run=lately,
        rest="when",
        named=("service", "who", "did", "where"),
        reads=True,
        permission="",
    ),
)
