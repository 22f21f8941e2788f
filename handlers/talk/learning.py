"""What somebody prefers, what was noticed about how they work, and what they could do next."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.approvals import records as approvals
from core.catalogue.names import resolve
from core.conversation.learning import units
from core.conversation.learning.advice import Situation, Trouble, advise
from core.errors import Invalid, NotFound
from core.incidents import records as incidents
from core.incidents.incident import Incident
from core.language.intent import Intent
from core.language.moments.zones import zone_called
from core.people.permissions import may
from core.runbooks import records as runs
from core.runbooks.states import ExecutionState
from core.source import suggestion
from core.store.engine import Unit
from core.text import one_line
from core.world import World
from handlers.cards import learning as cards
from handlers.talk import heard, remembering
from handlers.verb import Args, Call, Nothing, OnObject, Reply, Verb

_INCIDENTS = 5
_LOOKED_AT = 50


class Preference(Args):
    """What is preferred for what; nothing: show all. `zone` is said in words."""

    key: str = ""
    value: str = ""
    zone: str = ""


class Answer(OnObject):
    """Which of what was noticed, and whether to use it."""

    said: str = ""


def prefer(unit: Unit, call: Call, args: Preference) -> Reply:
    """Keep what is to be used where nothing is said; without words, show all of it."""
    if args.zone:
        known = zone_called(args.zone)
        is_place = known is not None and isinstance(known[1], ZoneInfo)
        args = Preference(key="zone", value=known[0] if known and is_place else args.zone)
    if not args.key:
        return Reply(card=cards.preferences(units.preferred(unit, call.person.id)))
    if not args.value:
        raise Invalid(
            f"What do you prefer as {one_line(args.key, 40)}?", "`/wardroom prefer environment staging`"
        )
    key, value = _checked(call.world, args.key.strip().lower(), args.value)
    return Reply(card=cards.preferred(units.prefer(unit, call.person, key, value)))


def noticed(unit: Unit, call: Call, args: Answer) -> Reply:
    """Say whether to use what was noticed."""
    number = args.id.upper().removeprefix(cards.PREFIX)
    said = args.said.strip().lower()
    if said not in ("yes", "no"):
        raise Invalid("Say yes or no.", f"`/wardroom noticed {one_line(args.id, 20)} yes`")
    if not number.isdecimal():
        raise NotFound(
            f"I noticed nothing with the id “{one_line(args.id, 40)}”.", "`/wardroom memory` shows all."
        )
    found = units.answer(unit, call.person, int(number), yes=said == "yes")
    return Reply(card=cards.taken(found, yes=said == "yes"))


def what_next(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """What somebody could do next, each with its reason. Nothing of it is run."""
    person = call.person
    last, after = units.follows(unit, person.id)
    now = Situation(
        troubles=tuple(_troubles(unit, call)),
        waiting=tuple(request.id for request in approvals.waiting_for(unit, person.id)),
        last=last,
        after=_work(after),
        usual=_work(units.usual(unit, person)),
    )
    return Reply(card=cards.advice(advise(now)))


def _work(noticed: list[units.Next]) -> list[units.Next]:
    """Without what is no work: houses have noticed that before it was left out."""
    return [one for one in noticed if not one.value.startswith(remembering.ABOUT_US)]


def _troubles(unit: Unit, call: Call) -> list[Trouble]:
    world, person = call.world, call.person
    if not may(person, "incident.read", world.roles):
        return []
    found = incidents.find(unit, limit=_INCIDENTS)
    return [
        _trouble(unit, world, one, may_run=may(person, "runbook.run", world.roles))
        for one in found
        if not one.is_test
    ]


def _trouble(unit: Unit, world: World, incident: Incident, *, may_run: bool) -> Trouble:
    service = world.services.get(incident.service)
    own = (
        tuple(name for name in (service.runbooks if service else ()) if name in world.runbooks)
        if may_run
        else ()
    )
    helped = _helped(unit, incident) if own else ()
    return Trouble(incident.id, incident.title, incident.service, incident.severity, own, helped)


def _helped(unit: Unit, incident: Incident) -> tuple[str, ...]:
    """The runbooks that were run to their end for incidents of this service that are over."""
    before = [
        one.id
        for one in incidents.find(unit, only_open=False, limit=_LOOKED_AT)
        if one.service == incident.service and one.resolved is not None
    ]
    ids = [run for one in before[:_INCIDENTS] for run in incidents.runs(unit, one)]
    found = (runs.get(unit, one) for one in ids)
    return tuple(one.runbook for one in found if one.state is ExecutionState.COMPLETED)


def _checked(world: World, key: str, value: str) -> tuple[str, str]:
    """The key and value as they are kept.

    Raises:
        Invalid: nothing has that name; says what is nearest.
    """
    name = key.rpartition(".")[2]
    if key in ("zone", "timezone"):
        return "zone", _zone(value)
    if "." in key and key.partition(".")[0] not in world.runbooks:
        raise Invalid(
            f"There is no runbook “{one_line(key.partition('.')[0], 40)}”.", "`/runbook list` shows all."
        )
    kinds = {param: book.params[param].type for book in world.runbooks.values() for param in book.params}
    kind = kinds.get(name, name)
    if kind == "environment":
        return key, resolve(value, world.environments, "environment").name
    if kind == "service":
        return key, resolve(value, world.services, "service").name
    if name not in kinds:
        known = sorted({"environment", "service", "zone", *kinds})
        hint = suggestion(name, known).replace("`", "“", 1).replace("`", "”", 1)
        raise Invalid(f"Nothing here is called “{one_line(name, 40)}”.", hint)
    return key, one_line(value, 100)


def _zone(value: str) -> str:
    name = "UTC" if value.strip().upper() in ("UTC", "GMT") else value.strip()
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            f"I know no time zone “{one_line(value, 40)}”.", "Name one such as Europe/Berlin, or UTC."
        ) from None


_TOLD = r"(?:please )?(?:always )?(?:show|use|give|tell)(?: me)?(?: (?:all )?times?)?(?: in)?"

VERBS = (
    Verb(
        name="wardroom.prefer",
        command="wardroom prefer",
        help="Say what I take where you say nothing; or show what you said.",
        example="/wardroom prefer environment staging",
        args=Preference,
        run=prefer,
        order=("key", "value"),
        permission="",
        when_named=True,
        patterns=(
            r"(?:please )?(?:(?:set|change|switch) my (?:time ?zone|zone) to|my (?:time ?zone|zone) is|i am in (?:the )?(?:time ?zone|zone)) (?P<zone>[A-Za-z][\w /+-]{1,40}?)(?: time)?[.!]*",
            rf"{_TOLD} (?P<zone>utc|gmt|[A-Za-z]+/[A-Za-z_]+)(?: times?)?[.!]*",
            r"(?:my |the )?default (?P<key>[\w.-]+)(?: is| to| should be|:| =)? (?P<value>[\w.-]+?)[.!]*",
            r"(?:please )?(?:use|take) (?P<value>[\w.-]+) as (?:my |the )?default (?P<key>[\w.-]+?)[.!]*",
            r"i prefer (?P<value>[\w.-]+) (?:as|for) (?:my |the )?(?P<key>[\w.-]+?)[.!]*",
        ),
    ),
    Verb(
        name=cards.NOTICED,
        private=True,
        command="wardroom noticed",
        help="Say whether I may use what I noticed about how you work.",
        example="/wardroom noticed H-1 yes",
        args=Answer,
        run=noticed,
        order=("id", "said"),
        permission="",
    ),
    Verb(
        name="wardroom.next",
        command="wardroom next",
        help="Show what you could do now, and why; I run none of it.",
        example="/wardroom next",
        intents=(Intent.RECOMMEND,),
        hears=heard.advice,
        args=Nothing,
        run=what_next,
        reads=True,
        permission="",
        when_named=True,
        patterns=(
            r"(?:so,? )?what (?:should|shall|could|can|must) (?:i|we) do(?: now| next| about (?:it|this|that))?[?.!]*",
            r"what(?:'s| is) next[?.!]*",
            r"(?:any|do you have) (?:advice|recommendations?|suggestions?|ideas?)(?: for me)?[?.!]*",
            r"what (?:do|would) you (?:suggest|recommend|advise)[?.!]*",
        ),
    ),
)
