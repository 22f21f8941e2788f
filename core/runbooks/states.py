"""The states of an execution and of a step, and the only tables of what may follow what."""

from enum import StrEnum
from typing import NoReturn

from core.errors import Conflict


class ExecutionState(StrEnum):
    """Where a run is."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    WAITING_APPROVAL = "WAITING_APPROVAL"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    ROLLING_BACK = "ROLLING_BACK"
    NEEDS_ATTENTION = "NEEDS_ATTENTION"

    @property
    def is_final(self) -> bool:
        """Nothing follows."""
        return self in (ExecutionState.COMPLETED, ExecutionState.FAILED, ExecutionState.CANCELLED)


class StepState(StrEnum):
    """Where a step is. UNKNOWN: it was running when its owner died, and nobody can tell how far it came."""

    WAITING = "WAITING"
    READY = "READY"
    RUNNING = "RUNNING"
    WAITING_APPROVAL = "WAITING_APPROVAL"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    CANCELLED = "CANCELLED"
    ROLLED_BACK = "ROLLED_BACK"
    UNKNOWN = "UNKNOWN"

    @property
    def is_settled(self) -> bool:
        """It will not go on by itself."""
        return self in SETTLED

    @property
    def is_active(self) -> bool:
        """A worker has it or will take it."""
        return self in (StepState.READY, StepState.RUNNING)


SETTLED = frozenset(
    {StepState.SUCCEEDED, StepState.FAILED, StepState.SKIPPED, StepState.CANCELLED, StepState.ROLLED_BACK}
)

# Where a run is while its steps may be taken.
UNDER_WAY = frozenset({ExecutionState.RUNNING, ExecutionState.ROLLING_BACK})

_E = ExecutionState
_S = StepState

EXECUTIONS: dict[ExecutionState, dict[str, ExecutionState]] = {
    _E.PENDING: {"start": _E.RUNNING, "approval_needed": _E.WAITING_APPROVAL, "cancel": _E.CANCELLED},
    _E.RUNNING: {
        "pause": _E.PAUSED,
        "complete": _E.COMPLETED,
        "fail": _E.FAILED,
        "cancel": _E.CANCELLED,
        "approval_needed": _E.WAITING_APPROVAL,
        "rollback": _E.ROLLING_BACK,
        "attention": _E.NEEDS_ATTENTION,
    },
    _E.PAUSED: {"resume": _E.RUNNING, "cancel": _E.CANCELLED},
    _E.WAITING_APPROVAL: {
        "approved": _E.RUNNING,
        "go_on": _E.RUNNING,
        "rejected": _E.CANCELLED,
        "rollback": _E.ROLLING_BACK,
        "timeout": _E.FAILED,
        "pause": _E.PAUSED,
        "cancel": _E.CANCELLED,
    },
    _E.ROLLING_BACK: {
        "rollback_complete": _E.FAILED,
        "rollback_failed": _E.FAILED,
        "cancel": _E.CANCELLED,
        "attention": _E.NEEDS_ATTENTION,
    },
    _E.NEEDS_ATTENTION: {"answered": _E.RUNNING, "answered_rollback": _E.ROLLING_BACK},
    _E.COMPLETED: {},
    _E.FAILED: {},
    _E.CANCELLED: {},
}

STEPS: dict[StepState, dict[str, StepState]] = {
    _S.WAITING: {
        "ready": _S.READY,
        "begin": _S.RUNNING,
        "call": _S.RUNNING,
        "succeed": _S.SUCCEEDED,
        "ask": _S.WAITING_APPROVAL,
        "skip": _S.SKIPPED,
        "fail": _S.FAILED,
        "cancel": _S.CANCELLED,
    },
    _S.READY: {"claim": _S.RUNNING, "fail": _S.FAILED, "skip": _S.SKIPPED, "cancel": _S.CANCELLED},
    _S.RUNNING: {
        "succeed": _S.SUCCEEDED,
        "fail": _S.FAILED,
        "skip": _S.SKIPPED,
        "again": _S.READY,
        "lose": _S.UNKNOWN,
        "wait": _S.WAITING_APPROVAL,
        "ask": _S.WAITING_APPROVAL,
        "cancel": _S.CANCELLED,
    },
    _S.WAITING_APPROVAL: {
        "succeed": _S.SUCCEEDED,
        "go_on": _S.RUNNING,
        "skip": _S.SKIPPED,
        "fail": _S.FAILED,
        "cancel": _S.CANCELLED,
    },
    _S.UNKNOWN: {"succeed": _S.SUCCEEDED, "again": _S.READY, "skip": _S.SKIPPED, "fail": _S.FAILED},
    _S.SUCCEEDED: {"undo": _S.ROLLED_BACK},
    _S.FAILED: {},
    _S.SKIPPED: {},
    _S.CANCELLED: {},
    _S.ROLLED_BACK: {},
}


def next_execution(state: ExecutionState, event: str) -> ExecutionState:
    """The state that follows.

    Raises:
        Conflict: the event cannot happen in this state.
    """
    return EXECUTIONS[state].get(event) or _refuse(state, event)


def next_step(state: StepState, event: str) -> StepState:
    """The state that follows.

    Raises:
        Conflict: the event cannot happen in this state.
    """
    return STEPS[state].get(event) or _refuse(state, event)


def _refuse(state: StrEnum, event: str) -> NoReturn:
    raise Conflict(
        f"It is {str(state).lower().replace('_', ' ')}; “{event}” cannot happen now.",
        "Look at its present state first.",
        state=str(state),
        event=event,
    )
