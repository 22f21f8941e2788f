"""The verb by which somebody is taken off an incident: it is theirs no more, and their parts are free."""

from core.errors import Conflict, Forbidden, NotFound
from core.incidents import records
from core.incidents.incident import Incident
from core.incidents.roles import role as roles
from core.incidents.roles import units as giving
from core.incidents.roles.role import Role
from core.people.person import Person
from core.store.engine import Unit
from handlers.cards.card import literals, say
from handlers.incidents.named import OnIncident, about, which
from handlers.incidents.roles import no_longer_given
from handlers.leading import incident as leading_id
from handlers.verb import Call, Reply, Verb
from handlers.whom import find_person, people

_ME = ("me", "myself")


class Off(OnIncident):
    """Who is taken off it: a person or a team; without a name whoever it was given to."""

    who: str = ""


def unassign(unit: Unit, call: Call, args: Off) -> Reply:
    """Take somebody off: whose it is, and which parts they have in it."""
    incident_id, args = about(unit, call, args, "who")
    named, rest = _named(args.who)
    args = args.model_copy(update={"who": rest})
    team = call.world.teams.get(rest.lstrip("@").casefold())
    person = _person(call, rest) if rest and team is None else None
    if named and not args.id:  # what is named counts before the thread in which it is said
        incident_id = named
    incident_id = incident_id or (_only_one_of(unit, person) if person is not None else "")
    if not incident_id:
        return which(unit, call, "incident.unassign", args)
    incident = records.get(unit, incident_id)
    if team is not None and incident.team != team.name:
        raise Conflict(f"{incident.id} was not given to team {team.name}.", "Nothing was changed.")
    if person is None:
        return Reply(card=say(*literals(no_longer_given(unit, call, incident.id))))
    return Reply(card=say(*literals(_taken_off(unit, call, incident, person))))


def _named(words: str) -> tuple[str, str]:
    """The incident at the end of the words, and who stands before it: `ana from INC-1`."""
    before, _, last = words.strip().rpartition(" ")
    named, rest = leading_id(last)
    if not named or rest:
        return "", words.strip()
    return named, before.removesuffix(" from").removesuffix(" off").strip()


def _person(call: Call, words: str) -> Person:
    return (
        call.person
        if words.casefold() in _ME
        else find_person(call.world, call.inbound.actor.platform, words)
    )


def _only_one_of(unit: Unit, person: Person) -> str:
    """The open incident that somebody has something to do with; empty where these are several.

    Raises:
        NotFound: there is none.
    """
    found = [
        one for one in records.find(unit, only_open=True) if one.owner == person.id or _parts(one, person)
    ]
    if not found:
        raise NotFound(
            f"{person.name} has no part in an incident that is open.",
            "`/incident list` shows who leads which.",
        )
    return found[0].id if len(found) == 1 else ""


def _parts(incident: Incident, person: Person) -> list[Role]:
    return [part for part in Role if roles.holder(incident, part)[0] == person.id]


def _taken_off(unit: Unit, call: Call, incident: Incident, person: Person) -> str:
    """Take them off, and say what they had.

    Raises:
        Conflict: they had nothing to do with it.
        Forbidden: they have a part, and whoever asks may give none.
    """
    parts = _parts(incident, person)
    if not parts and incident.owner != person.id:
        leads = f"{incident.lead_name} leads it." if incident.lead else "Nobody leads it."
        raise Conflict(f"{person.name} has no part in {incident.id}, and it is not theirs. {leads}")
    if parts and person.id != call.person.id and not call.may("incident.role"):
        raise Forbidden(
            f"{person.name} has a part in {incident.id}: to take it needs the permission `incident.role`.",
            "Nothing was changed.",
        )
    for part in parts:
        giving.release(unit, incident.id, part, call.person)
    told = [f"Nobody is {part} of {incident.id} now: {person.name} was." for part in parts]
    if incident.owner == person.id:
        told.append(no_longer_given(unit, call, incident.id))
    return " ".join(told)


VERBS = (
    Verb(
        name="incident.unassign",
        command="incident unassign",
        help="Take somebody off it: it is theirs no more, and their parts are free.",
        example="/incident unassign INC-1 @bo",
        args=Off,
        run=unassign,
        rest="who",
        permission="incident.assign",
        choices={"who": people},
    ),
)
