"""A run that waits for people is told something else: a new plan, which is what people then decide on.

What runs is exactly what was approved, so the plan is made anew from the same file; a file that has changed since
the question was asked makes it another question.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from core.approvals import records as approvals
from core.approvals.amending.units import Edit, amend
from core.approvals.draft import Cast, Decided
from core.approvals.policy import Verdict
from core.catalogue.model import Environment, Service
from core.errors import Conflict, Invalid, WardroomError
from core.people.person import Person
from core.runbooks import plan as plans
from core.runbooks import records
from core.runbooks.definition import Runbook
from core.runbooks.execution import Execution, StepRun
from core.runbooks.gate import judge_subject
from core.runbooks.params import Names
from core.runbooks.plan import Plan
from core.runbooks.units import commit
from core.runbooks.units.runs import title_of
from core.store import events, outbox
from core.store.engine import Unit


class Scene(commit.Scene, Protocol):
    """What of the world a new plan needs."""

    @property
    def runbooks(self) -> Mapping[str, Runbook]:
        """Every runbook, by name."""
        ...

    @property
    def services(self) -> Mapping[str, Service]:
        """Every service, by name."""
        ...

    @property
    def environments(self) -> Mapping[str, Environment]:
        """Every environment, by name."""
        ...


@dataclass(frozen=True)
class Retold:
    """What the run is told instead, why, and what the editor was shown (see `Edit`)."""

    params: Mapping[str, Any]
    reason: str
    shown: str = ""
    version: int | None = None


def retell(unit: Unit, scene: Scene, request_id: str, editor: Person, wish: Retold) -> Decided:
    """Change the parameters of the run that an approval is about; see `amend`."""
    try:
        execution = _waiting(unit, request_id)
        book = _same_book(scene, execution)
        made = plans.make(book, execution.params | dict(wish.params), _names(scene))
    except WardroomError as error:
        return Decided(approvals.get(unit, request_id), error.sentence(), error)
    subject = commit.subject_of(made, execution.id)
    edit = Edit(
        subject=subject,
        reason=wish.reason,
        shown=wish.shown,
        version=wish.version,
        title=title_of(made),
        follows=frozenset(subject) - {"params"},
    )

    def judge(kind: str, told: dict[str, Any], now: datetime) -> Verdict:
        del kind
        return judge_subject(scene.policies, told, made.owners, now)

    decided = amend(unit, request_id, editor, edit, Cast(scene.people, scene.teams, judge, scene.schedules))
    if decided.changed:
        _replan(unit, execution, made, editor)
    return decided


def _waiting(unit: Unit, request_id: str) -> Execution:
    found = records.of_request(unit, request_id)
    if found is None or found[1]:
        raise Invalid(
            f"{request_id} is about a step of a run that is under way, which cannot be told anything else.",
            "Reject it, and run it anew.",
        )
    execution = records.get(unit, found[0], lock=True)
    if execution.started_at is not None or execution.state.is_final:
        raise Conflict(f"{execution.id} does not wait any more.", "Look at it again.")
    return execution


def _same_book(scene: Scene, execution: Execution) -> Runbook:
    book = scene.runbooks.get(execution.runbook)
    try:
        same = (
            book is not None and plans.make(book, execution.params, _names(scene)).digest == execution.digest
        )
    except Invalid:
        same = False
    if book is None or not same:
        raise Conflict(
            f"The runbook {execution.runbook} has changed since this was asked.",
            "Run it anew with what you want.",
        )
    return book


def _names(scene: Scene) -> Names:
    return Names(scene.services, scene.environments, scene.runbooks)


def _replan(unit: Unit, execution: Execution, made: Plan, editor: Person) -> None:
    before = execution.digest
    execution.params, execution.plan = made.params, made.model_dump(mode="json")
    execution.digest, execution.lock, execution.time_left = made.digest, made.lock(), made.timeout
    execution.steps = {
        node.id: StepRun(node=node, position=position) for position, node in enumerate(made.nodes)
    }
    records.replan(unit, execution)
    facts = {"before": before, "digest": execution.digest, "params": execution.params}
    events.append(unit, "execution.replanned", execution.id, actor=editor.id, data=facts)
    outbox.refresh(unit, commit.VIEW, execution.id, urgent=True)
