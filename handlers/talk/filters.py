"""From what was understood to which alerts and incidents are listed: of a service, a severity, a state. Pure."""

import re

from core.language.entity import EntityType
from core.language.understand import Understanding
from core.world import World

Raw = dict[str, str]
_ALERTS = re.compile(r"\b(?:alerts?|alarms?|firing)\b", re.IGNORECASE)
_INCIDENTS = re.compile(r"\b(?:incidents?|outages?|sev\s?-?[1-5]s?|p1s?)\b", re.IGNORECASE)
_STATE = re.compile(r"\b(?P<state>all|resolved|closed)\b", re.IGNORECASE)
_QUIET = re.compile(r"\b(?:silenced|muted|quiet)\b", re.IGNORECASE)
_GRADE = re.compile(r"\b(?:sev\s?-?|p)(?P<grade>[1-5])s?\b", re.IGNORECASE)


def alerts(_world: World, meant: Understanding) -> Raw | None:
    """`alert.list`."""
    if meant.value(EntityType.INCIDENT_ID) or not _ALERTS.search(meant.text):
        return None
    return {"which": "silenced" if _QUIET.search(meant.text) else "firing"} | _service(meant)


def incidents(_world: World, meant: Understanding) -> Raw | None:
    """`incident.list`: those that are open, where nothing else is said."""
    if meant.value(EntityType.INCIDENT_ID) or not _INCIDENTS.search(meant.text):
        return None
    state, grade = _STATE.search(meant.text), _GRADE.search(meant.text)
    raw = {"which": state["state"].lower() if state else "open"} | _service(meant)
    return raw | ({"severity": f"SEV{grade['grade']}"} if grade else {})


def _service(meant: Understanding) -> Raw:
    """The service that is named, and not only carried over from what was said before."""
    named = (str(one.value) for one in meant.entities if one.type is EntityType.SERVICE and one.text)
    return {"service": name} if (name := next(named, "")) else {}
