"""What a worker does with steps: takes them under a lease, keeps it, and says what came of them."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from core.digest import canonical, digest
from core.errors import Conflict
from core.place import Place
from core.runbooks import machine, records
from core.runbooks.action import Say
from core.runbooks.execution import Execution, Node, StepRun
from core.runbooks.states import UNDER_WAY, StepState
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
    """A step that is one's own until the lease ends. `key` is the same for every try of this step.

    `left` holds the run as it was committed when the step was taken, for all steps that were taken then. Whatever writes
    of one of them next takes it out, so that a unit which runs again, or comes later, reads the run anew.
    """

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
    left: list[Execution] = field(default_factory=list, compare=False, repr=False)

    @property
    def claim(self) -> tuple[str, str, int]:
        """What tells this taking of the step from every other."""
        return self.execution, self.step, self.fence


@dataclass(frozen=True)
class Done:
    """What an action gave, and the last lines that it wrote."""

    result: dict[str, Any]
    log: str = ""


@dataclass(frozen=True)
class Room:
    """Where steps find a worker: who takes them, for how long at first, and how many at most."""

    owner: str
    lease: timedelta
    steps: int = 1


def claim(unit: Unit, scene: Scene, room: Room) -> list[Work]:
    """The next steps to do, oldest run first, now this worker's; none if there is nothing to do."""
    taken: list[Work] = []
    for execution_id in rows.ready(unit, room.steps):
        turn = turn_of(unit, execution_id, room.owner)
        if len(taken) < room.steps and _ready(turn):
            taken += finish(unit, scene, turn, replace(room, steps=room.steps - len(taken)))
    return taken


def renew(unit: Unit, works: Sequence[Work], lease: timedelta) -> list[Work]:
    """Keep these leases; gives those whose step has another owner by now."""
    until = unit.now + lease
    for work in works:
        work.left.clear()
    return [work for work in works if not rows.renew(unit, work.execution, work.step, work.fence, until)]


def succeed(unit: Unit, scene: Scene, work: Work, done: Done, room: Room) -> list[Work]:
    """The action did what it should. What follows at once is this worker's, if it has room; see `claim`.

    Raises:
        TakenOver: the worker has come back too late; somebody else owns the step.
    """
    turn, step = own(unit, work)
    step.detail = ""
    machine.succeed(turn, step, as_kept(done.result), done.log[-_LOG:])
    step.outputs = bounded(step.outputs)
    return finish(unit, scene, turn, room)


def record(
    unit: Unit, scene: Scene, work: Work, write: Callable[[Unit, Say], dict[str, Any]], room: Room
) -> list[Work]:
    """Do an action whose whole effect is rows, in the commit that finishes its step; see `succeed`.

    Raises:
        TakenOver: the worker has come back too late; nothing was said.
        ActionFailed: whatever `write` raises; nothing was said.
    """
    turn, step = own(unit, work)
    result = write(unit, lambda place, text: outbox.say(unit, place, text, about=work.execution))
    machine.succeed(turn, step, as_kept(result))
    return finish(unit, scene, turn, room)


def fail(unit: Unit, scene: Scene, work: Work, failure: Failure, room: Room) -> list[Work]:
    """The action did not do what it should. What follows at once is this worker's, if it has room; see `claim`.

    Raises:
        TakenOver: the worker has come back too late; somebody else owns the step.
    """
    turn, step = own(unit, work)
    step.detail = ""
    short = Failure(
        failure.why[:_ERROR], failure.retriable, failure.wait, failure.log[-_LOG:], failure.chance
    )
    machine.fail(turn, step, short)
    return finish(unit, scene, turn, room)


def finish(unit: Unit, scene: Scene, turn: Turn, room: Room) -> list[Work]:
    """Commit a turn, and with it that the worker takes what is ready then, as far as it has room.

    One commit for the end of a step and the beginning of the next says as much as two, and costs half.
    """
    taken = _ready(turn)[: room.steps]
    for step in taken:
        machine.claim(turn, step, room.owner, turn.now + room.lease)
    commit(unit, scene, turn)
    left = [turn.execution]
    return [_work(turn, step, left) for step in taken]


def tend(unit: Unit, scene: Scene, room: Room) -> tuple[set[tuple[str, str]], list[Work]]:
    """Take over from workers that are gone; gives execution and step of what to stop, and what to do (see `claim`)."""
    recover(unit, scene)
    return rows.ending(unit, room.owner), claim(unit, scene, room)


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


def as_kept(result: dict[str, Any]) -> dict[str, Any]:
    """As it reads once it was kept: the step that follows at once sees what one that follows later does."""
    kept: dict[str, Any] = orjson.loads(canonical(result))
    return kept


def put_back(unit: Unit, scene: Scene, owner: str, known: AbstractSet[tuple[str, str, int]]) -> int:
    """Let workers take again what this owner was given and does not know of: nothing of that has begun. How many."""
    unheard = [held for held in rows.held(unit, owner) if held not in known]
    for execution_id, step_id, _ in unheard:
        turn = turn_of(unit, execution_id, owner)
        machine.put_back(turn, turn.execution.steps[step_id])
        commit(unit, scene, turn)
    return len(unheard)


def bounded(outputs: dict[str, Any]) -> dict[str, Any]:
    """Outputs of at most 64 KiB: long texts are cut, the longest first."""
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
    turn = Turn(_run_of(unit, work), unit.now, work.owner)
    step = turn.execution.steps[work.step]
    if step.state is not StepState.RUNNING or step.fence != work.fence or step.owner != work.owner:
        raise TakenOver(
            f"{work.execution}/{work.step} was taken over while this worker was away.",
            "Nothing that it says counts any more.",
            fence=work.fence,
        )
    return turn, step


def _run_of(unit: Unit, work: Work) -> Execution:
    """The run, to be changed: as it was when the step was taken if nobody has written it since, else read anew."""
    if work.left and records.is_as_left(unit, left := work.left.pop()):
        return left
    return records.get(unit, work.execution, lock=True)


def _ready(turn: Turn) -> list[StepRun]:
    """What a worker may take now."""
    if turn.execution.state not in UNDER_WAY:
        return []
    return [
        step
        for step in turn.execution.steps.values()
        if step.state is StepState.READY and (step.not_before is None or step.not_before <= turn.now)
    ]


def _work(turn: Turn, step: StepRun, left: list[Execution]) -> Work:
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
        left=left,
    )
