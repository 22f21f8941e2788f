"""An incident in words, for three audiences that need different facts. Pure: the same state gives the same words.

Responders get everything; managers what it means, who answers for it and when it ends; the public what they notice
and when they hear more: no person, no service of ours, no severity, no cause, no id.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.incidents.incident import Incident, State
from core.incidents.severity import WORDS, label
from core.quantity import span


class Audience(StrEnum):
    """For whom it is."""

    RESPONDERS = "responders"
    MANAGERS = "managers"
    PUBLIC = "public"


@dataclass(frozen=True)
class Facts:
    """What is told of an incident.

    Attributes:
        incident: itself.
        now: when it is told.
        says: what people outside call its service; empty if nobody has said.
        team: whose it is.
        category: by triage.
        reach: the services that depend on its own.
        users: how many people these have.
        causes: what is confirmed, and what is suspected.
        firing: how many of its alerts are not over.
        runs: runbooks that ran for it, in a line each.
        open_tasks: what is to be done, in a line each.
        tasks: how many tasks there are in all.
        next_update: when news is due.
        late: since when it is overdue.
        zone: the time zone of the house, in which everybody reads times but responders, who compare them with logs.
    """

    incident: Incident
    now: datetime
    says: str = ""
    team: str = ""
    category: str = ""
    reach: tuple[str, ...] = ()
    users: int = 0
    causes: tuple[str, ...] = ()
    firing: int = 0
    runs: tuple[str, ...] = ()
    open_tasks: tuple[str, ...] = ()
    tasks: int = 0
    next_update: datetime | None = None
    late: datetime | None = None
    zone: str = "UTC"


_STATE = {
    State.OPEN: "nobody has taken it on yet",
    State.ACKNOWLEDGED: "people look for the cause",
    State.MITIGATING: "people work on a remedy",
    State.MONITORING: "a remedy is in place, and it is watched",
    State.RESOLVED: "it is resolved",
    State.CLOSED: "it is resolved and closed",
}
_PUBLIC = {
    State.OPEN: "We are aware of it and look into it.",
    State.ACKNOWLEDGED: "We are looking for the cause.",
    State.MITIGATING: "We know where to work, and are working on it.",
    State.MONITORING: "A remedy is in place. We are watching whether it holds.",
}
_NOTICED = {
    "availability": "may be unavailable",
    "latency": "may be slower than usual",
    "errors": "may answer with errors",
    "saturation": "may be slower than usual or unavailable",
    "network": "may be hard to reach",
    "certificate": "may show a warning about its connection",
}
_CALM = "may not work as usual"
OURS = "our service"


def summary(facts: Facts, audience: Audience) -> str:
    """The words for this audience, line by line."""
    told = {Audience.RESPONDERS: _responders, Audience.MANAGERS: _managers, Audience.PUBLIC: _public}
    return "\n".join(told[audience](facts))


def _responders(facts: Facts) -> Iterable[str]:
    one = facts.incident
    yield f"{one.id} {label(one.severity)} ({WORDS[one.severity]}): {one.title}"
    yield f"State: {one.state}. It began {_there(one.created)}; {_lasts(facts)}."
    roles = (("Commander", one.lead_name), ("communications", one.comms_name), ("scribe", one.scribe_name))
    named = ", ".join(f"{role}: {name or 'nobody'}" for role, name in roles)
    yield f"{named}. Team: {facts.team or 'nobody'}."
    if one.service:
        reach = f"; may reach {', '.join(facts.reach)}" if facts.reach else ""
        yield f"Service: {one.service}{reach}. Category: {facts.category}."
    if facts.firing:
        yield f"Alerts that are not over: {facts.firing:,}."
    yield from (f"Cause: {cause}" for cause in facts.causes)
    yield from (f"Run: {run}" for run in facts.runs)
    if one.update:
        yield f"Newest, {one.update_by}: {' '.join(one.update.split())}"
    yield from (f"To do: {task}" for task in facts.open_tasks)
    yield from _end(one)
    if facts.late is not None and one.is_open:
        yield f"The next update is late since {_there(facts.late)}."
    elif facts.next_update is not None and one.is_open:
        yield f"Next update: {_there(facts.next_update)}."


def _managers(facts: Facts) -> Iterable[str]:
    one = facts.incident
    yield f"{one.title} ({WORDS[one.severity]}, {one.id})"
    yield f"It began {_there(one.created, facts.zone)}; {_lasts(facts)}: {_stands(one)}."
    if facts.users:
        yield f"Up to {facts.users:,} people depend on what is hit."
    if facts.reach:
        yield f"Other services that may feel it: {len(facts.reach)}."
    answers = one.owner_name or (f"team {facts.team}" if facts.team else "") or "nobody yet"
    led = (
        f"is led by {one.lead_name or 'nobody yet'}"
        if one.is_open
        else f"was led by {one.lead_name or 'nobody'}"
    )
    yield f"It {led}; it belongs to {answers}."
    if one.update:
        yield f"Newest: {' '.join(one.update.split())}"
    if facts.tasks:
        yield f"Tasks: {facts.tasks - len(facts.open_tasks)} of {facts.tasks} done."
    yield from _end(one)
    if facts.next_update is not None and facts.late is None and one.is_open:
        yield f"You hear more by {_there(facts.next_update, facts.zone)}."


def _public(facts: Facts) -> Iterable[str]:
    one = facts.incident
    named = facts.says or OURS
    noticed = _NOTICED.get(facts.category, _CALM)
    if not one.is_open:
        ended = one.resolved or facts.now
        yield f"Since {_there(ended, facts.zone)} {named} works as usual again."
        lasted = in_words(ended - one.created)
        yield f"It was disturbed from {_there(one.created, facts.zone)} on, for {lasted}. We are sorry for that."
        return
    yield f"Since {_there(one.created, facts.zone)} {named} {noticed}."
    yield _PUBLIC[one.state]
    if facts.next_update is not None:
        yield f"We will say more by {_there(facts.next_update, facts.zone)}."


def _stands(one: Incident) -> str:
    """How it stands; whoever leads it has it in hand, whether they have said so or not."""
    if one.state is State.OPEN and one.lead_name:
        return "it is in hand, and the cause is not known yet"
    return _STATE[one.state]


def _end(one: Incident) -> Iterable[str]:
    if one.is_open:
        return
    if one.cause:
        yield f"Why: {' '.join(one.cause.split())}"
    if one.resolution:
        yield f"What was done: {' '.join(one.resolution.split())}"
    if one.follow_ups:
        yield f"What follows: {' '.join(one.follow_ups.split())}"


def _lasts(facts: Facts) -> str:
    one = facts.incident
    if one.resolved is not None:
        return f"it lasted {_long(one.resolved - one.created)}"
    return f"it lasts for {_long(facts.now - one.created)} now"


def _long(time: timedelta) -> str:
    """To the minute: nobody wants seconds here."""
    return span(max(timedelta(minutes=1), timedelta(minutes=time // timedelta(minutes=1))))


def in_words(time: timedelta) -> str:
    """How long, for people outside: `one minute`, `12 minutes`, `2 hours 5 minutes`, `one day`; to the minute, from a day on to the hour."""
    minutes = max(1, time // timedelta(minutes=1))
    hours, rest = divmod(minutes, 60)
    days, left = divmod(hours, 24)
    parts = ((days, "day"), (left, "hour")) if days else ((hours, "hour"), (rest, "minute"))
    said = [(count, word) for count, word in parts if count]
    if len(said) == 1 and said[0][0] == 1:
        return f"one {said[0][1]}"
    return " ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in said)


def _there(at: datetime, zone: str = "UTC") -> str:
    """A moment by the clock of a place, which is named; zones that have no name are told by how far they are from UTC."""
    local = at.astimezone(ZoneInfo(zone))
    name = local.tzname() or ""
    return f"{local:%d %B %H:%M} {name if name.isalpha() else f'UTC{name}'}"
