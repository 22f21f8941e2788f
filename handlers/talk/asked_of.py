"""Which question about what is known by name means which verb: of services, incidents, people, runs, runbooks and shifts. Pure."""

from handlers.talk import (
    by_whom,
    deeds,
    incidents_asked,
    names,
    own_shifts,
    pages_asked,
    permitted,
    runs_asked,
    scaling,
    services,
    shifts,
)

OF_NAMES = (
    ("health.show", services.asked),
    ("health.show", services.of_a_kind),
    ("approval.show", by_whom.of_request),
    ("incident.show", by_whom.of_incident),
    ("incident.list", incidents_asked.last),
    ("incident.list", incidents_asked.of_a_grade),
    ("oncall.who", names.asked),
    ("oncall.mine", own_shifts.asked),
    ("oncall.pages", pages_asked.asked),
    ("runbook.list", runs_asked.books),
    ("approval.policies", permitted.frozen),
    ("runbook.permitted", permitted.asked),
    ("runbook.status", runs_asked.of_one),
    ("runbook.history", runs_asked.going),
    ("runbook.history", runs_asked.asked),
    ("runbook.history", runs_asked.failed),
    ("oncall.lately", runs_asked.counted),
    ("oncall.lately", runs_asked.versions),
    ("oncall.lately", runs_asked.by_whom),
    ("runbook.logs", runs_asked.logs),
    ("oncall.lately", deeds.asked),
    ("runbook.run", scaling.asked),
    ("oncall.override", shifts.stands_in),
    ("oncall.swap", shifts.exchanges),
)
"""What reads a sentence about what is known by name, and the verb that answers or does it."""
