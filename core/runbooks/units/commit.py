"""One commit of a run: its rows, events, timers, questions to people and cards, together or not at all."""

from typing import Any, Protocol

from core.approvals import records as approval_records
from core.approvals import units as approvals
from core.approvals.config import Policy
from core.approvals.draft import Draft, own_key
from core.approvals.request import Ask, Request, Status, Terms
from core.approvals.states import Happening
from core.approvals.using import units as using
from core.digest import digest
from core.errors import Conflict, Invalid
from core.oncall.scene import Scene as Staffed
from core.people.person import Person
from core.place import Place
from core.runbooks import expressions, machine, records
from core.runbooks.execution import Execution, StepRun
from core.runbooks.gate import HELPER
from core.runbooks.locking import records as locks
from core.runbooks.plan import Plan
from core.runbooks.rollback import stands
from core.runbooks.states import ExecutionState, StepState
from core.runbooks.turn import Turn, values
from core.store import deadlines, events, outbox
from core.store.engine import Unit

VIEW = "execution"
TOPIC = "runbooks"
_NAMES = {
    "start": "execution.started",
    "approved": "execution.started",
    "go_on": "execution.went_on",
    "approval_needed": "execution.waited",
    "rollback": "execution.rollback_began",
    "attention": "execution.got_stuck",
    "pause": "execution.paused",
    "resume": "execution.resumed",
    "answered": "execution.answered",
    "answered_rollback": "execution.answered",
    "step.ready": "step.became_ready",
    "step.claim": "step.claimed",
    "step.begin": "step.began",
    "step.call": "step.called",
    "step.call_off": "step.called_off",
    "step.hold": "step.held",
    "step.let_go": "step.let_go",
    "step.wait": "step.waited",
    "step.go_on": "step.went_on",
    "step.take_back": "step.took_back",
    "turn": "execution.had_its_turn",
    "step.ask": "step.asked",
    "step.succeed": "step.succeeded",
    "step.fail": "step.failed",
    "step.skip": "step.skipped",
    "step.again": "step.put_back",
    "step.lose": "step.lost",
    "step.cancel": "step.cancelled",
    "step.undo": "step.rolled_back",
}
_ENDED = "execution.closed"


class Scene(Staffed, Protocol):
    """What of the world a run needs."""

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies, in the order of the file."""
        ...


def turn_of(unit: Unit, execution_id: str, actor: str = "system") -> Turn:
    """The execution, loaded to be changed.

    Raises:
        NotFound: there is none with that id.
    """
    return Turn(records.get(unit, execution_id, lock=True), unit.now, actor)


def commit(unit: Unit, scene: Scene, turn: Turn) -> Execution:
    """Write everything that a turn changed and set off.

    Raises:
        VersionConflict: somebody else wrote first; the store tries again.
    """
    execution = turn.execution
    while turn.asked:
        _ask(unit, scene, turn, turn.asked.pop(0))
    records.save(unit, execution, turn.touched)
    for kind, data in turn.notes:
        final = str(data.get("to", "")) in ("COMPLETED", "FAILED", "CANCELLED") and "step" not in data
        name = _ENDED if final else _NAMES.get(kind, kind)
        facts = {"execution": execution.id, "runbook": execution.runbook, "incident": execution.incident}
        events.append(unit, name, execution.id, actor=turn.actor, data=facts | _plain(data))
    _arm(unit, turn)
    for request in turn.dropped:
        _drop(unit, scene, execution, request)
    moved = any("step" not in data for _, data in turn.notes)
    outbox.refresh(unit, VIEW, execution.id, urgent=moved)
    _tell(unit, turn)
    if execution.state.is_final and moved:
        _close(unit, scene, execution)
    if execution.concerns_workers:
        unit.wake(TOPIC)
    return execution


def begin(unit: Unit, turn: Turn, plan: Plan | None = None) -> None:
    """Start a run that nobody needs to be asked about any more, or let it wait for its turn.

    A run whose lock is held by others waits if its file says `queue`, and is called off if it says `reject`.
    `plan` is its plan if that was made just now; a plan that was kept may have been changed by somebody.
    """
    execution = turn.execution
    if execution.state is ExecutionState.PAUSED:
        return
    plan = plan or Plan.model_validate(records.plan_of(unit, execution.id))
    if plan.digest != execution.digest:
        machine.refuse(turn, "The plan is not the one that was made; nothing was run.")
        return
    if execution.lock and plan.concurrency is not None:
        if not locks.take_lock(unit, execution.lock, plan.concurrency.limit, execution.id):
            others = ", ".join(locks.holders(unit, execution.lock))
            execution.words = f"{others} is running with the same {execution.lock}."
            if plan.concurrency.on_conflict == "reject":
                machine.refuse(turn, execution.words)
            return
        execution.words = ""
    if execution.request:
        try:
            using.claim(unit, execution.request, execution.id, digest(subject_of(plan, execution.id)))
        except Conflict as error:
            machine.refuse(turn, error.what)
            return
    machine.begin(turn)


def subject_of(plan: Plan, execution_id: str) -> dict[str, Any]:
    """What people approve: the plan, for this run and no other."""
    return plan.subject() | {"execution": execution_id}


def places_of(scene: Scene, execution: Execution, notify: tuple[str, ...]) -> tuple[Place, ...]:
    """Where a question about a run is shown: where it was asked for, and in the other channels of the policy."""
    here = execution.place
    named = [place for name in notify if name in scene.channels for place in scene.channels[name].places]
    if here is None:
        return tuple(dict.fromkeys(named))
    others = [place for place in named if (place.platform, place.channel) != (here.platform, here.channel)]
    return tuple(dict.fromkeys((here, *others)))


def person_of(scene: Scene, person_id: str) -> Person:
    """Somebody, also when they have left since."""
    return scene.people.get(person_id) or Person(id=person_id, name=person_id, active=False)


def _ask(unit: Unit, scene: Scene, turn: Turn, step: StepRun) -> None:
    execution = turn.execution
    approval = step.node.approval
    if approval is None:
        return
    try:
        request = _request(unit, scene, execution, step)
    except Invalid as error:
        machine.decided(turn, step, "REJECTED", f"Nobody could be asked: {error.sentence()}")
        return
    step.request = request.id
    turn.touched[step.id] = step
    if request.status is not Status.PENDING:
        machine.decided(turn, step, str(request.status), f"{request.id} ended at once.")


def _request(unit: Unit, scene: Scene, execution: Execution, step: StepRun) -> Request:
    approval = step.node.approval
    if approval is None:
        raise Invalid(f"Step {step.id} asks nothing.")
    reason = expressions.fill(approval.reason, values(execution, step.node))
    plan = Plan.model_validate(execution.plan)
    subject = plan.subject() | {"execution": execution.id, "step": step.id, "reason": str(reason)}
    terms = Terms(
        ask=tuple(Ask.model_validate(ask.model_dump()) for ask in approval.ask),
        approvals=approval.approvals,
        veto=tuple(Ask.model_validate(ask.model_dump()) for ask in approval.veto),
        rejections_to_block=approval.rejections_to_block,
        severity="HIGH" if plan.is_destructive else "MEDIUM",
        timeout=approval.timeout,
    )
    draft = Draft(
        kind="step",
        title=f"{execution.runbook}: {step.node.name}",
        reason=str(reason),
        subject=subject,
        requester=person_of(scene, execution.by),
        terms=terms,
        key=own_key(f"{execution.id}/{step.id}"),
        places=places_of(scene, execution, ()),
    )
    return approvals.ask(unit, draft, scene.people, scene.teams, scene.schedules)


def _arm(unit: Unit, turn: Turn) -> None:
    for (kind, step), due in turn.timers.items():
        ref = f"{turn.execution.id}/{step}" if step else turn.execution.id
        if due is None:
            deadlines.clear(unit, kind, ref)
        else:
            deadlines.set(unit, kind, ref, due)


def _drop(unit: Unit, scene: Scene, execution: Execution, request: str) -> None:
    try:
        approvals.withdraw(unit, request, person_of(scene, execution.by), f"{execution.id} was ended.")
    except Conflict:
        return  # it was decided in the meantime, which changes nothing for a run that ends


def _tell(unit: Unit, turn: Turn) -> None:
    execution = turn.execution
    by_them = turn.actor == execution.by
    never_began = execution.state is ExecutionState.CANCELLED and execution.started_at is None
    for kind, data in turn.notes:
        # Whoever called off what had not begun was answered; the cards say it to everybody else.
        if "step" in data or (by_them and never_began):
            continue
        if execution.state.is_final and data.get("to") == str(execution.state) and execution.by != HELPER:
            outbox.tell(
                unit, VIEW, execution.id, closing_words(execution), ping=() if by_them else (execution.by,)
            )
        elif kind == "attention":
            lost = [step for step in execution.steps.values() if step.state is StepState.UNKNOWN]
            names = ", ".join(f"“{step.node.name}”" for step in lost)
            words = f"{execution.id} needs somebody: nobody can tell what became of {names}."
            outbox.tell(unit, VIEW, execution.id, words, ping=(execution.by,))


def closing_words(execution: Execution) -> str:
    """How a run ended, in a sentence or two."""
    follows = f"{execution.plan.get('purpose')} of {execution.origin}"
    name = f"{execution.id} ({follows if execution.origin else execution.runbook})"
    kept = stands(execution)
    left = f" What still stands: {', '.join(kept)}." if kept else " Nothing was changed."
    match execution.state:
        case ExecutionState.COMPLETED:
            return f"{name} is done."
        case ExecutionState.CANCELLED:
            return f"{name} was cancelled. {execution.words}".rstrip() + left
        case _:
            back = " It was rolled back." if execution.phase == "rollback" and not kept else ""
            return f"{name} failed. {execution.words}".rstrip() + (back or left)


def _close(unit: Unit, scene: Scene, execution: Execution) -> None:
    if execution.request and execution.started_at is not None:
        done = execution.state is ExecutionState.COMPLETED
        outcome = Happening.EXECUTED if done else Happening.FAILED
        using.report(unit, execution.request, outcome, closing_words(execution))
    if not execution.lock:
        return
    locks.release(unit, execution.id)
    for waiting in locks.waiting_for_lock(unit, execution.lock):
        turn = turn_of(unit, waiting)
        approved = not turn.execution.request or is_approved(unit, turn.execution.request)
        if waiting != execution.id and approved:
            begin(unit, turn)
            turn.notes.append(("turn", {}))
            commit(unit, scene, turn)


def is_approved(unit: Unit, request: str) -> bool:
    """Whether people have said yes, and it was not used."""
    return approval_records.get(unit, request).status is Status.APPROVED


def _plain(data: dict[str, object]) -> dict[str, object]:
    return {
        key: str(value) if not isinstance(value, str | int | bool) else value for key, value in data.items()
    }
