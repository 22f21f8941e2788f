"""A run of a runbook: what it will do (nodes, frozen), and how far each of them is."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.place import Place
from core.runbooks.definition import ApprovalStep, Backoff, Choice, Duration, Nature, Refused, Undo
from core.runbooks.states import ExecutionState, StepState

NodeKind = Literal["action", "approval", "wait", "group", "call"]
Ending = Literal["", "fail", "rollback", "stop", "cancel", "cancel_rollback"]
Why = Literal["", "condition", "failure", "answer", "rejected", "expired", "refused", "held"]

FOLLOW_UPS = ("always", "failed")


class Node(BaseModel):
    """One thing to do, with everything resolved that can be before the run.

    Children have ids like `verify.ping` and `repoint[0]`; a group ends when its children have.
    `conditions` are CEL texts, or the words `always` and `failed`. `variables` holds what for_each binds.
    `width` is how many children of a group may be under way at once; 0: all.
    `instead_of` names the approvals whose no, or silence, this node is for. A wait with an action asks it every `every`.
    `child` is the plan of the runbook that a `call` runs, `undo_chain` what takes back what that has done.
    `takes_back` are the steps of other runs, as `RUN-2/step`, that are taken back once this node is done.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    kind: NodeKind
    phase: Literal["forward", "rollback"] = "forward"
    parent: str | None = None
    needs: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    variables: dict[str, Any] = Field(default_factory=dict)
    width: int = 0
    action: str = ""
    arguments: dict[str, Any] = Field(default_factory=dict)
    nature: Nature = "at_most_once"
    destructive: bool = False
    timeout: Duration | None = None
    retries: int = 0
    backoff: Backoff = Backoff()
    after_failure: Choice | None = None
    undo: Undo | None = None
    undoes: str = ""
    # Left out where it is empty, so that plans which people were asked about before it existed keep their digest.
    takes_back: tuple[str, ...] = Field(default=(), exclude_if=lambda refs: not refs)
    cannot_undo: str = ""
    outputs: dict[str, Any] = Field(default_factory=dict)
    approval: ApprovalStep | None = None
    on_reject: Refused = "stop"
    on_expire: Refused = "stop"
    instead_of: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    wait: Duration | None = None
    until: str = ""
    every: Duration = timedelta(seconds=10)
    limit: Duration | None = None
    on_timeout: Literal["fail", "skip"] = "fail"
    child: dict[str, Any] | None = None
    undo_chain: tuple["Node", ...] = ()

    @property
    def is_closing(self) -> bool:
        """It takes something back, or closes that: what it did is not itself taken back."""
        return self.id.startswith(("undo:", "rollback:"))

    @property
    def is_follow_up(self) -> bool:
        """It runs although, or because, something before it failed."""
        return any(condition in FOLLOW_UPS for condition in self.conditions)


@dataclass
class StepRun:
    """How far one node is. `fence` grows with each owner, so that one who comes back late cannot write.

    `attempt` counts claims, `failures` the tries that failed; `not_before` is when the next try is due;
    `finished` orders what was completed; `request` is the approval that was asked for.
    """

    node: Node
    position: int
    state: StepState = StepState.WAITING
    why: Why = ""
    attempt: int = 0
    failures: int = 0
    not_before: datetime | None = None
    owner: str = ""
    fence: int = 0
    lease_until: datetime | None = None
    resuming: bool = False
    outputs: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    log: str = ""
    request: str = ""
    detail: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    finished: int = 0
    version: int = 0

    @property
    def id(self) -> str:
        """The node's id."""
        return self.node.id


@dataclass
class Execution:
    """One run. `ending` says how it will end once what is under way has ended; `phase` which nodes run now.

    `request` is the approval of the whole plan; `digest` is the plan's; `secrets` are never part of it.
    `origin` is the run that this one follows. `time_left` is what remains of the runbook's time limit while it is not counted; `runs_until` while it is.
    """

    id: str
    runbook: str
    version_of: str
    params: dict[str, Any]
    plan: dict[str, Any]
    digest: str
    by: str
    place: Place | None
    created_at: datetime
    state: ExecutionState = ExecutionState.PENDING
    phase: Literal["forward", "rollback"] = "forward"
    ending: Ending = ""
    words: str = ""
    request: str = ""
    lock: str = ""
    incident: str = ""
    origin: str = ""
    time_left: timedelta | None = None
    runs_until: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    version: int = 0
    steps: dict[str, StepRun] = field(default_factory=dict)

    def calls(self) -> list[StepRun]:
        """The steps whose runs of other runbooks have not ended."""
        under_way = (StepState.RUNNING, StepState.WAITING_APPROVAL)
        return [step for step in self.of_phase() if step.node.kind == "call" and step.state in under_way]

    @property
    def concerns_workers(self) -> bool:
        """Whether a worker may take something, or should stop something."""
        wanted = {StepState.READY} | ({StepState.RUNNING} if self.ending.startswith("cancel") else set())
        return not wanted.isdisjoint({step.state for step in self.steps.values()})

    def of_phase(self) -> list[StepRun]:
        """The steps that run now: those of the plan, or those that take it back."""
        return [step for step in self.steps.values() if step.node.phase == self.phase]
