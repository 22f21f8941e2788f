"""The list of incidents: those that are open, or of a state, a service, a severity or a time."""

from typing import ClassVar, Literal

from pydantic import Field

from core.catalogue.names import resolve
from core.errors import Invalid, WardroomError
from core.incidents import records, severity
from core.incidents.incident import State
from core.incidents.records import Search
from core.store.engine import Unit
from core.text import one_line
from handlers.cards import incident_list
from handlers.cards.card import say
from handlers.cards.incident_list import ROWS, Cut
from handlers.incidents.work import live
from handlers.talk.happenings import stretch
from handlers.verb import Args, Call, Reply

_MOST = 100_000
_OVER = (State.RESOLVED, State.CLOSED)
STATES = {
    "open": tuple(state for state in State if state not in _OVER),
    "all": tuple(State),
    "resolved": _OVER,
    "closed": (State.CLOSED,),
}


class List(Args):
    """Which incidents: of a state, a service, a severity, or declared in a time: `when`.

    `skip` is how many were shown already; `last`: only the newest of them, whole.
    """

    carried: ClassVar[frozenset[str]] = Args.carried | {"last"}

    which: str = ""
    service: str = ""
    severity: str = ""
    when: str = ""
    last: Literal["", "yes"] = ""
    skip: int = Field(default=0, ge=0, le=_MOST)


def listing(unit: Unit, call: Call, args: List) -> Reply:
    """Incidents in a table, some at a time."""
    args = _read(call, args)
    since, until = stretch(unit, call, args.when) if args.when else (None, None)
    wanted = Search(
        states=STATES[args.which],
        service=args.service,
        severity=severity.parse(args.severity) if args.severity else 0,
        since=since,
        until=until,
        newest=bool(args.last),
    )
    if args.last:
        return _newest(unit, call, args, wanted)
    asked = args.model_dump(exclude={"skip"}, exclude_defaults=True)
    part = Cut(asked, args.skip, records.count(unit, wanted))
    found = records.search(unit, wanted, limit=ROWS, skip=args.skip)
    return Reply(card=incident_list.listing(found, f"Incidents: {_described(args)}".rstrip(), part))


def _newest(unit: Unit, call: Call, args: List, wanted: Search) -> Reply:
    """The card of the one that was declared last."""
    found = records.search(unit, wanted, limit=1)
    if found:
        return Reply(card=live(unit, call.world, found[0].id))
    of = _described(args)
    return Reply(card=say(f"There has been no incident{f' ({of})' if of else ''}."))


def _described(args: List) -> str:
    """Which were asked for, in a few words."""
    named = [args.service, args.severity.upper(), one_line(args.when, 60)]
    which = "" if (args.when or args.last) and args.which == "all" else args.which
    return " ".join(one for one in (which, *named) if one)


def _read(call: Call, args: List) -> List:
    """With every filter in its place: what is said first may be a state, a service or a severity.

    Raises:
        Invalid: it is none of these.
    """
    said = args.which.casefold()
    rest = "all" if args.when else "open"
    changes = {"which": said or rest}
    if args.service:
        changes["service"] = resolve(args.service, call.world.services, "service").name
    if said and said not in STATES:
        named = _named(call, args.which)
        _refuse_both(args.model_copy(update=changes), named)
        changes |= {"which": rest, **named}
    return args.model_copy(update=changes)


def _refuse_both(args: List, named: dict[str, str]) -> None:
    """One list is of one service, and of one severity.

    Raises:
        Invalid: two are named.
    """
    for name, value in named.items():
        other = getattr(args, name)
        if other and (severity.label(severity.parse(other)) if name == "severity" else other) != value:
            mend = f"Name one: `/incident list {value}`."
            raise Invalid(f"No incident is of {value} and of {other} at once.", mend)


def _named(call: Call, word: str) -> dict[str, str]:
    try:
        return {"severity": severity.label(severity.parse(word))}
    except WardroomError:
        pass
    try:
        return {"service": resolve(word, call.world.services, "service").name}
    except WardroomError:
        mend = f"Choose {', '.join(STATES)}, a service, or a severity like SEV1."
        raise Invalid(f"“{one_line(word, 40)}” is no list.", mend) from None
