"""Giving an incident to a person or a team, or taking it off them, and calling whom that concerns; each one transaction."""

from dataclasses import dataclass, replace

from core.incidents import records
from core.incidents.incident import Incident, State
from core.incidents.paging import units as tie
from core.incidents.paging import words
from core.incidents.paging.units import Scene
from core.incidents.roles import units as giving
from core.paging import records as pages
from core.paging import units as paging
from core.paging.config import plan_by_itself, plan_of_team, urgency_of
from core.paging.page import Origin, Page
from core.paging.page import State as Standing
from core.people.person import Person
from core.people.team import Team
from core.store.engine import Unit


@dataclass(frozen=True)
class Assigned:
    """Whose an incident is now, the page that calls them, and the names it calls; without one, why not."""

    incident: Incident
    page: Page | None = None
    called: tuple[str, ...] = ()
    why: str = ""


def assign(unit: Unit, scene: Scene, incident_id: str, to: Person | Team, by: Person) -> Assigned:
    """It belongs to this person or team from now on; who is on call in a team is called, as grave as it is.

    Raises:
        Conflict: it belongs to them already.
    """
    before = records.get(unit, incident_id, lock=True)
    team = scene.teams.get(before.team)
    keeps_team = isinstance(to, Person) and team is not None and to.id in team.members
    incident = giving.assign(unit, incident_id, to, by, keeps_team=keeps_team)
    _let_go(unit, scene, (before, incident), by)
    if not isinstance(to, Team):
        _call(unit, scene, (before, incident))
        return Assigned(incident, why=words.named(incident, to) if to.id != by.id else "")
    page = _calls_already(unit, scene, incident, to)
    if page is not None:
        return _shown(unit, scene, incident, page)
    urgency = urgency_of(scene.paging, incident.severity)
    plan = plan_by_itself(scene.escalations, to)
    why = words.not_called(incident, to, is_urgent=urgency is not None, has_plan=plan is not None)
    if why or plan is None or urgency is None:
        _call(unit, scene, (before, incident))
        return Assigned(incident, why=why)
    wish = tie.wish_of(unit, scene, incident, plan, urgency, by)
    # Somebody has it in hand: they keep it, and the team is called beside them.
    own = wish if incident.state is State.OPEN else replace(wish, origin=Origin.PERSON)
    return _shown(unit, scene, incident, paging.start(unit, scene, own))


def unassign(unit: Unit, scene: Scene, incident_id: str, by: Person) -> Assigned:
    """It belongs to nobody but the team of its service from now on, which is called for what nobody has taken on.

    Raises:
        Conflict: it was given to nobody.
    """
    before = records.get(unit, incident_id, lock=True)
    incident = giving.unassign(unit, incident_id, by)
    _let_go(unit, scene, (before, incident), by)
    _call(unit, scene, (before, incident))
    own = [one for one in pages.of_incident(unit, incident_id) if one.origin is Origin.INCIDENT]
    if not own:
        return Assigned(incident, why=tie.gap(unit, scene, incident))
    return _shown(unit, scene, incident, own[-1])


def _let_go(unit: Unit, scene: Scene, change: tuple[Incident, Incident], by: Person) -> None:
    """Whoever is called for a team whose it was need not answer any more, unless they are called for it all the same."""
    before, incident = change
    if before.team == incident.team:
        return
    team = scene.teams.get(before.team)
    former = plan_of_team(scene.escalations, team) if team is not None else None
    wanted = tie.plan_of(unit, scene, incident)
    for page in pages.of_incident(unit, incident.id):
        is_theirs = page.origin is Origin.INCIDENT or page.plan == former
        if is_theirs and page.state is Standing.CALLING and page.plan != wanted:
            paging.end(unit, page.id, by.id)


def _call(unit: Unit, scene: Scene, change: tuple[Incident, Incident]) -> None:
    """Where another team answers for what nobody has taken on, that one is called, or it is said that nobody is."""
    before, incident = change
    if before.team != incident.team and incident.state is State.OPEN:
        tie.call(unit, scene, incident)


def _calls_already(unit: Unit, scene: Scene, incident: Incident, team: Team) -> Page | None:
    """The page that calls a team already, whoever began it; it is the incident's own where nobody has that in hand."""
    plan = plan_of_team(scene.escalations, team)
    page = next((one for one in pages.of_incident(unit, incident.id) if one.plan == plan), None)
    if page is None or incident.state is not State.OPEN or page.origin is Origin.INCIDENT:
        return page
    return paging.adopt(unit, page)


def _shown(unit: Unit, scene: Scene, incident: Incident, page: Page) -> Assigned:
    """Whom a page calls, by name."""
    called = dict.fromkeys(one.person for one in pages.calls(unit, page))
    names = tuple(scene.people[one].name for one in called if one in scene.people)
    return Assigned(incident, page, names)
