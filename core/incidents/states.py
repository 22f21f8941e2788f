"""The only table of an incident's transitions; whatever is not in it is an error.

Source: the life cycle of the co-pilot design (3.3), with reopening. People skip steps when they must: work may
be resolved from any open state, and may go back from monitoring to mitigating. What nobody took on is open again when
it is back, and is watched as well when its alerts are over.
"""

from enum import StrEnum

from core.errors import Conflict
from core.incidents.incident import State


class Happening(StrEnum):
    """What can happen to an incident."""

    ACKNOWLEDGED = "acknowledged"
    MITIGATING = "mitigating"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"


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
}


def after(state: State, happening: Happening) -> State:
    """The state that follows.

    Raises:
        Conflict: this cannot happen to an incident in that state; says what can.
    """
    following = TABLE.get((state, happening))
    if following is None:
        possible = sorted(str(can) for start, can in TABLE if start is state)
        raise Conflict(
            f"An incident that is {state} cannot be {happening}.", f"It can be {', '.join(possible)}."
        )
    return following
