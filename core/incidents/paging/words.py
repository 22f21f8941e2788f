"""What an incident's timeline and thread say of its pages. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from core.catalogue.model import Service
from core.incidents.incident import Incident
from core.incidents.severity import label
from core.paging.page import Page
from core.people.person import Person
from core.people.team import Team
from core.quantity import span
from core.text import nth

REOPENED = "reopened"
"""By what somebody has a page who is on call and opened its incident again."""


def title_of(incident: Incident) -> str:
    """What a page of an incident is about."""
    return f"{label(incident.severity)} {incident.id} {incident.title}"


def regraded(title: str, incident: Incident) -> str:
    """The title of a page of an incident as grave as that is now."""
    return re.sub(rf"^SEV\d(?= {incident.id}\b)", label(incident.severity), title)


def reason(incident: Incident, services: Mapping[str, Service], teams: Mapping[str, Team]) -> str:
    """Why no escalation leads from an incident to anybody."""
    if incident.team:
        return f"team {incident.team}, to which it was given, has neither a schedule nor an escalation"
    if not incident.service:
        return "it has no service"
    service = services.get(incident.service)
    if service is None:
        return f"{incident.service} is not in the catalogue"
    if not service.owner or service.owner not in teams:
        return f"no team owns {service.name}"
    return f"team {service.owner}, which owns {service.name}, has neither a schedule nor an escalation"


def nobody(incident: Incident, why: str, ways: Sequence[tuple[str, str]]) -> str:
    """That nobody is called, why, and what calls somebody: `ways` are names that can be called, with who that is now."""
    calls = [f"`/incident page {incident.id} {name}` calls {who}" for name, who in ways]
    calls = calls or [f"`/incident page {incident.id} @name` calls somebody"]
    owned = (
        ""
        if incident.service
        else f" Or say what is hit: `/incident update {incident.id} service=…` pages its owners."
    )
    return f"Nobody is paged: {why}. {'; '.join(calls)}.{owned}"


def not_called(incident: Incident, team: Team, *, is_urgent: bool, has_plan: bool) -> str:
    """Why a team that an incident was given to is not called; nothing if it is."""
    page = f"`/incident page {incident.id} {team.name}`"
    if not incident.is_open:
        return f"Nobody is paged: it is {incident.state}."
    if incident.is_test:
        return "Nobody is paged: it is a test."
    if not has_plan:
        return f"Nobody in team {team.name} is paged: it has neither a schedule nor an escalation. {page} calls them."
    if not is_urgent:
        return f"Nobody is paged: {label(incident.severity)} calls nobody by itself. {page} does."
    return ""


def named(incident: Incident, to: Person) -> str:
    """How whoever an incident was given to hears of it."""
    if not incident.is_open:
        return ""
    return f"{to.name} is named in its thread; `/incident page {incident.id} {to.id}` pages them."


def said(page: Page, kind: str, data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """One line for what became of a page; nothing for what is told elsewhere."""
    if kind == "page.called":
        return f"{page.id} {_called(data, names)}"
    if kind == "page.taken" and data.get("via") == REOPENED:
        return f"{page.id}: {page.owner_name} is on call and has opened it again, so it is theirs; nobody else is called."
    if kind == "page.taken" and data.get("from"):
        return f"{page.id}: {page.owner_name} took it over from {_name(data['from'], names)}."
    if kind == "page.escalated":
        return f"{page.id}: {_escalated(data, names)}"
    before, after = _name(data.get("from"), names), span(timedelta(seconds=round(data.get("seconds", 0))))
    lines = {
        "page.taken": f"{page.owner_name} answered {f'after {after}' if data.get('seconds', 0) >= 1 else 'at once'}.",
        "page.unanswered": "nobody has answered; the alarm is raised, and calling goes on.",
        "page.not_heard": f"{_named(data.get('people', ()), names)} could not be reached; the next are called.",
        "page.released": f"{before} gave it back; calling begins anew.",
        "page.lapsed": f"{before} took it, and nothing has happened since; calling begins anew.",
        "page.held": f"held{_until(data)} by {data.get('quiet_by')}; nobody more is called meanwhile.",
        "page.let_go": "an alert fires that nothing keeps quiet any more; calling begins anew.",
        "page.passed_on": f"{before} cannot come; it calls {_name(data.get('to'), names)} instead.",
        "page.offered": f"{_name(data.get('to'), names)} is asked to take it over.",
    }
    return f"{page.id}: {lines[kind]}" if kind in lines else ""


def _escalated(data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    by, owner = data.get("by"), data.get("from")
    if owner and owner == by:
        return f"{_name(by, names)} gave it up, and the next people are called."
    no_more = f"; {_name(owner, names)} does not have it any more" if owner else ""
    return f"{_name(by, names)} has escalated it, and the next people are called{no_more}."


def _called(data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    people, channels = list(data.get("people", ())), list(data.get("channels", ()))
    times = data.get("times", {})
    counts = {int(times.get(one, 1)) for one in people}
    # Where some were called before and others were not, each says it of themselves.
    again = _again(counts.pop()) if len(counts) == 1 else ""
    each = [f"{_named([one], names)}{_again(int(times.get(one, 1))) if counts else ''}" for one in people]
    whom = [*([", ".join(each)] if people else []), *(f"#{name}" for name in channels)]
    lost = list(data.get("without_a_way", ()))
    cannot = f" {_named(lost, names)} cannot be reached by anything." if lost else ""
    now = ", who is on call now" if data.get("took_over") else ""
    return f"calls {' and '.join(whom)}{now}{again}.{cannot}"


def _again(times: int) -> str:
    return f", for the {nth(times)} time" if times > 1 else ""


def _until(data: Mapping[str, Any]) -> str:
    return f" until {data['until']}" if data.get("until") else ""


def _named(people: Any, names: Mapping[str, str]) -> str:
    return ", ".join(names.get(one, str(one)) for one in people)


def _name(person: Any, names: Mapping[str, str]) -> str:
    return names.get(str(person), str(person or "somebody"))
