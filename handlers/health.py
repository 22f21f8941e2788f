"""How services are, for whoever asks: the board, one service, and the card of a time in which one was not healthy."""

import re
from typing import Literal

from core.catalogue.deployments import records as deployments
from core.catalogue.model import Service
from core.catalogue.names import resolve
from core.errors import Invalid, NotFound
from core.health import records, units
from core.health.spell import VIEW
from core.incidents import records as incidents
from core.incidents.incident import Incident
from core.incidents.pulse import units as pulse
from core.language.intent import Intent
from core.runbooks import records as runs
from core.store.engine import Unit
from core.world import World
from handlers.cards import about
from handlers.cards import health as cards
from handlers.cards.card import Card, Text, literals
from handlers.inbound import Message
from handlers.talk import heard
from handlers.talk.deeds import name_of
from handlers.verb import NOTHING, Args, Call, Reply, Verb

_ALL = r"(?:everything|anything|all|things|everybody|we)"
_NAME = rf"(?:the\s+)?(?:service\s+)?(?P<service>(?!{_ALL}\b|(?:our\s+)?mtt[ar]\b|(?:inc|run|ap|pg|sil|ask|wish)-\d)[\w.-]+(?:\s+[\w.-]+){{0,2}}?(?:(?:\s*,\s*|\s+and\s+|\s*&\s*)[\w.-]+){{0,5}}?)"
_EACH = re.compile(r"\s*(?:,|&|\band\b)\s*(?:the\s+)?", re.IGNORECASE)
_HOW = r"(?:healthy|unhealthy|well|good|green|alright|all right|in order|up|down|ok|okay|working|degraded|slow|broken|fine|alive)"
_SEVERAL, _LATELY, _SHIPPED = 2, 10, 3
_ABOUT = re.compile(r"\b(?:status|services?)\b", re.IGNORECASE)


class Show(Args):
    """Of which service; of all, if none is named. `about` asks for one thing about it besides how it is."""

    service: str = ""
    about: Literal["", "needs", "needed", "owner", "aims", "where", "work"] = ""


def show(unit: Unit, call: Call, args: Show) -> Reply:
    """The board, or one service. Words that were not meant for us, about what is no service, are left alone."""
    overheard = isinstance(call.inbound, Message) and not call.inbound.addressed
    if not args.service:
        if overheard and not _ABOUT.search(getattr(call.inbound, "text", "")):
            return NOTHING
        return Reply(card=_board(unit, call, sorted(call.world.services), incidents.open_of(unit)))
    try:
        services = _named(call.world, args.service)
    except Invalid:
        if overheard:
            return NOTHING
        where = name_of(call.world.environments, args.service)
        if where:
            return Reply(card=_environment(unit, call, where))
        raise
    return Reply(card=_of(unit, call, services, args.about))


def _of(unit: Unit, call: Call, services: list[Service], what: str) -> Card:
    """One service, with `what` about it besides how it is; or several beside each other."""
    if len(services) > 1:
        named = [one.name for one in services]
        at_work = [one for name in named for one in incidents.open_of(unit, name)]
        return _board(unit, call, named, sorted(at_work, key=lambda one: (one.severity, one.created)))
    one = services[0]
    if what:
        return _about(unit, call, one, what)
    at_work = incidents.open_of(unit, one.name)
    return _as_seen(call, _detail(unit, call.world, one, _told(call, at_work)), at_work)


def _told(call: Call, at_work: list[Incident]) -> list[Incident]:
    """The incidents, for whoever may see them."""
    return at_work if call.may("incident.read") else []


def _as_seen(call: Call, card: Card, at_work: list[Incident]) -> Card:
    """The card for whoever may not see incidents: how many are open, and no link to where they are named."""
    if call.may("incident.read"):
        return card
    count = "1 incident is" if len(at_work) == 1 else f"{len(at_work)} incidents are"
    words = f"{count} open; to see more of that needs the permission `incident.read`."
    told = (Text(line=literals(words), small=True),) if at_work and call.token is None else ()
    summary = f"{card.summary} {words}" if told else card.summary
    return card.model_copy(update={"parts": (*card.parts, *told), "link": "", "summary": summary})


def _board(unit: Unit, call: Call, names: list[str], at_work: list[Incident]) -> Card:
    reports = units.reports(unit, call.world.services, names)
    return _as_seen(call, cards.board(call.world, reports, _told(call, at_work)), at_work)


def _environment(unit: Unit, call: Call, where: str) -> Card:
    """All services, since checks belong to these, and what is done in that environment."""
    board = _board(unit, call, sorted(call.world.services), incidents.open_of(unit))
    shipped = deployments.newest(unit, deployments.Which(None, None, where), limit=_SHIPPED)
    running = None
    if call.may("runbook.list"):
        running = [run for run in runs.find(unit, running=True) if where in run.params.values()]
    return about.environment(call.world, where, board, running, shipped)


def _about(unit: Unit, call: Call, service: Service, what: str) -> Card:
    """What is known of it besides how it is."""
    if what in about.OF_A_SERVICE:
        return about.OF_A_SERVICE[what](call.world, service)
    if what == "where":
        which = deployments.Which([service.name])
        return about.where(call.world, service, deployments.newest(unit, which, limit=_LATELY))
    mine = None
    if call.may("runbook.list"):
        mine = [run for run in runs.find(unit, running=True) if service.name in run.params.values()]
    at_work = incidents.open_of(unit, service.name)
    if at_work and not _told(call, at_work):
        return _as_seen(call, about.owner(call.world, service), at_work)
    return about.work(call.world, service, at_work, mine)


def _named(world: World, words: str) -> list[Service]:
    """The services that are named: one, or several with commas or “and” between them.

    Raises:
        Invalid: one of them is none that is known.
    """
    try:
        return [resolve(words, world.services, "service")]
    except Invalid:
        several = [one for one in _EACH.split(words.strip()) if one]
        if len(several) < _SEVERAL:
            raise
        return [resolve(one, world.services, "service") for one in dict.fromkeys(several)]


def board(unit: Unit, world: World, _ref: str) -> Card:
    """How all services are now."""
    reports = units.reports(unit, world.services, sorted(world.services))
    return cards.board(world, reports, incidents.open_of(unit))


def one(unit: Unit, world: World, ref: str) -> Card:
    """How the service is now whose page this is.

    Raises:
        NotFound: there is no such service any more.
    """
    service = world.services.get(ref.removeprefix(f"{cards.ONE}-"))
    if service is None:
        raise NotFound("There is no such service.", "`/status` shows all.")
    return _detail(unit, world, service, incidents.open_of(unit, service.name))


def spell(unit: Unit, world: World, ref: str) -> Card:
    """The live card of a time in which a service is not healthy."""
    found = records.spell(unit, ref)
    return cards.spell(world, found, "" if found.ended else pulse.incident_of(unit, found.service))


def _detail(unit: Unit, world: World, service: Service, at_work: list[Incident]) -> Card:
    (report,) = units.reports(unit, world.services, [service.name])
    shipped = deployments.newest(unit, deployments.Which([service.name]), limit=cards.DEPLOYMENTS)
    return cards.detail(world, report, records.spells_of(unit, service.name), shipped, at_work)


def _services(world: World, typed: str) -> list[tuple[str, str]]:
    del typed
    return [(name, name) for name in world.services]


VERBS = (
    Verb(
        name="health.show",
        command="status",
        help="Show which services are healthy and why others are not, or one service with its checks.",
        example="/status checkout",
        intents=(Intent.STATUS_QUERY,),
        hears=heard.services,
        args=Show,
        run=show,
        reads=True,
        rest="service",
        named=("about",),
        aliases=("wardroom status",),
        permission="",
        patterns=(
            rf"(?:what(?:'s| is)\s+)?(?:the\s+)?(?:status|health)\s+of\s+(?!(?:my|our|the|this)\s+incident\b){_NAME}\s*[?.!]*",
            rf"(?:how(?:'s| is))\s+{_NAME}(?:\s+doing)?\s*\?*",
            rf"is\s+{_NAME}\s+{_HOW}\s*\?*",
            r"(?:show\s+(?:me\s+)?)?(?:the\s+)?(?:service\s+)?status(?:\s+board)?[?.!]*",
            r"(?:what|which\s+services?)(?:'s|\s+is|\s+are)\s+(?:down|unhealthy|broken)\s*\?*",
            rf"(?:(?:are|is)\s+)?(?:all|everything|all\s+(?:of\s+)?(?:the\s+|our\s+)?(?:services|systems))\s+{_HOW}\s*\?*",
            r"is\s+(?:anything|something)\s+(?:down|unhealthy|broken|wrong|slow|degraded)\s*\?*",
            r"how\s+(?:is|are)\s+(?:everything|all|the\s+services|our\s+services|all\s+(?:of\s+)?(?:the\s+|our\s+)?(?:services|systems)|the\s+systems|our\s+systems|things)(?:\s+(?:doing|going|today|now|looking))*\s*\?*",
            rf"how\s+are\s+(?=.*(?:\band\b|,|&|\bdoing\b)){_NAME}(?:\s+doing)?\s*\?*",
            rf"are\s+(?=.*(?:\band\b|,|&)){_NAME}\s+{_HOW}\s*\?*",
        ),
        choices={"service": _services},
    ),
)

VIEWS = {VIEW: spell, "service": one, "services": board}
