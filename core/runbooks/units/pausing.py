"""Holding a run where it is, and letting it go on."""

from core.people.person import Person
from core.runbooks import machine
from core.runbooks.execution import Execution
from core.runbooks.states import ExecutionState
from core.runbooks.units.commit import Scene, begin, commit, is_approved, turn_of
from core.store import events
from core.store.engine import Unit


def pause(unit: Unit, scene: Scene, execution_id: str, person: Person) -> Execution:
    """Begin nothing new until somebody resumes it; what runs may end.

    Raises:
        NotFound: there is none with that id.
        Conflict: it cannot be paused now.
    """
    turn = turn_of(unit, execution_id, person.id)
    machine.pause(turn, f"{person.name} paused it.")
    return commit(unit, scene, turn)


def resume(unit: Unit, scene: Scene, execution_id: str, person: Person) -> Execution:
    """Go on from where it was paused; what people approved meanwhile begins now.

    Raises:
        NotFound: there is none with that id.
        Conflict: it is not paused.
    """
    turn = turn_of(unit, execution_id, person.id)
    paused = [one["at"] for one in events.history(unit, execution_id) if one["kind"] == "execution.paused"]
    machine.resume(turn, paused[-1] if paused else unit.now)
    execution = turn.execution
    waits = execution.state is ExecutionState.WAITING_APPROVAL and execution.started_at is None
    if waits and (not execution.request or is_approved(unit, execution.request)):
        begin(unit, turn)
    return commit(unit, scene, turn)
