"""Alerts by chat: look at them, keep them quiet for a time, say that one is over."""

from core.catalogue import names
from core.errors import Invalid, NotFound
from core.incidents.alerts import records
from core.incidents.alerts import units as alerts
from core.incidents.alerts.alert import State
from core.incidents.alerts.search import records as searching
from core.incidents.alerts.search.records import Search
from core.incidents.heartbeats import records as waited_for
from core.language.intent import Intent
from core.source import suggestion
from core.store.engine import Unit
from core.text import one_line
from core.world import World
from handlers.cards import alerts as cards
from handlers.cards import heartbeat as heartbeat_cards
from handlers.cards.card import Card, Text, line, say
from handlers.talk import filters
from handlers.verb import Args, Call, Nothing, Reply, Verb

PAGE_VIEW = "alerts"
_SHOWN, _ON_PAGE = 15, 200
_KINDS = {
    "firing": Search(state=State.FIRING, muted=False),
    "silenced": Search(state=State.FIRING, muted=True),
    "over": Search(state=State.RESOLVED),
    "all": Search(),
}


class List(Args):
    """Which alerts, and of which service."""

    which: str = "firing"
    service: str = ""


class OnAlert(Args):
    """Which alert: its id, or the beginning of it."""

    id: str


def listing(unit: Unit, call: Call, args: List) -> Reply:
    """Alerts in a table."""
    wanted = _KINDS.get(args.which.lower())
    if wanted is None:
        raise Invalid(f"“{one_line(args.which, 40)}” is no list of alerts.", suggestion(args.which, _KINDS))
    service = _service(unit, call.world, args.service)
    which, of = args.which.lower(), f" of {service}" if service else ""
    wanted = Search(wanted.state, service=service, muted=wanted.muted)
    card = _listed(unit, call.world, wanted, f"Alerts: {which}{of}", _SHOWN)
    if wanted != Search(State.FIRING, service=service, muted=False):
        return Reply(card=card)
    quiet = searching.tally(unit, Search(State.FIRING, service=service, muted=True)).alerts
    told = (
        f"{quiet:,} more {'fires' if quiet == 1 else 'fire'} and {'is' if quiet == 1 else 'are'} silenced: "
    )
    told += f"/alerts list silenced {service}".rstrip()
    return Reply(card=_with(card, told) if quiet else card)


def _service(unit: Unit, world: World, named: str) -> str:
    """The name that its alerts are kept under; of one that was taken out of the catalogue there may be some still.

    Raises:
        Invalid: there is no such service.
    """
    if not named or named in searching.services(unit):
        return named
    return names.resolve(named, world.services, "service").name


def _with(card: Card, words: str) -> Card:
    """The same card with a line more."""
    told = Text(line=line(words), small=True)
    changes = {"parts": (*card.parts, told), "summary": f"{card.summary} {words}"}
    return card.model_copy(update=changes)


def page(unit: Unit, world: World, ref: str) -> Card:
    """The page of alerts: all of them, firing ones first, or those that its address names: a kind, or a service.

    Raises:
        NotFound: there are no such alerts.
    """
    named = ref.partition("-")[2]
    kind, _, service = named.partition("-") if named.startswith(cards.OF) else (named, "", "")
    service = world.services[service].name if service in world.services else ""
    wanted = _KINDS.get(kind.lower() or "all") if kind != cards.OF else Search(service=service)
    if wanted is None or (kind == cards.OF and not service):
        raise NotFound("There is no such page of alerts.", "`/alerts list` links to those that there are.")
    named = service or (kind.lower() if kind else "")
    card = _listed(unit, world, wanted, f"Alerts: {named}" if named else "Alerts", _ON_PAGE)
    services = searching.services(unit)
    shown = cards.filtered(world, card, tuple(_KINDS), [name for name in services if name in world.services])
    if named or not world.heartbeats:
        return shown
    beats = heartbeat_cards.listing(world, waited_for.known(unit), with_addresses=False)
    return shown.model_copy(update={"parts": (*shown.parts, *beats.parts)})


def heartbeats(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """What has to report again and again, and where to."""
    return Reply(
        card=heartbeat_cards.listing(call.world, waited_for.known(unit), with_addresses=not call.only_looks)
    )


def show(unit: Unit, call: Call, args: OnAlert) -> Reply:
    """One alert."""
    alert = searching.get(unit, args.id)
    return Reply(card=cards.one(call.world, alert, records.group(unit, alert.group)))


def resolve(unit: Unit, call: Call, args: OnAlert) -> Reply:
    """Say that an alert is over whose sender does not."""
    alert = searching.get(unit, args.id)
    if alert.state is State.RESOLVED:
        raise Invalid(f"{alert.name} is over already.", "`/alerts list` shows what fires.")
    alerts.end(unit, alert, call.person.id)
    return Reply(card=say(f"{alert.name} counts as over. If its sender tells of it again, it fires again."))


def _listed(unit: Unit, world: World, wanted: Search, title: str, limit: int) -> Card:
    found, _ = searching.find(unit, wanted, limit)
    groups = records.groups(unit, {one.group for one in found})
    return cards.listing(world, found, groups, title, searching.tally(unit, wanted).alerts)


VERBS = (
    Verb(
        name="alert.list",
        command="alerts list",
        help="Show alerts: firing (the default), silenced, over or all.",
        example="/alerts list firing",
        intents=(Intent.STATUS_QUERY,),
        hears=filters.alerts,
        args=List,
        run=listing,
        reads=True,
        order=("which", "service"),
        aliases=("alerts",),
        permission="incident.read",
        patterns=(
            r"(?:show|list)(?:\s+me)?(?:\s+the)?(?:\s+(?P<which>firing|silenced|all))?\s+alerts[.!?]*",
            r"(?:which|what)\s+alerts\s+(?:are\s+)?(?P<which>firing|silenced)[?.]*",
            r"what(?:\s+is|'s)\s+(?P<which>firing)[?.]*",
        ),
        choices={"which": lambda _world, _typed: [(name, name) for name in _KINDS]},
    ),
    Verb(
        name="alert.show",
        command="alerts show",
        help="Show one alert with its labels and the sender's words.",
        example="/alerts show 3f9c2d41",
        args=OnAlert,
        run=show,
        reads=True,
        order=("id",),
        permission="incident.read",
    ),
    Verb(
        name="alert.resolve",
        command="alerts resolve",
        help="Say that an alert is over whose sender does not.",
        example="/alerts resolve 3f9c2d41",
        args=OnAlert,
        run=resolve,
        order=("id",),
        permission="incident.resolve",
    ),
    Verb(
        name="alert.heartbeats",
        command="alerts heartbeats",
        help="Show what has to report again and again, when it last did, and the address it reports to.",
        example="/alerts heartbeats",
        args=Nothing,
        run=heartbeats,
        reads=True,
        permission="incident.silence",
    ),
)

VIEWS = {PAGE_VIEW: page}
