"""Starting, ending and answering: what people do with a run, and what time and approvals do to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.approvals import records as approval_records
from core.approvals import units as approvals
from core.approvals.draft import Draft, own_key
from core.approvals.policy import Answer as Verdict
from core.approvals.request import Ask, Status, Terms
from core.approvals.states import Happening
from core.approvals.using import units as using
from core.errors import Conflict, NotFound, WardroomError
from core.people.person import Person
from core.place import Place
from core.runbooks import gate, machine, records
from core.runbooks.execution import Execution, StepRun
from core.runbooks.locking import records as locks
from core.runbooks.plan import Plan
from core.runbooks.sequel import steps_of
from core.runbooks.states import ExecutionState, StepState
from core.runbooks.turn import Turn, move
from core.runbooks.units.commit import VIEW, Scene, begin, commit, places_of, subject_of, turn_of
from core.store import events, outbox
from core.store.engine import Unit
from core.store.numbers import next_number


@dataclass(frozen=True)
class Start:
    """A wish to run something. `key` recognises a repeat; `place` is where it was asked for; `before` is the run that it follows.

    `under` is what people were asked under when they approved a plan that holds this one. `by_file`: a trigger of the
    runbook's own file begins it. `spoken`: it was understood from words; see `gate.judge`.
    """

    plan: Plan
    by: Person
    key: str
    place: Place | None = None
    incident: str = ""
    under: Terms | None = None
    before: Execution | None = None
    by_file: bool = False
    spoken: tuple[Ask, ...] | None = None


def start(unit: Unit, wish: Start, scene: Scene) -> Execution:
    """Run a plan, or ask the people whom a policy names first; see `started`."""
    return started(unit, wish, scene)[0]


def started(unit: Unit, wish: Start, scene: Scene) -> tuple[Execution, bool]:
    """Run a plan, or ask the people whom a policy names first. The run, and whether it is new.

    Raises:
        Forbidden: a policy denies it, or the runbook says that others run it.
        Invalid: too few people may decide.
        Conflict: another run holds the lock, and the runbook says `reject`.
    """
    known = records.id_of_key(unit, wish.key)
    if known is not None:
        return records.get(unit, known), False
    gate.permit(wish.plan, wish.by, scene.teams, by_file=wish.by_file)
    verdict = gate.judge(scene.policies, wish.plan, unit.now, wish.spoken)
    if verdict.answer is Verdict.DENY:
        raise verdict.refusal()
    _refuse_if_locked(unit, wish.plan)
    turn = Turn(_new(unit, wish), unit.now, wish.by.id)
    execution = turn.execution
    records.add(unit, execution, wish.key)
    facts = {"runbook": execution.runbook, "digest": execution.digest, "params": execution.params}
    facts |= {"origin": execution.origin} if execution.origin else {}
    events.append(unit, "execution.requested", execution.id, actor=wish.by.id, data=facts)
    if wish.place is not None:
        # Nothing is asked from here to the commit: until then nobody else can have a number.
        outbox.publish(unit, VIEW, execution.id, wish.place, fresh=True)
    if verdict.terms is None or gate.covers(wish.under, verdict.terms):
        begin(unit, turn, wish.plan)
    else:
        draft = Draft(
            kind="runbook",
            title=title_of(wish.plan),
            reason="",
            subject=subject_of(wish.plan, execution.id),
            requester=wish.by,
            terms=changeable(verdict.terms, wish.plan),
            key=own_key(execution.id),
            findings=verdict.findings,
            places=places_of(scene, execution, verdict.terms.notify),
        )
        execution.request = approvals.ask(unit, draft, scene.people, scene.teams, scene.schedules).id
        move(turn, "approval_needed")
    return commit(unit, scene, turn), True


def changeable(terms: Terms, plan: Plan) -> Terms:
    """Where no policy says what people may change while they are asked, they may change what the run is told.

    What follows another run is told what that was told, and nothing else; and a draft is what it is.
    """
    if plan.origin or plan.draft:
        return terms.model_copy(update={"changes": ()})
    if terms.changes is not None:
        return terms
    return terms.model_copy(update={"changes": tuple(f"params.{name}" for name in plan.params)})


def title_of(plan: Plan) -> str:
    """What a run would do, in one line: `restart-service of checkout in production`."""
    return plan.title


def on_approval_closed(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """An approval has ended: the run that it is about begins, goes on, or is called off."""
    found = records.of_request(unit, ref)
    if found is None:
        return
    turn = turn_of(unit, found[0])
    status = str(data.get("status", ""))
    words = f"{ref} is {status.lower()}." + (f" “{data['reason']}”" if data.get("reason") else "")
    if found[1]:
        if not _step_decided(unit, turn, turn.execution.steps[found[1]], status, words):
            return
    elif turn.execution.started_at is not None or turn.execution.state.is_final:
        return
    elif status == Status.APPROVED:
        begin(unit, turn)
    else:
        machine.refuse(turn, words)
    commit(unit, scene, turn)


def cancel(
    unit: Unit, scene: Scene, execution_id: str, person: Person, *, rollback: bool = False
) -> Execution:
    """End a run: nothing new begins, what runs is told to stop; with `rollback`, take back what was done.

    Raises:
        NotFound: there is none with that id.
        Conflict: it has ended, or is itself a rollback that is to be rolled back.
    """
    turn = turn_of(unit, execution_id, person.id)
    if rollback and Plan.model_validate(turn.execution.plan).purpose == "rollback":
        raise Conflict(
            f"{execution_id} itself takes back {turn.execution.origin}.",
            f"`/runbook cancel {execution_id}` stops it where it is.",
        )
    asked = turn.execution.request if turn.execution.started_at is None else ""
    machine.cancel(turn, rollback=rollback, words=f"{person.name} cancelled it.")
    if asked and approval_records.get(unit, asked).is_pending:
        turn.dropped.append(asked)
    return commit(unit, scene, turn)


def answer(
    unit: Unit, scene: Scene, execution_id: str, step_id: str, said: machine.Answer, person: Person
) -> Execution:
    """A person says what became of a step that nobody can tell about. An empty step means the only one.

    Raises:
        NotFound: there is no such run or step.
        Conflict: the step is not in question.
    """
    turn = turn_of(unit, execution_id, person.id)
    unknown = [step for step in turn.execution.steps.values() if step.state is StepState.UNKNOWN]
    step = turn.execution.steps.get(step_id) or (unknown[0] if len(unknown) == 1 and not step_id else None)
    if step is None:
        raise NotFound(f"{execution_id} has no step {step_id or 'in question'}.", "Look at its card.")
    machine.answer(turn, step, said)
    return commit(unit, scene, turn)


def on_wait_due(unit: Unit, scene: Scene, ref: str) -> None:
    """A wait is over."""
    turn, step = _due(unit, ref)
    if step is not None and step.state is StepState.RUNNING and step.node.kind == "wait":
        machine.waited(turn, step)
        commit(unit, scene, turn)


def on_limit_due(unit: Unit, scene: Scene, ref: str) -> None:
    """A wait has reached its limit."""
    turn, step = _due(unit, ref)
    if turn.execution.state is ExecutionState.PAUSED:
        return  # a pause is not counted: the limit is set anew when it ends
    if step is not None and step.node.kind == "wait" and step.state.is_active:
        machine.waited_too_long(turn, step)
        commit(unit, scene, turn)


def on_retry_due(unit: Unit, scene: Scene, ref: str) -> None:
    """The next try of a step is due: wake the workers."""
    del scene, ref
    unit.wake("runbooks")


def on_timeout_due(unit: Unit, scene: Scene, ref: str) -> None:
    """A run's time is up."""
    turn, _ = _due(unit, ref)
    until = turn.execution.runs_until
    if until is not None and until <= unit.now and not turn.execution.state.is_final:
        machine.time_out(turn)
        commit(unit, scene, turn)


def _refuse_if_locked(unit: Unit, plan: Plan) -> None:
    if plan.concurrency is None or plan.concurrency.on_conflict != "reject":
        return
    holders = locks.holders(unit, plan.lock())
    if len(holders) >= plan.concurrency.limit:
        raise Conflict(
            f"{', '.join(holders)} already runs {title_of(plan)}.",
            f"Wait for its end, or `/runbook cancel {holders[0]}`.",
            execution=holders[0],
        )


def _new(unit: Unit, wish: Start) -> Execution:
    plan = wish.plan
    execution = Execution(
        id=next_number(unit, "RUN"),
        runbook=plan.runbook,
        version_of=plan.version,
        params=plan.params,
        plan=plan.model_dump(mode="json"),
        digest=plan.digest,
        by=wish.by.id,
        place=wish.place,
        created_at=unit.now,
        lock=plan.lock(),
        incident=wish.incident,
        origin=plan.origin,
        time_left=plan.timeout,
    )
    execution.steps = steps_of(plan, wish.before)
    return execution


def _step_decided(unit: Unit, turn: Turn, step: StepRun, status: str, words: str) -> bool:
    if step.state is not StepState.WAITING_APPROVAL:
        return False
    if status == Status.APPROVED:
        try:
            using.claim(unit, step.request, turn.execution.id)
            paused = turn.execution.state is ExecutionState.PAUSED
            then = "is paused, and goes on once it is resumed" if paused else "goes on"
            using.report(unit, step.request, Happening.EXECUTED, f"{turn.execution.id} {then}.")
        except WardroomError as error:
            status, words = "LAPSED", error.what
    machine.decided(turn, step, status, words)
    return True


def _due(unit: Unit, ref: str) -> tuple[Turn, StepRun | None]:
    execution_id, _, step_id = ref.partition("/")
    turn = turn_of(unit, execution_id)
    return turn, turn.execution.steps.get(step_id)


DEADLINES: Mapping[str, Callable[[Unit, Scene, str], None]] = {
    "runbook.wait": on_wait_due,
    "runbook.limit": on_limit_due,
    "runbook.retry": on_retry_due,
    "runbook.timeout": on_timeout_due,
}
