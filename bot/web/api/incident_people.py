"""Who has which part in an incident, and whose it is, for programs."""

from typing import Any

from pydantic import Field

from bot.web.api import shapes
from bot.web.api.approvals import Body
from bot.web.api.route import Answer, Asking, Route, numbered
from core.errors import Invalid
from core.incidents.assigning import units as assigning
from core.incidents.assigning.units import Assigned
from core.incidents.incident import Incident
from core.incidents.roles import units
from core.incidents.roles.role import Role
from core.incidents.whispers import units as whispers
from core.people.person import Person
from core.people.team import Team
from core.store.engine import Unit
from handlers.whom import find_person


class Part(Body):
    """Which part, and who has it from now on; nobody, where `person` is null."""

    role: Role
    person: str | None = Field(max_length=64)


class Owner(Body):
    """Whose it is: a person or a team, one of the two; nobody's, where one is null and the other is not there or null as well."""

    person: str | None = Field(default=None, max_length=64)
    team: str | None = Field(default=None, max_length=64)


def routes() -> tuple[Route, ...]:
    """Each with what it takes and may."""
    one = "/incidents/{id}"
    refused: dict[str, Any] = {"refuses": (404, 409)}
    return (
        Route(
            "POST", f"{one}/roles", "Give a part in it to somebody.", "incident.role", give, Part, **refused
        ),
        Route(
            "POST",
            f"{one}/assign",
            "Say whose it is, or nobody's; who is on call in a team is paged.",
            "incident.assign",
            assign,
            Owner,
            **refused,
        ),
    )


async def give(asking: Asking) -> Answer:
    """Give a part, or take it away; whoever gets it is told what they need."""
    said: Part = asking.body
    by = asking.caller.person
    to = find_person(asking.world, "", said.person) if said.person else None

    def work(unit: Unit) -> Incident:
        incident_id = numbered(asking, "INC", "incident")
        if to is None:
            return units.release(unit, incident_id, said.role, by)
        incident = units.give(unit, incident_id, said.role, to, by)
        whispers.brief(unit, to, incident.id, str(said.role))
        return incident

    incident = await asking.store.transact(work)
    return Answer(shapes.incident(incident), version=incident.version)


async def assign(asking: Asking) -> Answer:
    """Give it to a person or to a team, or take it off them."""
    to, by = _owner(asking), asking.caller.person

    def work(unit: Unit) -> Assigned:
        incident_id = numbered(asking, "INC", "incident")
        if to is None:
            return assigning.unassign(unit, asking.world, incident_id, by)
        return assigning.assign(unit, asking.world, incident_id, to, by)

    given = await asking.store.transact(work)
    page = given.page.id if given.page else ""
    shown = shapes.incident(given.incident) | {"page": page, "not_paged": given.why}
    return Answer(shown, version=given.incident.version)


def _owner(asking: Asking) -> Person | Team | None:
    """To whom it is given; None: to nobody, which has to be said.

    Raises:
        Invalid: it says neither, or both, or a team that there is not.
    """
    said: Owner = asking.body
    if said.model_fields_set and said.person is None and said.team is None:
        return None
    team = asking.world.teams.get(said.team or "")
    if bool(said.person) == bool(said.team) or (said.team and team is None):
        raise Invalid(
            "An incident belongs to one person or one known team.",
            'Give `person` or `team`; {"person": null} takes it off whoever has it.',
        )
    return team or find_person(asking.world, "", said.person or "")
