"""The only table of an incident's transitions, and who may bring them about; whatever is not in it is an error.

Source: the life cycle of the co-pilot design (3.3), with reopening. People skip steps when they must: work may
be resolved from any open state, and may go back from monitoring to mitigating. What nobody took on is open again when
it is back, and is watched as well when its alerts are over.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.errors import Conflict
from core.incidents.incident import Incident, State
from core.people.person import Person


class Happening(StrEnum):
    """What can happen to an incident."""

    ACKNOWLEDGED = "acknowledged"
    MITIGATING = "mitigating"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    MERGED = "merged"


_CALM = (State.MONITORING, State.RESOLVED, State.CLOSED)
_OPEN = (State.OPEN, State.ACKNOWLEDGED, State.MITIGATING, State.MONITORING)

TABLE: dict[tuple[State, Happening], State] = {
    (State.OPEN, Happening.ACKNOWLEDGED): State.ACKNOWLEDGED,
    (State.OPEN, Happening.MITIGATING): State.MITIGATING,
    (State.ACKNOWLEDGED, Happening.MITIGATING): State.MITIGATING,
    (State.MONITORING, Happening.MITIGATING): State.MITIGATING,
    (State.OPEN, Happening.MONITORING): State.MONITORING,
    (State.ACKNOWLEDGED, Happening.MONITORING): State.MONITORING,
    (State.MITIGATING, Happening.MONITORING): State.MONITORING,
    **{(state, Happening.RESOLVED): State.RESOLVED for state in _OPEN},
    (State.MONITORING, Happening.REOPENED): State.OPEN,
    (State.RESOLVED, Happening.REOPENED): State.OPEN,
    (State.CLOSED, Happening.REOPENED): State.OPEN,
    (State.RESOLVED, Happening.CLOSED): State.CLOSED,
    **{(state, Happening.MERGED): State.CLOSED for state in (*_OPEN, State.RESOLVED)},
}


NEEDS: Mapping[Happening, str] = {
    Happening.ACKNOWLEDGED: "incident.ack",
    Happening.MITIGATING: "incident.update",
    Happening.MONITORING: "incident.update",
    Happening.RESOLVED: "incident.resolve",
    Happening.REOPENED: "incident.reopen",
    Happening.CLOSED: "incident.resolve",
    Happening.MERGED: "incident.merge",
}
"""The permission without which nobody lets this happen, whatever the door."""


_SAID = {
    Happening.MITIGATING: "set to mitigating",
    Happening.MONITORING: "set to monitoring",
    Happening.MERGED: "merged into another one",
}


def needed_for(state: State) -> str:
    """The permission that whoever brings an incident into this state must have."""
    return NEEDS[Happening.REOPENED if state is State.OPEN else Happening(str(state))]


def after(state: State, happening: Happening) -> State:
    """The state that follows.

    Raises:
        Conflict: this cannot happen to an incident in that state; says what can.
    """
    following = TABLE.get((state, happening))
    if following is None:
        *others, last = sorted(_SAID.get(can, str(can)) for start, can in TABLE if start is state)
        possible = f"{', '.join(others)} or {last}" if others else last
        raise Conflict(
            f"An incident that is {state} cannot be {_SAID.get(happening, happening)}.",
            f"It can be {possible}.",
        )
    return following


def moved(incident: Incident, happening: Happening, now: datetime) -> dict[str, Any]:
    """The state that follows, with the moments that it stamps; what is open again is neither over nor held off.

    Raises:
        Conflict: this cannot happen to an incident in its state.
    """
    state = after(incident.state, happening)
    return {
        "state": state,
        "mitigated": (incident.mitigated or now) if state in _CALM else None,
        "resolved": now if state is State.RESOLVED else incident.resolved if state is State.CLOSED else None,
        "closed": now if state is State.CLOSED else None,
    }


def taker(before: Incident, after: Incident, by: Person) -> str:
    """Who has taken it on with a change: whoever leads newly, else the person who took the first step; empty if nobody."""
    if after.lead != before.lead:
        return after.lead
    is_begun = before.state is State.OPEN and after.is_open and after.state is not State.OPEN
    return by.id if is_begun and by.is_human else ""
