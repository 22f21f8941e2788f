"""The timeline when somebody asks: keep words or a message on it, look at it, change a line, take one away."""

from dataclasses import replace
from typing import ClassVar

from core.ids import parse_numbered
from core.incidents import records
from core.incidents.timeline import marks, units
from core.incidents.timeline import records as lines
from core.incidents.units import PREFIX
from core.language.intent import Intent
from core.store.engine import Unit
from core.world import World
from handlers.cards import timeline as cards
from handlers.cards.card import Card, say
from handlers.cards.form import Form, FormField
from handlers.incidents import keeping
from handlers.incidents.named import OnIncident, Words, about, spot, which
from handlers.talk import heard
from handlers.verb import Args, Call, Reply, Verb

_PAGE, _LONG = 40, 500


class Keep(Words):
    """Words for the timeline; the rest is of the message that they stand in, which brings it along itself."""

    carried: ClassVar[frozenset[str]] = Args.carried | {"source", "source_at", "source_by", "source_link"}
    source: str = ""
    source_at: str = ""
    source_by: str = ""
    source_link: str = ""


class History(Words):
    """Which timeline; `before` is the line before which one wants to read on."""

    carried: ClassVar[frozenset[str]] = Args.carried | {"before"}
    before: str = ""


class Line(OnIncident):
    """Which line of it, and its new words."""

    line: int
    text: str = ""


def timeline(unit: Unit, call: Call, args: Keep) -> Reply:
    """Keep words, or a message, on the timeline; without words, show it."""
    args = args.model_copy(update={"source": args.source or spot(call)})
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.timeline", args)
    if not args.text:
        return _page(unit, call.world, incident_id, "")
    said = keeping.quote_of(unit, call, args.text, (args.source_at, args.source_by))
    said = replace(said, source=args.source, link=args.source_link)
    incident = units.keep(unit, incident_id, call.person, said)
    return Reply(card=say(f"It is on the timeline of {incident.id}."))


def history(unit: Unit, call: Call, args: History) -> Reply:
    """What happened so far; the newest first page, and what was before it."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.history", args, only_open=False)
    return _page(unit, call.world, incident_id, args.before)


def reword(unit: Unit, call: Call, args: Line) -> Reply:
    """Write a line in other words."""
    incident_id = _named(args)
    units.reword(unit, incident_id, args.line, call.person, args.text)
    return Reply(card=say(f"Line {args.line} of {incident_id} is changed."))


def strike(unit: Unit, call: Call, args: Line) -> Reply:
    """Take a line away."""
    incident_id = _named(args)
    units.strike(unit, incident_id, args.line, call.person)
    return Reply(card=say(f"Line {args.line} is off the timeline of {incident_id}."))


def _page(unit: Unit, world: World, incident_id: str, before: str) -> Reply:
    incident = records.get(unit, incident_id)
    cut = marks.read(before, limit=_PAGE + 1, newest=True)
    names = {person.id: person.name for person in world.people.values()}
    found = units.read(unit, names, incident, cut)
    return Reply(card=cards.timeline(world, incident, found[-_PAGE:], has_more=len(found) > _PAGE))


def _named(args: Line) -> str:
    return parse_numbered(args.id, PREFIX)


def _form(unit: Unit, _world: World, known: dict[str, str]) -> Form | None:
    """The words of a line as they are, to be changed."""
    if known.get("text") or not known.get("line", "").isdigit():
        return None
    incident_id = parse_numbered(known.get("id", ""), PREFIX)
    entry = lines.get(unit, incident_id, int(known["line"]))
    field = FormField(name="text", label="What happened?", kind="long", default=entry.text, max_length=3_000)
    return Form(
        title="Change a line",
        verb="incident.reword",
        object=incident_id,
        args={"line": known["line"]},
        fields=(field,),
        submit="Save",
    )


_ID = r"(?:incident\s+)?(?P<id>inc-\d+)"


def page(unit: Unit, world: World, ref: str) -> Card:
    """The newest lines of a timeline, for its page."""
    incident = records.get(unit, ref.removeprefix(cards.PREFIX))
    names = {person.id: person.name for person in world.people.values()}
    found = units.read(unit, names, incident, marks.read("", limit=_LONG + 1, newest=True))
    return cards.timeline(world, incident, found[-_LONG:], has_more=len(found) > _LONG)


VERBS = (
    Verb(
        name=keeping.PERMISSION,
        command="incident timeline",
        help="Keep words on the timeline; without words, show it.",
        example="/incident timeline INC-1 rolled back to 4.17",
        intents=(Intent.INCIDENT_UPDATE,),
        hears=heard.noted,
        args=Keep,
        run=timeline,
        rest="text",
    ),
    Verb(
        name="incident.history",
        command="incident history",
        help="Show what happened, when, and who did it.",
        example="/incident history INC-1",
        intents=(Intent.STATUS_QUERY,),
        hears=heard.history,
        args=History,
        run=history,
        reads=True,
        rest="text",
        aliases=("incident log",),
        permission="incident.read",
        patterns=(rf"(?:show\s+(?:me\s+)?)?(?:the\s+)?timeline\s+of\s+{_ID}[.!?]*",),
    ),
    Verb(
        name="incident.reword",
        command="incident reword",
        help="Change a line that somebody kept on the timeline; its number stands before it.",
        example="/incident reword INC-1 12 rolled back to 4.17",
        args=Line,
        run=reword,
        order=("id", "line"),
        rest="text",
        permission=keeping.PERMISSION,
        looks=_form,
        form_on="always",
    ),
    Verb(
        name="incident.strike",
        command="incident strike",
        help="Take a line that somebody kept off the timeline.",
        example="/incident strike INC-1 12",
        args=Line,
        run=strike,
        order=("id", "line"),
        permission=keeping.PERMISSION,
    ),
)

VIEWS = {cards.VIEW: page}
