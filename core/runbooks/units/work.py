"""What a worker does with steps: takes them under a lease, keeps it, and says what came of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.digest import digest
from core.errors import Conflict
from core.place import Place
from core.runbooks import machine
from core.runbooks.action import Say
from core.runbooks.execution import Execution, Node, StepRun
from core.runbooks.states import StepState
from core.runbooks.turn import Failure, Turn, values
from core.runbooks.units.commit import Scene, commit, turn_of
from core.runbooks.working import records as rows
from core.store import outbox
from core.store.engine import Unit

LONGEST = timedelta(hours=1)
_LOG = 4_000
_ERROR = 1_000
_OUTPUTS = 65_536


class TakenOver(Conflict):
    """A worker has come back too late; somebody else owns the step."""

    code = "TAKEN_OVER"


@dataclass(frozen=True)
class Work:
    """A step that is one's own until the lease ends. `key` is the same for every try of this step."""

    execution: str
    step: str
    node: Node
    owner: str
    fence: int
    attempt: int
    resuming: bool
    key: str
    values: dict[str, Any]
    place: Place | None
    deadline: datetime
    runbook: str = ""
    by: str = ""
    incident: str = ""


def claim(unit: Unit, scene: Scene, owner: str, lease: timedelta) -> Work | None:
    """The next step to do, now this worker's; None if there is nothing to do."""
    for execution_id, step_id in rows.ready(unit):
        turn = turn_of(unit, execution_id, owner)
        step = turn.execution.steps[step_id]
        if step.state is not StepState.READY:
            continue
        machine.claim(turn, step, owner, unit.now + lease)
        commit(unit, scene, turn)
        return _work(turn, step)
    return None


def renew(unit: Unit, work: Work, lease: timedelta) -> bool:
    """Keep the lease; False if the step has another owner by now."""
    return rows.renew(unit, work.execution, work.step, work.fence, unit.now + lease)


def succeed(unit: Unit, scene: Scene, work: Work, result: dict[str, Any], log: str) -> Execution:
    """The action did what it should.

    Raises:
        TakenOver: the worker has come back too late; somebody else owns the step.
    """
    turn, step = own(unit, work)
    step.detail = ""
    machine.succeed(turn, step, result, log[-_LOG:])
    step.outputs = bounded(step.outputs)
    return commit(unit, scene, turn)


def record(unit: Unit, scene: Scene, work: Work, write: Callable[[Unit, Say], dict[str, Any]]) -> Execution:
    """Do an action whose whole effect is rows, in the commit that finishes its step.

    Raises:
        TakenOver: the worker has come back too late; nothing was said.
        ActionFailed: whatever `write` raises; nothing was said.
    """
    turn, step = own(unit, work)
    result = write(unit, lambda place, text: outbox.say(unit, place, text, about=work.execution))
    machine.succeed(turn, step, result)
    return commit(unit, scene, turn)


def fail(unit: Unit, scene: Scene, work: Work, failure: Failure) -> Execution:
    """The action did not do what it should.

    Raises:
        TakenOver: the worker has come back too late; somebody else owns the step.
    """
    turn, step = own(unit, work)
    step.detail = ""
    short = Failure(
        failure.why[:_ERROR], failure.retriable, failure.wait, failure.log[-_LOG:], failure.chance
    )
    machine.fail(turn, step, short)
    return commit(unit, scene, turn)


def recover(unit: Unit, scene: Scene) -> int:
    """Take the steps of workers that are gone; how many there were."""
    found = rows.lapsed(unit)
    for execution_id, step_id in found:
        turn = turn_of(unit, execution_id)
        step = turn.execution.steps[step_id]
        if step.state is StepState.RUNNING and step.lease_until is not None and step.lease_until <= unit.now:
            machine.lose(turn, step)
            commit(unit, scene, turn)
    return len(found)


def stopping(unit: Unit, owner: str) -> set[tuple[str, str]]:
    """Execution and step of what this worker should stop."""
    return rows.ending(unit, owner)


def bounded(outputs: dict[str, Any]) -> dict[str, Any]:
    """Outputs of at most 64 KiB: long texts are cut, the longest first."""
    import orjson

    kept = dict(outputs)
    while len(orjson.dumps(kept, default=str)) > _OUTPUTS:
        longest = max(kept, key=lambda name: len(orjson.dumps(kept[name], default=str)))
        text = (
            kept[longest]
            if isinstance(kept[longest], str)
            else orjson.dumps(kept[longest], default=str).decode()
        )
        kept[longest] = text[: len(text) // 2] + "…"
    return kept


def own(unit: Unit, work: Work) -> tuple[Turn, StepRun]:
    """The step, loaded to be changed.

    Raises:
        TakenOver: the worker has come back too late; somebody else owns the step.
    """
    turn = turn_of(unit, work.execution, work.owner)
    step = turn.execution.steps[work.step]
    if step.state is not StepState.RUNNING or step.fence != work.fence or step.owner != work.owner:
        raise TakenOver(
            f"{work.execution}/{work.step} was taken over while this worker was away.",
            "Nothing that it says counts any more.",
            fence=work.fence,
        )
    return turn, step


def _work(turn: Turn, step: StepRun) -> Work:
    execution, node = turn.execution, step.node
    return Work(
        execution=execution.id,
        step=step.id,
        node=node,
        owner=step.owner,
        fence=step.fence,
        attempt=step.attempt,
        resuming=step.resuming,
        key=digest([execution.id, step.id])[:32],
        values=values(execution, node),
        place=execution.place,
        deadline=turn.now + (node.timeout or LONGEST),
        runbook=execution.runbook,
        by=execution.by,
        incident=execution.incident,
    )
