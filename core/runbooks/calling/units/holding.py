"""Runs inside runs, held and let go together, and counted together: each reaction is a unit of its own.

What is paused holds what it called; only what was held so goes on with it. While the inner run waits for people, the
step that called it says so, and no time is counted for the outer one.
"""

from collections.abc import Mapping
from typing import Any

from core.errors import Conflict, VersionConflict
from core.runbooks import machine, records
from core.runbooks.calling.records import caller, key_of
from core.runbooks.calling.units.calls import calling_step, on_called
from core.runbooks.execution import Execution, StepRun
from core.runbooks.states import ExecutionState
from core.runbooks.turn import Turn
from core.runbooks.units import pausing
from core.runbooks.units.commit import Scene, commit, person_of, turn_of
from core.store.engine import Unit

_FOR_PEOPLE = (ExecutionState.WAITING_APPROVAL, ExecutionState.PAUSED, ExecutionState.NEEDS_ATTENTION)
_PAUSABLE = (ExecutionState.RUNNING, ExecutionState.WAITING_APPROVAL)


def on_held(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """A run was paused while one of its steps runs another runbook: that is held as well."""
    turn, step = calling_step(unit, ref, str(data.get("step", "")))
    if step is not None and turn.execution.state is ExecutionState.PAUSED:
        _hold(unit, scene, turn, step, str(data.get("by", "")))


def on_had_its_turn(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """A run that was queued has begun, or one that was stuck goes on. If its caller was paused meanwhile, it is held."""
    del data
    above = caller(unit, ref)
    if above is None:
        return
    turn, step = calling_step(unit, *above)
    if step is not None and turn.execution.state is ExecutionState.PAUSED:
        _hold(unit, scene, turn, step, "system")


def on_let_go(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """A run goes on after a pause: so does what was held with it, and what it had not called yet is called."""
    turn, step = calling_step(unit, ref, str(data.get("step", "")))
    if step is None or turn.execution.state is ExecutionState.PAUSED:
        return
    child = records.id_of_key(unit, key_of(ref, step.id))
    if child is None:
        on_called(unit, scene, ref, data)
        return
    if step.why != "held":
        return
    step.why = ""
    turn.touched[step.id] = step
    commit(unit, scene, turn)
    if records.get(unit, child).state is ExecutionState.PAUSED:
        pausing.resume(unit, scene, child, person_of(scene, str(data.get("by", ""))))


def on_moved(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """A run began to wait for people, or goes on: the step that called it, if one did, says so."""
    del data
    above = caller(unit, ref)
    if above is None:
        return
    turn, step = calling_step(unit, *above)
    if step is None:
        return
    machine.called_waits(turn, step, waits=records.get(unit, ref).state in _FOR_PEOPLE)
    if turn.touched:
        commit(unit, scene, turn)


def on_took_back(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """A step took back what steps of other runs did: they are marked, so that their cards do not say otherwise."""
    steps: dict[str, list[str]] = {}
    for one in str(data.get("taken", "")).split():
        run, _, step = one.partition("/")
        steps.setdefault(run, []).append(step)
    for run, names in steps.items():
        turn = turn_of(unit, run)
        machine.taken_back(turn, names, ref)
        if turn.touched:
            commit(unit, scene, turn)


def _hold(unit: Unit, scene: Scene, turn: Turn, step: StepRun, by: str) -> None:
    child = records.id_of_key(unit, key_of(turn.execution.id, step.id))
    if child is None or not _paused(unit, scene, records.get(unit, child), turn.execution.id, by):
        return
    step.why = "held"
    turn.touched[step.id] = step
    commit(unit, scene, turn)


def _paused(unit: Unit, scene: Scene, child: Execution, parent: str, by: str) -> bool:
    if child.ending or child.state not in _PAUSABLE:
        return False
    inner = turn_of(unit, child.id, by)
    try:
        machine.pause(inner, f"{parent} was paused.")
    except VersionConflict:
        raise
    except Conflict:
        return False  # it ended, or is being ended, since it was looked at
    commit(unit, scene, inner)
    return True


REACTIONS = {
    "runbooks.on_child_moved": on_moved,
    "runbooks.on_held": on_held,
    "runbooks.on_let_go": on_let_go,
    "runbooks.on_had_its_turn": on_had_its_turn,
    "runbooks.on_took_back": on_took_back,
}
"""What this room does when something happens to a run that is part of another, by the name under which it is told."""
