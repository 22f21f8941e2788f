"""Gathering alerts into incidents: find or declare one for each group, tell it what changes, see when it is over.

Source: the co-pilot design's first steps of incident handling (3.3), with the sender's own groups. Each public function
is one transaction, or what a reaction or a due time does in one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.incidents import records as incidents
from core.incidents import units
from core.incidents.alerts import records
from core.incidents.alerts.alert import Alert, Group, sender
from core.incidents.alerts.handling import Handling, handling, worst
from core.incidents.alerts.scene import Scene as Alerted
from core.incidents.alerts.search import records as searching
from core.incidents.alerts.search.records import Search
from core.incidents.finding import units as finding
from core.incidents.gathering import words
from core.incidents.hushing import units as hushing
from core.incidents.incident import SOURCE, Incident, State
from core.incidents.pulse import units as pulse
from core.incidents.states import Happening
from core.incidents.units import VIEW, Declaration, Step
from core.notify.routing import alarm
from core.people.person import Person
from core.place import Place
from core.runbooks.starting import units as starting
from core.store import deadlines, events, outbox, turns
from core.store.engine import Unit

WATCH = "alerts.watch"
_WORKED_ON = (State.OPEN, State.ACKNOWLEDGED, State.MITIGATING)


class Scene(Alerted, hushing.Scene, Protocol):
    """What of the world is needed to gather alerts."""


@dataclass(frozen=True)
class _News:
    """What an incident does not know of a group: alerts that began, ended, flap."""

    group: Group
    by: Person
    fired: Sequence[Alert]
    over: Sequence[Alert]
    flaps: Sequence[Alert]


def on_alerts(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """Something changed in a group: find or declare its incident, and tell it."""
    del data
    turns.take(unit, f"alerts:{ref}")
    group = records.group(unit, ref, lock=True)
    news = _news(unit, group)
    if news.fired:
        group = _declared(unit, scene, news)
    group = replace(group, waiting=False, told=unit.now)
    records.save_groups(unit, [group])
    _log(unit, scene, replace(news, group=group))
    incident = _incident(unit, group)
    if incident is not None:
        _tell(unit, scene, replace(news, group=group), incident)
    records.tell(unit, group.id)
    if incident is not None:
        hushing.settle(unit, scene, incident.id)


def on_gather(unit: Unit, scene: Scene, ref: str) -> None:
    """A group that changed shortly after it was looked at is looked at again."""
    on_alerts(unit, scene, ref, {})


def on_watch(unit: Unit, scene: Scene, ref: str) -> None:
    """An incident whose alerts were over has been watched: resolve it, if still none of them fires."""
    del scene
    incident = incidents.get(unit, ref, lock=True)
    figures = searching.tally(unit, Search(incident=ref))
    if incident.state is not State.MONITORING or figures.announced:
        return
    said = words.resolved(figures.alerts, unit.now)
    units.step(unit, incident, Step(Happening.RESOLVED, _rule(incident), said))


def _news(unit: Unit, group: Group) -> _News:
    untold = records.untold(unit, group.id)
    by = Person(id=f"{SOURCE}{group.source}"[:64], name=sender(group.source), kind="agent")
    fired = [one for one in untold if one.episodes > one.told]
    over = [one for one in untold if not one.announced and (one.episodes > one.told or not one.told_over)]
    flaps = [one for one in untold if one.flapping and not one.told_flaps]
    return _News(group, by, fired, over, flaps)


def _log(unit: Unit, scene: Scene, news: _News) -> None:
    """What others react to: alerts that fire and did not, and alerts that are over."""
    for alert in news.fired:
        data = _facts(alert, news.group)
        waited_for = starting.is_waited_for(scene.runbooks, alert.fingerprint, data)
        events.append(unit, "alert.fired", alert.id, actor=news.by.id, data=data, reacts=waited_for)
    for alert in news.over:
        events.append(unit, "alert.resolved", alert.id, actor=news.by.id, data=_facts(alert, news.group))


def _facts(alert: Alert, group: Group) -> dict[str, Any]:
    return {
        "fingerprint": alert.fingerprint,
        "source": alert.source,
        "name": alert.name,
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "service": alert.service,
        "severity": alert.severity,
        "group": group.id,
        "incident": group.incident,
        "status": str(alert.state),
        "started": alert.started,
    }


def _declared(unit: Unit, scene: Scene, news: _News) -> Group:
    """The group with the incident of its alerts, if a route wants one."""
    found = {one.id: handling(scene.alerts, one) for one in news.fired}
    chosen = worst(found.values())
    if chosen is None:
        return news.group
    ordered = sorted(news.fired, key=lambda one: (found[one.id].grade or 9, one.started))
    places = _places(scene, chosen, ordered[0])
    if not chosen.grade:
        for place in places if chosen.config.notify else ():
            outbox.say(unit, place, words.fired(news.by.name, ordered))
        return replace(news.group, has_route=chosen.has_route)
    incident = _incident(unit, news.group)
    if incident is None or not _goes_on(incident, scene, unit.now):
        incident = _other(unit, scene, chosen, ordered)
    if incident is None:
        incident = _new(unit, news, chosen, ordered, places)
    else:
        incident = _back(unit, news, incident, chosen)
        for place in places:
            outbox.publish(unit, VIEW, incident.id, place)
    grade = min(chosen.grade, news.group.grade or chosen.grade)
    pulse.named(unit, news.group)
    return replace(news.group, incident=incident.id, grade=grade, has_route=chosen.has_route)


def _incident(unit: Unit, group: Group) -> Incident | None:
    return incidents.get(unit, group.incident, lock=True) if group.incident else None


def _goes_on(incident: Incident, scene: Scene, now: datetime) -> bool:
    """Whether alerts that fire again belong to it, and not to another one."""
    if incident.is_open:
        return True
    return incident.resolved is not None and now - incident.resolved <= scene.alerts.reopen_within


def _other(unit: Unit, scene: Scene, chosen: Handling, alerts: Sequence[Alert]) -> Incident | None:
    """The open incident of the same service that they join, where their route says so."""
    service = _service(chosen, alerts)
    found = finding.same(unit, scene, service, "") if chosen.config.join and service else None
    return incidents.get(unit, found.id, lock=True) if found is not None else None


def _service(chosen: Handling, alerts: Sequence[Alert]) -> str:
    return chosen.config.service or next((one.service for one in alerts if one.service), "")


def _new(
    unit: Unit, news: _News, chosen: Handling, alerts: Sequence[Alert], places: Sequence[Place]
) -> Incident:
    service = _service(chosen, alerts)
    before = f"The alerts of {news.group.incident} fire again." if news.group.incident else ""
    said = Declaration(
        title=words.title(alerts),
        severity=chosen.grade,
        by=news.by,
        service=service,
        quote=before,
        source=f"alerts:{news.group.id}",
        places=tuple(places),
        team=chosen.config.team or "",
        escalation=chosen.config.escalation or "",
    )
    return units.declare(unit, said)


def _back(unit: Unit, news: _News, incident: Incident, chosen: Handling) -> Incident:
    """An incident that was over, or about to be, is worked on again; a graver alert makes it graver."""
    if incident.state in (State.MONITORING, State.RESOLVED, State.CLOSED):
        is_watched = incident.state is State.MONITORING and incident.acknowledged is not None
        happening = Happening.MITIGATING if is_watched else Happening.REOPENED
        step = Step(happening, news.by, words.back(str(incident.state)))
        incident = units.step(unit, incident, step)
    # Somebody may have made it less grave on purpose: only what is graver than all before changes it.
    if chosen.grade < (news.group.grade or 9) and chosen.grade < incident.severity:
        incident = units.tell(unit, incident.id, news.by, units.News(severity=chosen.grade))
    return incident


def _tell(unit: Unit, scene: Scene, news: _News, incident: Incident) -> None:
    figures = searching.tally(unit, Search(incident=incident.id))
    if news.group.acknowledged is not None and incident.state is State.OPEN:
        said = f"{news.by.name} says that somebody has it in hand."
        changes = {"acknowledged": unit.now}
        incident = units.step(unit, incident, Step(Happening.ACKNOWLEDGED, news.by, said, changes))
    for said in _said(news, figures.announced):
        incident = units.remark(unit, incident, news.by, said)
    ends = news.over and not figures.announced
    if ends and incident.is_open and incident.came_of_alerts:
        _watch(unit, scene, news, incident, figures.alerts)
    outbox.refresh(unit, VIEW, incident.id)


def _said(news: _News, left: int) -> list[str]:
    said = []
    if news.fired:
        said.append(words.fired(news.by.name, news.fired))
    if news.over:
        said.append(words.over(news.by.name, news.over, left))
    if news.flaps:
        said.append(words.flaps(news.by.name, news.flaps))
    return said


def _watch(unit: Unit, scene: Scene, news: _News, incident: Incident, total: int) -> None:
    """All of its alerts are over: it is watched for a while, and then looked at again."""
    until = unit.now + _patience(scene, news)
    if incident.state in _WORKED_ON:
        said = words.watched(total, until)
        units.step(unit, incident, Step(Happening.MONITORING, _rule(incident), said))
    deadlines.set(unit, WATCH, incident.id, until)


def _patience(scene: Scene, news: _News) -> timedelta:
    own = (handling(scene.alerts, one).config.resolve_after for one in news.over[:1])
    return next((one for one in own if one is not None), scene.alerts.resolve_after)


def _rule(incident: Incident) -> Person:
    return Person(id=incident.declared_by, name=incident.declared_name, kind="agent")


def _places(scene: Scene, chosen: Handling, first: Alert) -> tuple[Place, ...]:
    """Where the incident is shown: the channels of its route and its team; operators hear what belongs to nobody."""
    service = scene.services.get(chosen.config.service or first.service)
    team = scene.teams.get(chosen.config.team or (service.owner if service else None) or "")
    channels = (scene.channels.get(name) for name in chosen.config.notify)
    found = [*(place for one in channels if one for place in one.places), *(team.places if team else ())]
    return tuple(
        {
            (one.platform, one.channel): one for one in found or alarm(scene.channels, scene.notices.alarm)
        }.values()
    )
