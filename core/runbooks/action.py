"""What an action is: something a step does to the world outside, and how safely it can be done again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel

from core.place import Place
from core.runbooks.definition import Nature
from core.runbooks.expressions import Written
from core.runbooks.question import Question


class ActionFailed(Exception):
    """The action did not do what it should.

    `retriable` says that trying again can help. `retry_after` (seconds) is what the other side asked for.
    `log` holds the last lines of output, without secrets.
    """

    def __init__(
        self, why: str, *, retriable: bool = False, retry_after: float | None = None, log: str = ""
    ) -> None:
        super().__init__(why)
        self.why = why
        self.retriable = retriable
        self.retry_after = retry_after
        self.log = log


def _never(arguments: Mapping[str, Any]) -> bool:
    del arguments
    return False


@dataclass(frozen=True)
class ActionSpec:
    """What is known of an action without any connection: for loading files and for plans.

    Attributes:
        name: what a runbook's `action:` says.
        args: the model of `with:`.
        nature: may it run twice, judged from `with:` as it is written.
        changes: whether it changes anything outside, judged likewise; what changes counts as destructive
            unless the file says otherwise, and must say how it is undone where a rollback is promised.
        shows: whether people are shown what it is told: then no secret may be among it.
        rehearses: whether it can say what it would do (`dry_run`), judged likewise.
        queries: which arguments are queries, and how one is written into which values were filled.
        missing: why it cannot be used on this machine, such as for want of a program; nothing if it can.
    """

    name: str
    args: type[BaseModel]
    nature: Callable[[Mapping[str, Any]], Nature]
    changes: Callable[[Mapping[str, Any]], bool]
    shows: bool = False
    rehearses: Callable[[Mapping[str, Any]], bool] = _never
    queries: Mapping[str, Written] = field(default_factory=dict)
    missing: Callable[[], str] = str


@dataclass(frozen=True)
class Offer:
    """An action that runbooks may use, and which distribution brings it; "" for Wardroom's own."""

    spec: ActionSpec
    origin: str = ""


Specs = Mapping[str, ActionSpec]


class Stop(Protocol):
    """Tells a running action that it should end."""

    def is_set(self) -> bool:
        """Whether it should end now."""
        ...

    async def wait(self) -> object:
        """Return when it should end."""
        ...


def _unheard(words: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Context:
    """What an action is told beside its arguments.

    `key` is the same for every try of one step of one run: foreign systems can use it to see a repeat.
    `resuming`: an owner died while this was running; a resumable action first asks where it stands.
    `place` is where the run was asked for, `by` the id of whoever asked, `incident` the one that it is for. `tell` shows a line beside the step while it runs, such as how far it is;
    of many lines said at once the last is shown.
    """

    execution: str
    step: str
    key: str
    attempt: int
    deadline: datetime
    stop: Stop
    resuming: bool = False
    place: Place | None = None
    runbook: str = ""
    by: str = ""
    incident: str = ""
    tell: Callable[[str], None] = _unheard


Say = Callable[[Place, str], None]


@runtime_checkable
class Action(Protocol):
    """An action that goes out into the world; `run` may raise ActionFailed and nothing else on purpose."""

    @property
    def spec(self) -> ActionSpec:
        """What is known of it without running it."""
        ...

    async def run(self, args: Any, context: Context) -> dict[str, Any]:
        """Do it and return the result, JSON of at most 64 KiB. Ends soon after `context.stop` is set."""
        ...


@runtime_checkable
class UnitAction(Protocol):
    """An action whose whole effect is a message: a row of the commit that finishes its step, so exactly one."""

    @property
    def spec(self) -> ActionSpec:
        """What is known of it without running it."""
        ...

    def record(self, say: Say, args: Any, context: Context) -> dict[str, Any]:
        """Say it and return the result. May raise ActionFailed."""
        ...


@runtime_checkable
class RowAction(Protocol):
    """An action of Wardroom's own whose whole effect is rows of the commit that finishes its step, so exactly one."""

    @property
    def spec(self) -> ActionSpec:
        """What is known of it without running it."""
        ...

    def write(self, unit: Any, args: Any, context: Context) -> dict[str, Any]:
        """Write them in this unit of work and return the result. May raise ActionFailed."""
        ...


@runtime_checkable
class AskAction(Protocol):
    """An action that asks people: its step waits for their answers as a row, and their answers are its result."""

    @property
    def spec(self) -> ActionSpec:
        """What is known of it without running it."""
        ...

    def ask(self, args: Any, context: Context) -> Question:
        """What is asked. May raise ActionFailed."""
        ...


@runtime_checkable
class Rehearses(Protocol):
    """An action that can also say what it would do, without doing any of it."""

    @property
    def spec(self) -> ActionSpec:
        """What is known of it without running it."""
        ...

    async def dry_run(self, args: Any, context: Context) -> str:
        """What `run` would do with these arguments, in words or as a tool says it; it changes nothing anywhere.

        May raise ActionFailed. Ends soon after `context.stop` is set, which is after 30 s.
        """
        ...


ByRows = UnitAction | RowAction | AskAction
AnyAction = Action | ByRows
