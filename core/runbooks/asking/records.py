"""The rows of questions that steps ask, and of what people answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from core.errors import NotFound
from core.runbooks.question import Question
from core.store.columns import METADATA, Json, Utc, insert_new
from core.store.engine import Unit

State = Literal["OPEN", "ANSWERED", "EXPIRED", "CALLED_OFF"]

QUESTION = sa.Table(
    "run_question",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("execution", sa.String(24), nullable=False, index=True),
    sa.Column("step", sa.String(80), nullable=False),
    sa.Column("question", Json, nullable=False),
    sa.Column("people", Json, nullable=False),
    sa.Column("until", Utc, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("created", Utc, nullable=False),
)

ANSWER = sa.Table(
    "run_answer",
    METADATA,
    sa.Column("question", sa.ForeignKey("run_question.id"), primary_key=True),
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("values", Json, nullable=False),
)


@dataclass(frozen=True)
class Answer:
    """What one person answered; a later answer of the same person takes its place."""

    person: str
    name: str
    at: datetime
    values: dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A question as it stands: to whom (ids), until when, and what was answered, in the order of the answers."""

    id: str
    execution: str
    step: str
    question: Question
    people: tuple[str, ...]
    until: datetime
    state: State
    created: datetime
    answers: tuple[Answer, ...] = ()


def add(unit: Unit, asked: Asked) -> None:
    """Keep a new question."""
    row = {
        "id": asked.id,
        "execution": asked.execution,
        "step": asked.step,
        "question": asked.question.model_dump(mode="json"),
        "people": list(asked.people),
        "until": asked.until,
        "state": asked.state,
        "created": asked.created,
    }
    unit.conn.execute(sa.insert(QUESTION).values(row))


def get(unit: Unit, question_id: str, *, lock: bool = False) -> Asked:
    """The question with its answers; `lock` keeps others from answering it until the unit ends.

    Raises:
        NotFound: there is none with that id.
    """
    statement = sa.select(QUESTION).where(QUESTION.c.id == question_id)
    row = unit.conn.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no question {question_id}.", "`/runbook status` shows what runs.")
    kept = dict(row)
    question, people = Question.model_validate(kept.pop("question")), tuple(kept.pop("people"))
    return Asked(**kept, question=question, people=people, answers=_answers(unit, question_id))


def open_of(unit: Unit, execution_id: str) -> list[str]:
    """The questions of a run that are still open."""
    statement = sa.select(QUESTION.c.id).where(
        QUESTION.c.execution == execution_id, QUESTION.c.state == "OPEN"
    )
    return list(unit.conn.execute(statement).scalars())


def close(unit: Unit, question_id: str, state: State) -> None:
    """Write how a question ended."""
    unit.conn.execute(sa.update(QUESTION).where(QUESTION.c.id == question_id).values(state=state))


def answer(unit: Unit, question_id: str, said: Answer) -> None:
    """Keep an answer, in the place of the one that the same person gave before."""
    row = {"question": question_id, **vars(said)}
    if not insert_new(unit.conn, ANSWER, row):
        mine = sa.and_(ANSWER.c.question == question_id, ANSWER.c.person == said.person)
        unit.conn.execute(sa.update(ANSWER).where(mine).values(at=said.at, values=said.values))


def _answers(unit: Unit, question_id: str) -> tuple[Answer, ...]:
    statement = sa.select(ANSWER.c.person, ANSWER.c.name, ANSWER.c.at, ANSWER.c["values"])
    statement = statement.where(ANSWER.c.question == question_id).order_by(ANSWER.c.at, ANSWER.c.person)
    return tuple(Answer(*row) for row in unit.conn.execute(statement))
