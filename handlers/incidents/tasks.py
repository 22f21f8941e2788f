"""The verb by which people give, finish and list the tasks of an incident."""

from collections.abc import Callable

from core.errors import Invalid
from core.incidents import records
from core.incidents.tasks import records as tasks
from core.incidents.tasks import units
from core.incidents.tasks.task import split
from core.incidents.tasks.units import Wanted
from core.oncall.moments import moment
from core.people.person import Person
from core.store.engine import Unit
from core.text import one_line
from core.world import World
from handlers import leading
from handlers.cards import tasks as cards
from handlers.cards.card import Card, say
from handlers.cards.form import Form, FormField
from handlers.incidents import forms
from handlers.incidents.named import OnIncident, about, which
from handlers.verb import Call, Reply, Verb
from handlers.whom import find_person, people

_ME = ("me", "@me", "myself", "my", "i")
_HOW = "For example: `/incident task add INC-1 rotate the keys @bo`, `done INC-1 2`, `list INC-1`."


class Job(OnIncident):
    """What to do with tasks: add, done, open or list, and which; `who` shall do it until `due`. A menu says `value`."""

    text: str = ""
    who: str = ""
    due: str = ""
    value: str = ""


def task(unit: Unit, call: Call, args: Job) -> Reply:
    """Add a task, finish one, take one up again, or list them."""
    incident_id = None
    if args.words:
        incident_id, args = about(unit, call, args, "text")
    args = _read(args)
    if incident_id is None:
        incident_id, args = about(unit, call, args, "text")
    if incident_id is None and args.value == "list":
        return _everywhere(unit, call, args)
    if incident_id is None:
        return which(unit, call, "incident.task", args, only_open=False)
    return _DOES[args.value](unit, call, incident_id, args)


def due(unit: Unit, _world: World, ref: str) -> Card:
    """A task that is due, as it stands now."""
    incident_id, _, number = ref.partition(":")[0].partition("/")
    return cards.due(records.get(unit, incident_id), tasks.get(unit, incident_id, int(number)))


def _read(args: Job) -> Job:
    """What is to be done with which task, whether the incident or the action is said first."""
    named, text = leading.incident(f"{args.value} {args.text}".strip())
    action, _, rest = text.strip().partition(" ")
    if not named:
        named, rest = leading.incident(rest)
    action = action.casefold() or "list"
    if action not in _DOES:
        raise Invalid(f"“{one_line(action, 40)}” is nothing that tasks know.", _HOW)
    return args.model_copy(update={"id": args.id or named, "value": action, "text": rest.strip()})


def _add(unit: Unit, call: Call, incident_id: str, args: Job) -> Reply:
    text, who, until = split(args.text)
    who, until = args.who or who, args.due or until
    to = _person(call, who) if who else None
    at = moment(until, unit.now, call.person.timezone) if until else None
    made = units.add(unit, incident_id, call.person, Wanted(text, to, at))
    return Reply(card=say(f"It is task {made.number} of {incident_id}: {made.words}."))


def _everywhere(unit: Unit, call: Call, args: Job) -> Reply:
    """What is still to be done, in all incidents: by anybody, or by one person."""
    person = _person(call, args.who) if args.who else None
    whose = "" if person is None else "yours" if person == call.person else person.name
    found = tasks.open_ones(unit, person.id if person else "", limit=cards.MOST + 1)
    return Reply(card=cards.everywhere(found, whose))


def _person(call: Call, who: str) -> Person:
    is_me = who.casefold() in _ME
    return call.person if is_me else find_person(call.world, call.inbound.actor.platform, who)


def _done(unit: Unit, call: Call, incident_id: str, args: Job) -> Reply:
    made = units.finish(unit, incident_id, _number(args.text), call.person)
    left = cards.left(tasks.of(unit, incident_id)) or "That was the last one."
    return Reply(card=say(f"Task {made.number} of {incident_id} is done. {left}", tone="good"))


def _open(unit: Unit, call: Call, incident_id: str, args: Job) -> Reply:
    made = units.again(unit, incident_id, _number(args.text), call.person)
    return Reply(card=say(f"Task {made.number} of {incident_id} is open again."))


def _list(unit: Unit, _call: Call, incident_id: str, _args: Job) -> Reply:
    return Reply(card=cards.listing(records.get(unit, incident_id), tasks.of(unit, incident_id)))


_DOES: dict[str, Callable[[Unit, Call, str, Job], Reply]] = {
    "add": _add,
    "done": _done,
    "open": _open,
    "list": _list,
}


def form(world: World, known: dict[str, str]) -> Form | None:
    """What is to be done, by whom and until when; asked where only `add` was said."""
    word, _, rest = known.get("text", "").strip().partition(" ")
    named, more = leading.incident(rest)
    if word.casefold() != "add" or more or known.get("words") or known.get("value"):
        return None
    fields = (
        FormField(name="text", label="What is to be done?", max_length=300),
        forms.somebody(world, "who", "By whom?", "Nobody named: anybody."),
        FormField(name="due", label="Until when?", required=False, hint="For example: tomorrow 09:00"),
    )
    made = forms.on_incident("A task", "incident.task", known.get("id") or named, fields, "Add")
    return made.model_copy(update={"args": {"value": "add"}})


def _number(text: str) -> int:
    word = text.strip().lstrip("#").partition(" ")[0].rstrip(".")
    if not word.isdecimal() or len(word) > 3:  # noqa: PLR2004 - nobody has a thousand tasks
        raise Invalid("Which task?", "Say its number: `/incident task done INC-1 2`.")
    return int(word)


VERBS = (
    Verb(
        name="incident.task",
        command="incident task",
        help="Add a task, finish it, open it again, or list them: of one incident, or what is open in all (who=me).",
        example="/incident task add INC-1 rotate the keys @bo",
        args=Job,
        run=task,
        rest="text",
        named=("who", "due"),
        aliases=("incident tasks",),
        form=form,
        form_on="always",
        patterns=(
            r"(?:please\s+)?(?P<value>add|create|make)\s+(?:an?\s+|another\s+)?(?:new\s+)?(?:task|action\s+(?:item|point)|to-?do|follow[ -]?up)\s+(?:to|for|on|in)\s+(?P<id>inc-\d+)\s*[:,–-]?\s*(?P<text>\S.*)",
            r"(?:(?:show|list|what\s+are)\s+(?:me\s+)?)?(?:the\s+)?(?:open\s+)?(?:tasks|action\s+(?:items|points)|to-?dos|follow[ -]?ups)\s+(?:of|for|in|on)\s+(?P<id>inc-\d+)[?.!]*",
        ),
        choices={
            "value": lambda _world, _typed: [(word, word) for word in _DOES],
            "who": people,
        },
    ),
)

VIEWS = {units.CARD: due}
