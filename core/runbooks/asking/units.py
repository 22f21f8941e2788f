"""A step that asks people: the question becomes a card and a row, the step waits as a row, and answers end it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Protocol

from core.approvals.telling.scene import Scene as TellingScene
from core.errors import Conflict, Forbidden
from core.people.person import Person
from core.runbooks import machine
from core.runbooks.action import ActionFailed
from core.runbooks.asking import records
from core.runbooks.asking.records import Answer, Asked
from core.runbooks.definition import duration_text
from core.runbooks.question import Question, values_of
from core.runbooks.states import StepState
from core.runbooks.telling import units as telling
from core.runbooks.turn import Failure
from core.runbooks.units import commit
from core.runbooks.units.commit import turn_of
from core.runbooks.units.work import Work, bounded, own
from core.store import deadlines, events, outbox
from core.store.engine import Unit
from core.store.numbers import next_number

VIEW = "question"
PREFIX = "ASK"
DEADLINE = "runbook.question"
_TICK = timedelta(microseconds=1)


class Scene(commit.Scene, TellingScene, Protocol):
    """What of the world is needed to ask."""


def ask(unit: Unit, scene: Scene, work: Work, question: Question) -> Asked:
    """Put a step's question to people; the step waits for their answers, and holds no worker meanwhile.

    Raises:
        TakenOver: the worker has come back too late; nothing was asked.
        ActionFailed: fewer people may answer than have to.
    """
    turn, step = own(unit, work)
    people = telling.people_of(unit, scene, question.whom) if question.whom else _starter(scene, work.by)
    if len(people) < question.answers:
        raise ActionFailed(
            f"{question.answers} answers are wanted, and {len(people)} people may answer. "
            "Name more of them in `ask`, or want fewer `answers`."
        )
    asked = Asked(
        id=next_number(unit, PREFIX),
        execution=work.execution,
        step=work.step,
        question=question,
        people=tuple(people),
        until=unit.now + question.timeout,
        state="OPEN",
        created=unit.now,
    )
    records.add(unit, asked)
    step.detail = asked.id
    machine.wait_for_people(turn, step)
    deadlines.set(unit, DEADLINE, asked.id, asked.until)
    for place in question.places:
        outbox.publish(unit, VIEW, asked.id, place)
    commit.commit(unit, scene, turn)
    return asked


def answer(unit: Unit, scene: Scene, question_id: str, person: Person, given: Mapping[str, str]) -> Asked:
    """Answer a question. When enough people have, the step is done, and what they said is its result.

    Raises:
        NotFound: there is none with that id.
        Forbidden: others are asked.
        Conflict: it is over.
        Invalid: an answer is missing, or is of the wrong kind.
    """
    asked = records.get(unit, question_id, lock=True)
    _must_be_asked(scene, asked, person)
    values = values_of(asked.question, given)
    # Two answers at one instant have an order of their own.
    at = max([unit.now, *(one.at + _TICK for one in asked.answers)])
    records.answer(unit, asked.id, Answer(person.id, person.name, at, values))
    data = {"question": asked.id, "step": asked.step, "values": values}
    events.append(unit, "question.answered", asked.execution, actor=person.id, data=data)
    asked = records.get(unit, question_id)
    if len(asked.answers) >= asked.question.answers:
        _finish(unit, scene, asked, person.id)
    outbox.refresh(unit, VIEW, asked.id, urgent=True)
    return records.get(unit, question_id)


def on_due(unit: Unit, scene: Scene, ref: str) -> None:
    """The time for answers is over: the step fails, if it still waits for them."""
    asked = records.get(unit, ref, lock=True)
    if asked.state != "OPEN" or asked.until > unit.now:
        return
    records.close(unit, ref, "EXPIRED")
    outbox.refresh(unit, VIEW, ref, urgent=True)
    turn = turn_of(unit, asked.execution)
    step = turn.execution.steps[asked.step]
    if _waits(asked, step.state, step.detail):
        said = (
            f"{len(asked.answers)} of {asked.question.answers} answers"
            if asked.answers
            else "Nobody answered"
        )
        length = duration_text(asked.question.timeout)
        machine.fail(turn, step, Failure(f"{said} to {ref} within {length}."))
        commit.commit(unit, scene, turn)


def on_run_closed(unit: Unit, scene: object, ref: str, data: Mapping[str, Any]) -> None:
    """A run has ended: what it still asked is asked no more."""
    del scene, data
    for question_id in records.open_of(unit, ref):
        records.close(unit, question_id, "CALLED_OFF")
        deadlines.clear(unit, DEADLINE, question_id)
        outbox.refresh(unit, VIEW, question_id, urgent=True)


def result_of(asked: Asked) -> dict[str, Any]:
    """What the answers give a step: all of them in their order, and the values of the last."""
    last = asked.answers[-1]
    said = [
        {"by": one.person, "name": one.name, "at": one.at.isoformat(), "values": one.values}
        for one in asked.answers
    ]
    return {"question": asked.id, "values": last.values, "by": last.person, "answers": said}


def _finish(unit: Unit, scene: Scene, asked: Asked, actor: str) -> None:
    turn = turn_of(unit, asked.execution, actor)
    step = turn.execution.steps[asked.step]
    if not _waits(asked, step.state, step.detail):
        raise Conflict(f"{asked.execution} does not wait for {asked.id} any more.", "Look at the run.")
    records.close(unit, asked.id, "ANSWERED")
    deadlines.clear(unit, DEADLINE, asked.id)
    machine.succeed(turn, step, result_of(asked))
    step.outputs = bounded(step.outputs)
    commit.commit(unit, scene, turn)


def _must_be_asked(scene: Scene, asked: Asked, person: Person) -> None:
    if asked.state != "OPEN":
        how = {
            "ANSWERED": f"{', '.join(one.name for one in asked.answers)} answered it",
            "EXPIRED": "its time was over",
            "CALLED_OFF": f"{asked.execution} ended before anybody had to answer",
        }
        raise Conflict(f"{asked.id} is not asked any more: {how[asked.state]}.", "One answer counts once.")
    if person.id not in asked.people:
        known = (scene.people.get(name) for name in asked.people[:10])
        names = ", ".join(one.name for one in known if one is not None)
        raise Forbidden(f"{asked.id} is for {names} to answer.", "Ask one of them.")


def _waits(asked: Asked, state: StepState, detail: str) -> bool:
    return state is StepState.WAITING_APPROVAL and detail == asked.id


def _starter(scene: Scene, person_id: str) -> list[str]:
    """Whoever started the run; for a program, the human behind it."""
    person = scene.people.get(person_id)
    if person is not None and not person.is_human:
        person = scene.people.get(person.owner or "")
    return [person.id] if person is not None and person.active else []


DEADLINES: Mapping[str, Callable[[Unit, Scene, str], None]] = {DEADLINE: on_due}
