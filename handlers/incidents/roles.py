"""The verbs by which people take and hand over parts in an incident, and say whose it is."""

import re

from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.incidents import records, severity, units
from core.incidents.assigning import units as assigning
from core.incidents.assigning.units import Assigned
from core.incidents.incident import Incident
from core.incidents.roles import role as roles
from core.incidents.roles import units as giving
from core.incidents.roles.role import Role
from core.incidents.units import BRIEF, News
from core.incidents.whispers import units as whispers
from core.people.permissions import may
from core.people.person import Person
from core.people.team import Team
from core.store import outbox
from core.store.engine import Unit
from core.world import World
from handlers.cards import briefing
from handlers.cards.card import Card, literals, say
from handlers.incidents import forms
from handlers.incidents.named import OnIncident, about, which
from handlers.verb import Call, Reply, Verb
from handlers.whom import find_person, people

_ME = ("", "me", "myself")
_GRADED = re.compile(
    r"(?P<to>[^\s,]+(?: [^\s,]+){0,2}?)[\s,]+(?:and |as |make it )?(?P<grade>critical|high|medium|low|informational|sev ?-?[1-5])",
    re.IGNORECASE,
)
_NOBODY = ("nobody", "none", "no one", "-")


class Part(OnIncident):
    """Which part, and who has it from now on: oneself, unless somebody is named. `value` is what a menu says."""

    role: str = ""
    who: str = ""
    value: str = ""


class Lead(OnIncident):
    """Who leads from now on: oneself, unless somebody is named."""

    who: str = ""


class Owner(OnIncident):
    """The person or the team whose it is."""

    to: str = ""


def role(unit: Unit, call: Call, args: Part) -> Reply:
    """Take a part, give it to somebody, or give it up."""
    incident_id, args = about(unit, call, args, "role")
    if incident_id is None:
        return which(unit, call, "incident.role", args)
    if args.value or args.who:
        named, who = args.value or args.role, args.who
    else:
        named, who = _split(args.role)
    if not named:
        raise Invalid("Which role?", "For example: `/incident role INC-1 communications @bo`.")
    return part(unit, call, incident_id, roles.parse(named), who)


def lead(unit: Unit, call: Call, args: Lead) -> Reply:
    """Take command, or give it to somebody."""
    incident_id, args = about(unit, call, args, "who")
    if incident_id is None:
        return which(unit, call, "incident.lead", args)
    return part(unit, call, incident_id, Role.COMMANDER, args.who)


def part(unit: Unit, call: Call, incident_id: str, which_role: Role, who: str) -> Reply:
    """Give the part, and greet whoever has it now with what they need."""
    if who.strip().casefold() in _NOBODY:
        incident = giving.release(unit, incident_id, which_role, call.person)
        return Reply(card=say(f"Nobody is {which_role} of {incident.id} now."))
    me = who.strip().casefold() in _ME
    to = call.person if me else find_person(call.world, call.inbound.actor.platform, who)
    incident = giving.give(unit, incident_id, which_role, to, call.person)
    if to.id == call.person.id:
        return briefed(unit, call, incident, which_role)
    is_told = whispers.brief(unit, to, incident.id, str(which_role))
    where = "told in private what they need" if is_told else "named in its thread"
    words = f"{to.name} is {which_role} of {incident.id} now, and was {where}."
    return Reply(card=say(*literals(words + _warned(call.world, to, which_role))))


def _lacks(world: World, person: Person | None, which_role: Role) -> str:
    """The permission that somebody with this part needs and has not."""
    needed = roles.NEEDS[which_role]
    return "" if person is None or may(person, needed, world.roles) else needed


def _warned(world: World, person: Person, which_role: Role) -> str:
    """That somebody has a part now that they cannot do."""
    lacks = _lacks(world, person, which_role)
    if not lacks:
        return ""
    return (
        f" ⚠ {person.name} may not {briefing.WORK[which_role]}: that needs the permission `{lacks}`. "
        "Give the part to somebody who has it, or ask an administrator."
    )


def briefed(unit: Unit, call: Call, incident: Incident, which_role: Role) -> Reply:
    """Tell whoever takes a part where they find what they need: an answer for their eyes alone could not be kept true."""
    if not whispers.brief(unit, call.person, incident.id, str(which_role), call.place.platform):
        lacks = _lacks(call.world, call.person, which_role)
        return Reply(card=briefing.briefing(incident, which_role, lacks=lacks))
    words = f"You are {which_role} of {incident.id} now. What you need is in our direct messages, and stays true there."
    return Reply(card=say(*literals(words + _warned(call.world, call.person, which_role)), tone="good"))


def assign(unit: Unit, call: Call, args: Owner) -> Reply:
    """Say whose it is: a team's or a person's."""
    incident_id, args = about(unit, call, args, "to")
    if incident_id is None:
        return which(unit, call, "incident.assign", args)
    if not args.to:
        raise Invalid(
            "Whose is it?",
            "Name a team or a person: `/incident assign INC-1 platform`; `nobody` takes it off whoever has it.",
        )
    to, graded = (args.to.strip(), 0) if _is_known(call, args.to) else _split_grade(args.to)
    if graded and not may(call.person, "incident.severity", call.world.roles):
        raise Forbidden(
            "You may say whose it is, and not how grave. Nothing was done.",
            f"`/incident assign {incident_id} {to}`",
        )
    if to.casefold() in _NOBODY:
        return Reply(card=say(*literals(no_longer_given(unit, call, incident_id))))
    team = _team(call, to)
    whose = team or _person(call, to)
    named = f"team {whose.name}" if team else whose.name
    is_new = bool(graded) and records.get(unit, incident_id).severity != graded
    given = _given(unit, call, incident_id, whose, is_more=is_new)
    if is_new:
        units.tell(unit, incident_id, call.person, News(severity=graded))
    grave = f" It is {severity.label(graded)} now." if is_new else ""
    since, calls = ("now", _called(given)) if given is not None else ("already", "")
    return Reply(card=say(f"{incident_id} belongs to {named} {since}.{grave} {calls}".rstrip()))


def _given(unit: Unit, call: Call, incident_id: str, to: Team | Person, *, is_more: bool) -> Assigned | None:
    """Give it; None where it is theirs already and more than that is asked for.

    Raises:
        Conflict: it is theirs already, and that is all.
    """
    try:
        return assigning.assign(unit, call.world, incident_id, to, call.person)
    except Conflict:
        if is_more:
            return None
        raise


def no_longer_given(unit: Unit, call: Call, incident_id: str) -> str:
    """Take it off whoever it was given to; says whose it is by itself, and whom that calls."""
    free = assigning.unassign(unit, call.world, incident_id, call.person)
    service = call.world.services.get(free.incident.service)
    owner = f"team {service.owner}, which owns {service.name}" if service and service.owner else "nobody"
    return f"{incident_id} belongs to {owner} now. {_called(free)}".rstrip()


def _split_grade(text: str) -> tuple[str, int]:
    """Whose it is, and how grave it is said to be behind that: “bo critical”, “bo, sev1”; 0 where nothing is said of that."""
    found = _GRADED.fullmatch(text.strip())
    return (found["to"], severity.parse(found["grade"])) if found else (text.strip(), 0)


def _called(given: Assigned) -> str:
    """Whom it calls that it belongs to somebody else now."""
    if given.page is None:
        return given.why
    if given.page.owner:
        return f"{given.page.owner_name} has {given.page.id}."
    return f"{given.page.id} calls {', '.join(given.called) or 'nobody yet'}."


def brief(unit: Unit, world: World, ref: str) -> Card:
    """What somebody with a part needs to know now; `ref` names incident and part, and which card of these."""
    incident_id, named, *_ = ref.split(":")
    newest = outbox.refs(unit, BRIEF, f"{incident_id}:{named}:")[-1:]
    incident, part = records.get(unit, incident_id), Role(named)
    lacks = _lacks(world, world.people.get(roles.holder(incident, part)[0]), part)
    return briefing.briefing(incident, part, is_newest=newest == [ref], lacks=lacks)


def _split(words: str) -> tuple[str, str]:
    """The part and the person in `comms @bo`; `note taker @bo` is meant as well."""
    first, _, rest = words.strip().partition(" ")
    second, _, after = rest.strip().partition(" ")
    if second and f"{first} {second}".casefold() in ("note taker", "incident commander"):
        return f"{first} {second}", after
    return first, rest


def _is_known(call: Call, words: str) -> bool:
    """Whether all of these words name a team or a person: a surname may be called like a grade."""
    try:
        return bool(_team(call, words) or _person(call, words))
    except NotFound:
        return False


def _team(call: Call, words: str) -> Team | None:
    return call.world.teams.get(words.strip().lstrip("@").casefold())


def _person(call: Call, words: str) -> Person:
    if words.strip().casefold() in _ME:
        return call.person
    try:
        return find_person(call.world, call.inbound.actor.platform, words)
    except NotFound as error:
        teams = ", ".join(call.world.teams) or "none"
        raise NotFound(f"{error.what} Nor is it a team.", f"{error.mend} Teams: {teams}.") from None


_ID = r"(?:incident\s+)?(?P<id>inc-\d+)"
_MAKE = r"(?:please\s+)?(?:make|let|have)\s+(?P<who>@?[\w.-]*\w|<@!?\w+>)\s+(?:be\s+)?(?:the\s+)?"
_OF = rf"(?:\s+(?:of|for|on|in))?\s+{_ID}[.!]*"

VERBS = (
    Verb(
        name="incident.role",
        command="incident role",
        help="Take a part in it, or give it: commander, communications or scribe.",
        example="/incident role INC-1 communications @bo",
        args=Part,
        run=role,
        rest="role",
        form=forms.part,
        form_on="always",
        patterns=(rf"{_MAKE}(?P<role>scribe|note taker|communications|comms)(?:\s+lead)?{_OF}",),
        choices={
            "role": lambda _world, _typed: [(str(one), str(one)) for one in Role],
            "who": people,
        },
    ),
    Verb(
        name="incident.lead",
        command="incident lead",
        help="Take command of it, or give it to somebody.",
        example="/incident lead INC-1 @bo",
        args=Lead,
        run=lead,
        rest="who",
        aliases=("incident commander",),
        permission="incident.role",
        patterns=(
            rf"i\s+(?:will\s+)?(?:lead|take)\s+{_ID}[.!]*",
            rf"(?P<who>(?!who\b)\S+)\s+leads\s+{_ID}[.!]*",
            rf"{_MAKE}(?:incident\s+)?(?:commander|lead(?:er)?){_OF}",
        ),
        choices={"who": people},
    ),
    Verb(
        name="incident.assign",
        command="incident assign",
        help="Say whose it is: a team's, a person's, or nobody's.",
        example="/incident assign INC-1 platform",
        args=Owner,
        run=assign,
        rest="to",
        aliases=("incident owner",),
        form=forms.owner,
        form_on="always",
        choices={"to": lambda world, typed: [*((name, name) for name in world.teams), *people(world, typed)]},
        patterns=(rf"assign\s+{_ID}\s+to\s+(?:team\s+)?(?P<to>\S.*?)[.!]*",),
    ),
)

VIEWS = {BRIEF: brief}
