"""The page that ties the rooms together: who reacts to what, and what runs when a time has come."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from core.approvals.ageing import units as ageing
from core.approvals.enrolling import units as enrolling
from core.approvals.glass import units as glass
from core.approvals.seating import units as seating
from core.approvals.settling import units as settling
from core.approvals.telling import units as telling
from core.catalogue.deployments import units as deployments
from core.health import units as health
from core.incidents import units as incidents
from core.incidents.alerts import units as alerts
from core.incidents.closing import units as closing
from core.incidents.gathering import units as gathering
from core.incidents.heartbeats import units as heartbeats
from core.incidents.muting import units as muting
from core.incidents.paging import units as incident_paging
from core.incidents.pulse import units as pulse
from core.incidents.remedies import units as remedies
from core.incidents.reminding import units as reminding
from core.incidents.review import units as reviews
from core.incidents.rooms import units as rooms
from core.incidents.rooms.topics import units as topics
from core.incidents.sources import alertmanager, cloudevents, grafana, pagerduty
from core.incidents.sources.source import Read
from core.incidents.tasks import records as task_rows
from core.incidents.tasks import units as tasks
from core.incidents.triage import units as triage
from core.incidents.whispers import units as whispers
from core.oncall.swapping import units as swapping
from core.paging import units as paging
from core.paging.relieving import units as relieving
from core.place import Place
from core.runbooks.asking import units as asking
from core.runbooks.calling.units import calls as calling
from core.runbooks.calling.units import holding
from core.runbooks.rehearsing import units as rehearsing
from core.runbooks.starting import units as starting
from core.runbooks.units import runs
from core.runbooks.wishing import units as wishing
from core.store import (
    anchor,
    erasing,
)
from core.store.engine import Unit
from core.world import World, judge_of


def _anchored(world: World) -> tuple[timedelta | None, tuple[str, ...]]:
    config = world.audit.anchor
    return (None, ()) if config is None else (config.every, config.targets)


# What reads the deliveries of each built-in sender, by the name of its hook.
SOURCES: Mapping[str, Read] = {
    "alertmanager": alertmanager.read,
    "grafana": grafana.read,
    "pagerduty": pagerduty.read,
    "cloudevents": cloudevents.read,
}

Timer = Callable[[Unit, World, str], None]
Reaction = Callable[[Unit, World, str, Mapping[str, Any]], None]

# What runs when a deadline of this kind is due; the reference says for what.
DEADLINES: Mapping[str, Timer] = {
    settling.DEADLINE: lambda unit, world, ref: ageing.on_due(unit, ref, judge_of(world)),
    seating.DEADLINE: lambda unit, world, ref: seating.on_due(unit, world.people, ref),
    anchor.KIND: lambda unit, world, _ref: anchor.on_due(unit, *_anchored(world)),
    telling.DEADLINE: telling.on_deadline,
    telling.STAGGERED: telling.on_staggered,
    starting.DEADLINE: starting.on_cron_due,
    erasing.DEADLINE: lambda unit, _world, ref: erasing.on_due(unit, ref),
    wishing.DEADLINE: lambda unit, _world, ref: wishing.on_due(unit, ref),
    alerts.GATHER: gathering.on_gather,
    alerts.SETTLE: alerts.on_settle,
    alerts.MUTE: muting.on_mute,
    alerts.UNMUTE: muting.on_unmute,
    gathering.WATCH: gathering.on_watch,
    reviews.REMIND: reviews.on_due,
    closing.CLOSE: closing.on_due,
    reminding.REMIND: reminding.on_due,
    task_rows.DUE: tasks.on_due,
    rooms.AGAIN: rooms.on_again,
    remedies.NEXT: remedies.on_next,
    remedies.LOOK: remedies.on_look,
    **paging.DEADLINES,
    heartbeats.MISSED: heartbeats.on_missed,
    swapping.DUE: swapping.on_due,
    **runs.DEADLINES,
    **asking.DEADLINES,
}

Lost = Callable[[Unit, World, str, str, Place], None]

# What is done when a card of this view could not be posted: unit, world, its ref, the view, where it was to stand.
LOST: Mapping[str, Lost] = {**swapping.LOST, **whispers.LOST, **reminding.LOST, **tasks.LOST}

# Which rooms react to an event of another room, each in a unit of its own.
BY_EVENT: Mapping[str, tuple[str, ...]] = {
    "approval.requested": ("notices.on_requested", "rehearsals.on_requested"),
    "approval.escalated": ("notices.on_escalated",),
    "approval.reminded": ("notices.on_reminded",),
    "approval.amended": ("notices.on_amended", "rehearsals.on_requested"),
    "approval.asked": ("notices.on_asked",),
    "approval.glass_broken": ("glass.on_broken", "notices.on_glass_broken"),
    "approval.closed": ("runbooks.on_approval_closed", "notices.on_ended", "glass.on_closed"),
    "approval.executed": ("notices.on_ended", "glass.on_executed"),
    deployments.REPORTED: ("incidents.on_deployed",),
    "alert.fired": ("runbooks.on_alert_fired",),
    "incident.resolved": (
        "incidents.on_resolved",
        "incidents.on_changed",
        "paging.on_incident",
        "remedies.on_incident",
        "rooms.on_over",
    ),
    "incident.closed": (
        "incidents.on_changed",
        "paging.on_incident",
        "remedies.on_incident",
        "rooms.on_closed",
    ),
    "incident.role_given": ("paging.on_incident", "rooms.on_people"),
    "incident.assigned": ("rooms.on_people",),
    "factor.enrolled": ("factor.on_enrolled",),
    health.CHANGED: ("incidents.on_health_changed", "remedies.on_health_changed"),
    "incident.reopened": ("incidents.on_changed", "paging.on_incident", "remedies.on_back", "rooms.on_over"),
    "incident.declared": (
        "incidents.on_declared",
        "incidents.on_changed",
        "paging.on_incident",
        "remedies.on_incident",
        "rooms.on_incident",
    ),
    **{
        kind: ("incidents.on_changed", "paging.on_incident", "remedies.on_incident", *own)
        for kind, own in (
            ("incident.acknowledged", ("rooms.on_people",)),
            ("incident.updated", ("rooms.on_incident", "rooms.on_graded")),
        )
    },
    **dict.fromkeys(incident_paging.TOLD, ("incidents.on_page_event",)),
    **dict.fromkeys(("oncall.overridden", "oncall.swapped"), ("paging.on_watch_changed",)),
    "execution.started": ("incidents.on_execution_event",),
    "step.called": ("runbooks.on_called",),
    "step.called_off": ("runbooks.on_called_off",),
    "step.held": ("runbooks.on_held",),
    "step.let_go": ("runbooks.on_let_go",),
    "step.took_back": ("runbooks.on_took_back",),
    "execution.had_its_turn": ("runbooks.on_had_its_turn",),
    **dict.fromkeys(
        (
            "execution.waited",
            "execution.went_on",
            "execution.paused",
            "execution.resumed",
            "execution.got_stuck",
        ),
        ("runbooks.on_child_moved",),
    ),
    "execution.answered": ("runbooks.on_child_moved", "runbooks.on_had_its_turn"),
    "execution.closed": (
        "runbooks.on_child_closed",
        "questions.on_run_closed",
        "incidents.on_execution_event",
        "remedies.on_run_closed",
    ),
}

REACTIONS: Mapping[str, Reaction] = {
    "runbooks.on_approval_closed": runs.on_approval_closed,
    "runbooks.on_called": calling.on_called,
    "runbooks.on_called_off": calling.on_called_off,
    "runbooks.on_child_closed": calling.on_closed,
    **holding.REACTIONS,
    "rehearsals.on_requested": rehearsing.on_requested,
    "questions.on_run_closed": asking.on_run_closed,
    "runbooks.on_alert_fired": starting.on_alert_fired,
    "notices.on_requested": telling.on_requested,
    "notices.on_escalated": telling.on_escalated,
    "notices.on_reminded": telling.on_reminded,
    "notices.on_amended": telling.on_amended,
    "notices.on_asked": telling.on_asked,
    "notices.on_ended": telling.on_ended,
    "notices.on_glass_broken": telling.on_glass_broken,
    "glass.on_broken": glass.on_broken,
    "glass.on_closed": glass.on_closed,
    "glass.on_executed": glass.on_executed,
    "factor.on_enrolled": enrolling.on_enrolled,
    "incidents.on_execution_event": incidents.on_execution_event,
    alerts.REACTION: gathering.on_alerts,
    "incidents.on_declared": triage.on_declared,
    "incidents.on_deployed": triage.on_deployed,
    "incidents.on_changed": reminding.on_changed,
    "incidents.on_resolved": closing.on_resolved,
    **rooms.REACTIONS,
    **topics.REACTIONS,
    "incidents.on_health_changed": pulse.on_health_changed,
    "remedies.on_incident": remedies.on_incident,
    "remedies.on_back": remedies.on_back,
    "remedies.on_health_changed": remedies.on_health_changed,
    "remedies.on_run_closed": remedies.on_run_closed,
    **incident_paging.REACTIONS,
    **relieving.REACTIONS,
}
