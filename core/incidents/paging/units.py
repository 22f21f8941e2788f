"""Incidents call people, and learn what became of it: reactions to each other's events, each one transaction."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from core.catalogue.model import Service
from core.incidents import records, units
from core.incidents.hushing import units as hushing
from core.incidents.incident import Incident, State
from core.incidents.paging import words
from core.incidents.paging.leading import units as leading
from core.incidents.paging.words import REOPENED
from core.paging import records as pages
from core.paging import units as paging
from core.paging.answering import units as answering
from core.paging.answering.units import Taking
from core.paging.calling import units as callers
from core.paging.config import Attached, plan_by_itself, plan_for, plan_of_team, urgency_of
from core.paging.page import Origin, Page, Plan
from core.paging.page import State as Standing
from core.paging.passing import units as passing
from core.paging.units import Wish
from core.people.contact import Urgency
from core.people.person import Person
from core.store import events
from core.store.engine import Unit

_RULE = Person(id="system", name="Wardroom", kind="agent")
GAP = "incident.nobody_paged"
_BY_INCIDENT = "incident"
"""By what somebody has a page who has taken its incident on."""
_MOST_WAYS = 3
_GRAVEST = 0
"""Whoever is called by a person, and for no incident, is wanted at once."""


class Scene(hushing.Scene, Protocol):
    """What of the world is needed to know who is called for an incident."""

    @property
    def services(self) -> Mapping[str, Service]:
        """The catalogue, by name."""
        ...


def on_incident(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """Something became of an incident: people are called for it, or need not answer any more."""
    incident = records.get(unit, ref, lock=True)
    if data.get("graded"):
        _retitle(unit, incident)
    if incident.state is State.OPEN:
        if _is_back(data):
            _forget(unit, incident)
        # Who has a part in it changes nothing of whom it calls, and news of it nothing of what somebody has said to its page.
        is_news = not _is_back(data) and not data.get("graded")
        if "role" not in data and not (is_news and _is_done(unit, scene, incident)):
            call(unit, scene, incident, scene.people.get(str(data.get("reopened_by", ""))))
        return
    taker = scene.people.get(str(data.get("taken_by", "")))
    for page in pages.of_incident(unit, ref):
        if not incident.is_open:
            paging.end(unit, page.id, "system")
        elif page.origin is Origin.INCIDENT and page.is_unanswered:
            _answered(unit, page, incident, taker, data)


def _is_done(unit: Unit, scene: Scene, incident: Incident) -> bool:
    """Whether somebody has said of the last page that called the same people for it that nobody needs to look at it."""
    plan = plan_of(unit, scene, incident)
    known = [one for one in pages.of_incident(unit, incident.id, only_open=False) if one.plan == plan]
    if not known or known[-1].state is not Standing.OVER:
        return False
    ended = events.last(unit, known[-1].id, "page.ended")
    return ended is not None and ended["actor"] in scene.people


def _answered(
    unit: Unit, page: Page, incident: Incident, taker: Person | None, data: Mapping[str, Any]
) -> None:
    """Whoever has taken the incident on has its page; whoever led before may have given it back, or have done nothing since."""
    is_begun = data.get("from") == State.OPEN and data.get("state") != State.OPEN
    # What nobody had ever taken on is open again when its alerts are back, and calls anew; all else goes on calling.
    needs_nobody = data.get("state") == State.ACKNOWLEDGED or incident.acknowledged is None
    if taker is not None:
        answering.take(unit, page.id, taker, _BY_INCIDENT)
    elif is_begun and needs_nobody:
        paging.end(unit, page.id, "system")


def _retitle(unit: Unit, incident: Incident) -> None:
    """Its pages say how grave it is now: whoever is called later goes by that."""
    for page in pages.of_incident(unit, incident.id):
        title = words.regraded(page.title, incident)
        if title != page.title and page.state is not Standing.OVER:
            paging.retitle(unit, page, title)


def _is_back(data: Mapping[str, Any]) -> bool:
    """Whether it is open again, by what the event says."""
    return data.get("state") == State.OPEN and data.get("from") not in (None, State.OPEN)


def _forget(unit: Unit, incident: Incident) -> None:
    """Whoever had it before has answered for what was over; that it is back, somebody has to answer anew."""
    for page in pages.of_incident(unit, incident.id):
        if page.origin is Origin.INCIDENT or (page.state is Standing.TAKEN and leading.answers_for(page)):
            paging.end(unit, page.id, "system")


def call(unit: Unit, scene: Scene, incident: Incident, knows: Person | None = None) -> None:
    """Call people for an incident, unless they are called or have it; whoever opened it again `knows` and is not called."""
    urgency = urgency_of(scene.paging, incident.severity)
    known = pages.of_incident(unit, incident.id)
    if incident.is_test or urgency is None or any(one.origin is Origin.INCIDENT for one in known):
        return
    plan = plan_of(unit, scene, incident)
    if plan is None:
        _say_gap(unit, scene, incident)
        return
    same = next((one for one in known if one.plan == plan), None)
    if same is not None:
        paging.adopt(unit, same)
        return
    wish = wish_of(unit, scene, incident, plan, urgency)
    if knows is None or not knows.is_human:
        _begin(unit, scene, wish)
    elif [one.id for one in callers.whom(unit, scene, plan.steps[0])] == [knows.id]:
        paging.hold(unit, wish, knows, REOPENED)
    else:
        _begin(unit, scene, replace(wish, without=frozenset({knows.id})))


def _begin(unit: Unit, scene: Scene, wish: Wish) -> None:
    """Call people; for what is kept quiet, only once it is heard again."""
    if wish.quiet is None:
        paging.start(unit, scene, wish)
    else:
        paging.wait(unit, wish)


def wish_of(
    unit: Unit, scene: Scene, incident: Incident, plan: Plan, urgency: Urgency, by: Person = _RULE
) -> Wish:
    """That people are called for an incident, and what keeps it quiet, if anything does."""
    wish = Wish(words.title_of(incident), plan, by, urgency, Origin.INCIDENT, incident.id)
    return replace(wish, quiet=hushing.quiet(unit, scene, incident))


def _say_gap(unit: Unit, scene: Scene, incident: Incident) -> None:
    """Say in its thread that nobody is called: once for each reason, and again after somebody was called or it was over."""
    said = gap(unit, scene, incident)
    why = words.reason(incident, scene.services, scene.teams)
    if said and not _is_known(unit, incident, why):
        events.append(unit, GAP, incident.id, actor="system", data={"why": why})
        units.remark(unit, incident, _RULE, said)


def _is_known(unit: Unit, incident: Incident, why: str) -> bool:
    """Whether it was said for this reason, and has been so ever since."""
    before = events.last(unit, incident.id, GAP, "incident.reopened")
    if before is None or before["kind"] != GAP or before["data"]["why"] != why:
        return False
    begun = pages.of_incident(unit, incident.id, only_open=False)
    return all(page.created < before["at"] for page in begun)


def gap(unit: Unit, scene: Scene, incident: Incident) -> str:
    """That nobody is called for a grave incident that nobody has taken on, why, and what calls somebody; else nothing.

    A house without a schedule and without an escalation calls nobody by itself, and says so in `wardroom check` alone.
    """
    is_grave = urgency_of(scene.paging, incident.severity) is Urgency.HIGH
    if incident.state is not State.OPEN or incident.is_test or not is_grave:
        return ""
    if not (scene.escalations or scene.schedules) or pages.of_incident(unit, incident.id):
        return ""
    if plan_of(unit, scene, incident) is not None:
        return ""
    return words.nobody(
        incident, words.reason(incident, scene.services, scene.teams), _ways(unit, scene, incident)
    )


def _ways(unit: Unit, scene: Scene, incident: Incident) -> list[tuple[str, str]]:
    """Which teams can be called for it: by the name to say, and who that calls first; its own team first."""
    service = scene.services.get(incident.service)
    own = scene.teams.get(incident.team or (service.owner if service else None) or "")
    found = {own.name: _first(unit, scene, plan_of_team(scene.escalations, own))} if own is not None else {}
    for team in scene.teams.values():
        plan = plan_by_itself(scene.escalations, team)
        if plan is not None and len(found) < _MOST_WAYS:
            found.setdefault(team.name, _first(unit, scene, plan))
    return [(name, ", ".join(names)) for name, names in found.items() if names]


def _first(unit: Unit, scene: Scene, plan: Plan) -> tuple[str, ...]:
    """The names of those whom a plan calls first, now."""
    return tuple(one.name for one in callers.whom(unit, scene, plan.steps[0]))


def on_page_event(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """Something became of a page: its incident says so, and is taken on by whoever took the page."""
    incident_id = str(data.get("incident", ""))
    kind = str(data.get("kind", ""))
    if not incident_id:
        return
    incident = records.get(unit, incident_id, lock=True)
    page = pages.get(unit, ref)
    said = words.said(page, kind, data, {one.id: one.name for one in scene.people.values()})
    owner = scene.people.get(page.owner)
    takes = kind == "page.taken" and owner is not None and leading.comes_with(unit, incident, page)
    # That somebody leads it is said by itself, whichever of the two was first.
    is_told = (takes and data.get("via") != REOPENED) or data.get("via") == _BY_INCIDENT
    if said:
        incident = units.remark(unit, incident, _RULE, said, in_thread=not is_told)
    if kind == "page.taken" and owner is not None:
        leading.follow(unit, incident, page, owner, str(data.get("via", "")))


def plan_of(unit: Unit, scene: Scene, incident: Incident) -> Plan | None:
    """Who is called for an incident: by the team it was given to, the route of its alerts, its severity, its service, its team."""
    given = scene.teams.get(incident.team)
    own = plan_by_itself(scene.escalations, given) if given is not None else None
    if own is not None:
        return own
    declared = events.last(unit, incident.id, "incident.declared")
    said = declared["data"] if declared else {}
    service = scene.services.get(incident.service)
    team = scene.teams.get(said.get("team") or (service.owner if service else None) or "")
    by_service = (service.escalation if service else None) or ""
    attached = Attached(str(said.get("escalation") or ""), by_service, team)
    return plan_for(scene.paging, scene.escalations, incident.severity, attached)


def calling(unit: Unit, person: str) -> list[Page]:
    """Pages that wait for this person's answer: by how grave their incident is, and then the oldest; what is held, and then tests, last."""
    found = pages.calling(unit, person)
    ids = {one.incident for one in found if one.incident}
    grave = {one: records.get(unit, one).severity for one in ids}

    def rank(page: Page) -> tuple[bool, bool, bool, int, datetime]:
        is_slow = page.urgency is not Urgency.HIGH
        is_held = page.state is Standing.HELD
        return page.origin is Origin.TEST, is_held, is_slow, grave.get(page.incident, _GRAVEST), page.created

    return sorted(found, key=rank)


def still_calling(unit: Unit, person: Person, taken: Collection[Taking]) -> list[Page]:
    """What calls somebody besides what they have just answered; tests and what is held do not count."""
    done = {one.page.id for one in taken}
    mine = calling(unit, person.id)
    still = (one for one in mine if one.id not in done and one.state is not Standing.HELD)
    return [one for one in still if one.origin is not Origin.TEST]


def to_pass_on(unit: Unit, person: Person, incident: str | None) -> Page | None:
    """The gravest page that calls somebody, else the newest that they have; where an incident is worked on, one of that."""
    held = pages.held_by(unit, person.id)
    waits = [
        one
        for one in calling(unit, person.id)
        if one.offered == person.id or passing.calls(unit, one, person)
    ]
    return next((one for one in (*waits, *reversed(held)) if incident in (None, one.incident)), None)


# What of a page is said on the timeline of its incident.
TOLD = (
    *("page.called", "page.taken", "page.unanswered", "page.not_heard", "page.released", "page.lapsed"),
    *("page.offered", "page.passed_on", "page.escalated", "page.held", "page.let_go"),
)
REACTIONS = {
    "incidents.on_page_event": on_page_event,
    "paging.on_incident": on_incident,
}
