"""What is done with incidents when somebody asks: parse, call one unit, answer. The core decides what may follow."""

from dataclasses import replace
from typing import ClassVar, Literal

from core.catalogue.names import resolve
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.incidents import announcing, records, severity, units
from core.incidents.alerts.search import records as searching
from core.incidents.finding import units as finding
from core.incidents.incident import Incident, State
from core.incidents.links import records as linked
from core.incidents.paging import units as tie
from core.incidents.remedies import units as remedies
from core.incidents.reminding import records as paces
from core.incidents.roles.role import Role
from core.incidents.rooms import records as rooms
from core.incidents.said import Said, read
from core.incidents.states import needed_for
from core.incidents.tasks import records as tasks
from core.incidents.timeline import units as timeline
from core.incidents.triage import units as triage
from core.incidents.units import Declaration, News
from core.incidents.weighing import units as weighing
from core.incidents.whispers import units as whispers
from core.language.intent import Intent
from core.people.permissions import may
from core.place import Place
from core.runbooks import records as runs
from core.store.engine import Unit
from core.text import one_line
from core.world import World
from handlers import leading
from handlers.cards import incident as cards
from handlers.cards import links
from handlers.cards import severity as grades
from handlers.cards.card import Card, Code, literals, say
from handlers.cards.incident import Known
from handlers.inbound import Message
from handlers.incidents import facts, forms, keeping
from handlers.incidents.named import OnIncident, Words, about, spot, unsecret, which
from handlers.incidents.roles import briefed
from handlers.oncall import facts as page_facts
from handlers.talk import pending
from handlers.talk.pending import Order, Wanted
from handlers.verb import Args, Call, Reply


class Declare(Args):
    """What is wrong; all but the title has a default. A source is the message it was seen in.

    `new`: it is another one than what is open. `words` names what was said before that was asked.
    """

    carried: ClassVar[frozenset[str]] = Args.carried | {"source_at", "source_by"}
    title: str = ""
    severity: str = ""
    service: str = ""
    test: bool = False
    new: bool = False
    words: str = ""
    source_text: str = ""
    source_link: str = ""
    source_at: str = ""
    source_by: str = ""


class Shown(Words):
    """Which incident; `show`: only who did that to it, and when."""

    show: Literal["", "declared", "acknowledged", "resolved", "closed"] = ""


class Update(OnIncident):
    """News of an incident, and what changes with it."""

    text: str = ""
    state: str = ""
    severity: str = ""
    service: str = ""


class Grade(OnIncident):
    """How grave it is; `value` is what was chosen in a menu."""

    severity: str = ""
    value: str = ""


def declare(unit: Unit, call: Call, args: Declare) -> Reply:
    """Open an incident and show its card where it was declared, to its team and to operations."""
    if args.words:
        kept = records.take_words(unit, call.person.id, args.words)
        args = Declare.model_validate({**kept, "new": True})
    said = _read(call.world, args)
    if not said.title:
        _ask_what(unit, call, args)
        return Reply(card=cards.ask_title(said.severity))
    known = None if args.new or args.test else finding.same(unit, call.world, said.service, said.title)
    if known is not None:
        return Reply(card=_asked(unit, call, args, said, known))
    here = _channel(call.place)
    others = () if args.test else announcing.places(call.world, said.service)
    source = args.source_link or spot(call)
    declared = Declaration(
        title=said.title,
        severity=said.grade,
        by=call.person,
        service=said.service,
        source="" if args.source_text else source,
        places=tuple({(one.platform, one.channel): one for one in (*others, here)}.values()),
        is_test=args.test,
    )
    incident = units.declare(unit, declared)
    if args.source_text:
        seen = keeping.quote_of(unit, call, args.source_text, (args.source_at, args.source_by))
        timeline.keep(unit, incident.id, call.person, replace(seen, source=source, link=args.source_link))
    of = f" of {said.service}" if said.service else ""
    gap = tie.gap(unit, call.world, incident)
    return Reply(
        card=say(
            "You declared ",
            Code(text=incident.id),
            f"{of} as {severity.label(incident.severity)}. Its card is in this channel, and its thread is the "
            "thread of the incident: what you ask for there is about it.",
            f" ⚠ {gap}" if gap else "",
        )
    )


def _ask_what(unit: Unit, call: Call, args: Declare) -> None:
    """Let the next words say what is wrong; a severity in the place of the title is kept with them."""
    if isinstance(call.inbound, Message):
        raw = {"severity": args.severity or args.title, "service": args.service}
        told = Order("incident.declare", {name: value for name, value in raw.items() if value})
        pending.keep(unit, call, Wanted(call.inbound.text, Intent.INCIDENT_START), "title", told)


def _read(world: World, args: Declare) -> Said:
    """What is declared, with what stands in its title."""
    grave = severity.parse(args.severity) if args.severity else None
    service = resolve(args.service, world.services, "service").name if args.service else ""
    return read(world.services, args.title, grave, service)


def _asked(unit: Unit, call: Call, args: Declare, said: Said, known: Incident) -> Card:
    """Whether it is the one that is open; what was said is kept until that is answered."""
    names = ("service", "source_text", "source_link", "source_at", "source_by")
    kept = {name: str(getattr(args, name)) for name in names if getattr(args, name)} | {"title": said.title}
    if said.severity is not None:
        kept["severity"] = severity.label(said.severity)
    may_raise = may(call.person, "incident.severity", call.world.roles)
    kept = unsecret(call, kept)
    words = records.keep_words(unit, call.person.id, kept)
    said = replace(said, title=kept["title"])
    asked = Wanted(
        f"{said.title}: the same as {known.id}?",
        Intent.CLARIFICATION,
        otherwise=Order("incident.declare", {"words": words}),
    )
    pending.keep(unit, call, asked, "sure", Order("incident.same", {"id": known.id, "words": words}))
    return links.same(known, said, words, may_raise=may_raise)


def show(unit: Unit, call: Call, args: Shown) -> Reply:
    """The incident's card with its buttons, or who did one thing to it."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.show", args)
    if args.show:
        return Reply(card=facts.who(unit, call.world, incident_id, args.show))
    return Reply(card=live(unit, call.world, incident_id))


def update(unit: Unit, call: Call, args: Update) -> Reply:
    """Tell news; state, severity and service may change with it."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.update", args)
    changes, text = leading.pairs(args.text, ("state", "severity", "service"))
    args = args.model_copy(update=changes | {"text": text})
    if not (args.text or args.state or args.severity or args.service):
        raise Invalid("There is nothing to tell.", "Say it like: `/incident update we found the cause`.")
    state = _state(args.state) if args.state else None
    if state is not None:
        _must(call, needed_for(state))
    news = News(
        text=args.text,
        state=state,
        severity=severity.parse(args.severity) if args.severity else None,
        service=resolve(args.service, call.world.services, "service").name if args.service else None,
    )
    incident = units.tell(unit, incident_id, call.person, news)
    return Reply(card=say(f"It stands on the card of {incident.id} now, and was told in its thread."))


def grade(unit: Unit, call: Call, args: Grade) -> Reply:
    """Say how grave it is."""
    incident_id, args = about(unit, call, args, "severity")
    if incident_id is None:
        return which(unit, call, "incident.severity", args)
    wanted, why = severity.split(args.value or args.severity)
    incident = units.tell(unit, incident_id, call.person, News(severity=wanted, why=why))
    return Reply(card=say(f"{incident.id} is {severity.label(incident.severity)} now."))


def assess(unit: Unit, call: Call, args: Words) -> Reply:
    """How grave it is by what is known, each factor explained."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.assess", args)
    incident = records.get(unit, incident_id)
    return Reply(card=grades.assessment(incident, weighing.weigh(unit, call.world, incident)))


def acknowledge(unit: Unit, call: Call, args: Words) -> Reply:
    """Take it on, and lead."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.ack", args)
    more = leading.others(args.text)
    if more:
        return _all(unit, call, list(dict.fromkeys([incident_id, *more])))
    incident = units.acknowledge(unit, incident_id, call.person)
    return briefed(unit, call, incident, Role.COMMANDER)


def _all(unit: Unit, call: Call, ids: list[str]) -> Reply:
    """Take several on; one that cannot be any more does not keep the others from it."""
    said = []
    for one in ids:
        try:
            incident = units.acknowledge(unit, one, call.person)
            whispers.brief(unit, call.person, one, str(Role.COMMANDER), call.place.platform)
            said.append(f"You lead {one}: {incident.title}.")
        except (Conflict, NotFound) as error:
            said.append(error.sentence())
    return Reply(card=say(*literals(" ".join(said))))


def live(unit: Unit, world: World, ref: str) -> Card:
    """The card as it stands now."""
    incident = records.get(unit, ref)
    known = Known(
        searching.heard(unit, ref),
        weighing.weigh(unit, world, incident) if incident.is_open else None,
        triage.look(unit, world, incident) if incident.is_open else None,
        remedies.outlook(unit, world, incident),
        paces.of(unit, ref),
        tuple(tasks.of(unit, ref)),
        tuple(linked.of(unit, ref)),
        page_facts.of_incident(unit, world, ref),
        tuple(rooms.find(unit, ref)),
        tie.gap(unit, world, incident),
        tuple(records.beside(unit, incident)) if incident.is_open else (),
    )
    return cards.card(world, incident, [runs.get(unit, run) for run in records.runs(unit, ref)], known)


def _channel(place: Place) -> Place:
    """The channel of a place: an incident's card stands there and has a thread of its own."""
    return place.model_copy(update={"thread": None, "message": None})


_SAID = {"mitigated": "mitigating"}


def _state(text: str) -> State:
    word = _SAID.get(text.strip().lower(), text.strip().lower())
    if word not in forms.STEPS:
        raise Invalid(f"“{one_line(text, 40)}” is no state to set.", f"Choose {', '.join(forms.STEPS)}.")
    return State(word)


def _must(call: Call, permission: str) -> None:
    if not may(call.person, permission, call.world.roles):
        raise Forbidden(
            f"You may not do that: it needs the permission `{permission}`.", "Ask somebody who may."
        )
