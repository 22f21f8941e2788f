"""The list of incidents: those that are open, or of a state, a service, a severity or a time."""

from pydantic import Field

from core.catalogue.names import resolve
from core.errors import Invalid, WardroomError
from core.incidents import records, severity
from core.incidents.incident import State
from core.incidents.records import Search
from core.store.engine import Unit
from core.text import one_line
from handlers.cards import incident_list
from handlers.cards.incident_list import ROWS, Cut
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
    """Which incidents: of a state, a service, a severity, or declared in a time: `when`. `skip` is how many were shown already."""

    which: str = ""
    service: str = ""
    severity: str = ""
    when: str = ""
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
    )
    asked = args.model_dump(exclude={"skip"}, exclude_defaults=True)
    part = Cut(asked, args.skip, records.count(unit, wanted))
    found = records.search(unit, wanted, limit=ROWS, skip=args.skip)
    named = [args.service, args.severity.upper(), one_line(args.when, 60)]
    which = "" if args.when and args.which == "all" else f"{args.which} "
    title = f"Incidents: {which}{' '.join(one for one in named if one)}".rstrip()
    return Reply(card=incident_list.listing(found, title, part))


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
        changes |= {"which": rest, **_named(call, args.which)}
    return args.model_copy(update=changes)


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
