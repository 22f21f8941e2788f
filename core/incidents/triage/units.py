"""Triage of an incident by what the house knows, and what people say of possible causes; each one transaction, or part of one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

from core.catalogue.deployments import records as deployments
from core.catalogue.graph import dependencies
from core.catalogue.model import Service
from core.errors import Conflict, Invalid, NotFound
from core.health import records as health
from core.incidents import records as incidents
from core.incidents.alerts.records import groups_of
from core.incidents.incident import Incident
from core.incidents.triage import records
from core.incidents.triage.category import CATEGORIES, OTHER
from core.incidents.triage.facts import Facts
from core.incidents.triage.hypothesis import LATELY, Hypothesis, Verdict, judged
from core.incidents.triage.judge import Triage, triage
from core.incidents.units import TEXT, Told, change, note, remark
from core.people.person import Person
from core.source import suggestion
from core.store.engine import Unit
from core.text import clean, cut, moment, one_line

_PAST = timedelta(days=30)
_EVENT = "incident.suspected"
_OPEN = 200
_PIPELINE = Person(id="system", name="Wardroom", kind="agent")


class Scene(Protocol):
    """What of the world this needs."""

    @property
    def services(self) -> Mapping[str, Service]:
        """The catalogue, by name."""
        ...


def look(unit: Unit, scene: Scene, incident: Incident) -> Triage:
    """What an incident is likely to be, with what people said of it. Of what is over, only the latter is told."""
    found = triage(facts(unit, scene, incident))
    guesses = found.hypotheses if incident.is_open else ()
    return replace(found, hypotheses=judged(guesses, records.kept(unit, incident.id)))


def facts(unit: Unit, scene: Scene, incident: Incident) -> Facts:
    """What the house knows of it and of what was going on around it."""
    groups = [group.id for group in groups_of(unit, incident.id)]
    alerts = records.touched(unit, groups) if groups else []
    first = records.first(unit, groups) if groups else None
    counts = health.counts(unit)
    up = tuple(dependencies(scene.services, incident.service))
    own = (incident.service, *up) if incident.service else ()
    before = incident.created - LATELY
    return Facts(
        title=incident.title,
        began=incident.created,
        service=incident.service,
        first=first,
        labels=tuple(labels for _, labels, _ in alerts),
        alerts=tuple(dict.fromkeys(name for name, _, _ in alerts)),
        touched=tuple(dict.fromkeys(name for _, _, name in alerts if name and name != incident.service)),
        services=scene.services,
        health={name: str(count.status) for name, count in counts.items()},
        runs=tuple(records.runs(unit, own, before, incident.created)) if own else (),
        deployments=tuple(
            deployments.newest(
                unit,
                deployments.Which(own),
                since=min(first or before, before) - LATELY,
                until=incident.created,
            )
        )
        if own
        else (),
        nearby=tuple(records.nearby(unit, up)) if up else (),
        others=tuple(records.others(unit, incident.id, up)) if up else (),
        past=tuple(records.past(unit, incident.service, incident.created, incident.created - _PAST))
        if own
        else (),
        team=incident.team,
        category=incident.category,
        category_by=incident.category_by,
    )


def on_declared(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """It begins: what it is likely to be is written on its timeline, so that it can be read what was known then."""
    del data
    incident = incidents.get(unit, ref)
    found = look(unit, scene, incident)
    said = [
        f"Triage: {found.category} ({found.category_why})."
        if found.category != OTHER
        else f"Triage: the category is {found.category_why}; `/incident category {incident.id} …` sets it."
    ]
    if found.downstream:
        said.append(f"It may reach {', '.join(found.downstream)}.")
    said += [f"Suspected: {one.text} ({one.evidence})." for one in found.hypotheses[:3]]
    note(unit, ref, "triage", "Wardroom", cut(" ".join(said), TEXT))


def on_deployed(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """A pipeline reported a deployment: open incidents that it may have to do with have it on their timeline and card."""
    del data
    one = deployments.get(unit, ref)
    if one is None:
        return
    for incident in incidents.find(unit, limit=_OPEN):
        own = {incident.service, *dependencies(scene.services, incident.service)}
        if not incident.service or one.service not in own or one.at < incident.created - LATELY:
            continue
        by = f" by {one.by}" if one.by else ""
        words = f"Deployment {one.id}: {one.said}{by} at {moment(one.at)}."
        remark(unit, incidents.get(unit, incident.id, lock=True), _PIPELINE, words, "deploy")


def categorise(unit: Unit, incident_id: str, by: Person, category: str, why: str = "") -> Incident:
    """Somebody says which sort of disturbance it is, whatever the triage thinks.

    Raises:
        Invalid: there is no such category; names the nearest.
        Conflict: that was said already.
    """
    named = category.strip().casefold()
    if named not in CATEGORIES:
        what = f"“{one_line(category, 40)}” is no category."
        raise Invalid(what, suggestion(named, CATEGORIES))
    incident = incidents.get(unit, incident_id, lock=True)
    if incident.category == named:
        raise Conflict(f"{incident_id} is set to {named} already.", "Nothing was changed.")
    because = f" ({one_line(why, 300)})" if why else ""
    told = Told("incident.updated", by, f"{by.name}: category {named}{because}", data={"category": named})
    return change(unit, incident, told, category=named, category_by=by.name)


def suspect(unit: Unit, incident_id: str, by: Person, words: str) -> Hypothesis:
    """Somebody names a possible cause.

    Raises:
        Invalid: there are no words.
    """
    text = one_line(words, 300)
    if not text:
        raise Invalid(
            "What do you suspect?", "For example: `/incident suspect INC-1 the disk of db-1 is full`."
        )
    incident = incidents.get(unit, incident_id, lock=True)
    number = sum(one.key.startswith("H") and one.key[1:].isdigit() for one in records.kept(unit, incident_id))
    made = Hypothesis(f"H{number + 1}", text, f"{by.name} says so", 50, by=by.name)
    records.keep(unit, incident_id, made)
    _tell(unit, incident, by, made, f"{by.name} suspects: {text} ({made.key})")
    return made


def judge(
    unit: Unit, scene: Scene, incident_id: str, by: Person, said: tuple[str, Verdict, str]
) -> Hypothesis:
    """Somebody confirms a possible cause, rules it out, or takes that back; `said` is its key, the verdict, and why.

    Raises:
        NotFound: there is no such hypothesis; says which there are.
        Conflict: that was said of it already.
    """
    key, verdict, why = said
    incident = incidents.get(unit, incident_id, lock=True)
    known = {one.key.casefold(): one for one in look(unit, scene, incident).hypotheses}
    one = known.get(key.strip().casefold())
    if one is None:
        listed = ", ".join(each.key for each in known.values()) or "none yet"
        raise NotFound(f"{incident_id} has no hypothesis “{one_line(key, 40)}”.", f"There are: {listed}.")
    if one.verdict is verdict:
        raise Conflict(f"{one.key} is {verdict} already.", "Nothing was changed.")
    made = replace(one, verdict=verdict, by=by.name, why=cut(clean(why), TEXT))
    records.keep(unit, incident_id, made)
    because = f": {one_line(why, 300)}" if why else ""
    _tell(unit, incident, by, made, f"{by.name}: {one.text} ({one.key}) is {verdict}{because}")
    return made


def _tell(unit: Unit, incident: Incident, by: Person, one: Hypothesis, words: str) -> None:
    change(unit, incident, Told(_EVENT, by, words, data={"key": one.key, "verdict": str(one.verdict)}))
