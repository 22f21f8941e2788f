"""What a runbook's file says, word for word: frozen, and still full of expressions."""

from datetime import timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from core import cron, quantity
from core.runbooks.config import SecretName
from core.source import wrong
from core.text import one_line
from core.wording import Zone

Nature = Literal["idempotent", "at_most_once", "resumable"]
Choice = Literal["retry", "skip", "rollback", "fail"]
Kind = Literal["service", "environment", "integer", "number", "string", "boolean", "choice"]

RETRIES_WHEN_ASKED = 3
_CHOICE = {"enum": ["retry", "skip", "rollback", "fail"]}
_CHOICES = {"anyOf": [_CHOICE, {"type": "array", "items": _CHOICE}]}


@lru_cache(maxsize=1_024)
def duration_text(length: timedelta) -> str:
    """The length as people and files write it: `1h30m`, `10s`, `0.5s`."""
    seconds = length.total_seconds()
    whole = int(seconds)
    if whole != seconds:
        return f"{seconds:g}s"
    parts = [(whole // 86_400, "d"), (whole // 3_600 % 24, "h"), (whole // 60 % 60, "m"), (whole % 60, "s")]
    return "".join(f"{n}{unit}" for n, unit in parts if n) or "0s"


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _schedule(text: str) -> str:
    try:
        return cron.parse(text).text if text else ""
    except ValueError as error:
        mend = 'Write minute, hour, day, month and weekday, as in "30 2 * * mon-fri".'
        raise wrong(f"`{one_line(text, 60)}` is no schedule: {error}.", mend) from None


Duration = Annotated[quantity.Duration, PlainSerializer(duration_text, return_type=str)]
StepId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
# What a no, or silence, leads to: the end, the way back, or these steps instead of those that follow a yes.
Refused = Literal["stop", "rollback"] | tuple[StepId, ...]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Param(_Words):
    """Something to be told before the runbook can run. `min` and `max` are inclusive."""

    type: Kind = "string"
    required: bool = False
    default: str | int | float | bool | None = None
    description: str = ""
    choices: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None
    pattern: str = ""


class Backoff(_Words):
    """How long to wait between tries."""

    type: Literal["constant", "linear", "exponential"] = "exponential"
    base: Duration = timedelta(seconds=1)
    max: Duration = timedelta(seconds=30)


class Undo(_Words):
    """The action that takes a finished step back."""

    action: str
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    nature: Nature | None = None
    timeout: Duration | None = None


class Ask(_Words):
    """Whom to ask: people with a role, a team's members, one person, or who is on call. `must`: one of them at least."""

    role: str | None = None
    team: str | None = None
    person: str | None = None
    schedule: str | None = None
    oncall: bool = False
    must: bool = False


class ApprovalStep(_Words):
    """A question to people in the middle of a run."""

    reason: str
    ask: tuple[Ask, ...] = Field(min_length=1)
    approvals: int = Field(default=1, ge=1)
    timeout: Duration = timedelta(hours=24)
    veto: tuple[Ask, ...] = ()
    rejections_to_block: int = Field(default=1, ge=1)


class Poll(_Words):
    """What a wait asks again and again; it must be safe to do many times."""

    action: str | None = None
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    every: Duration = timedelta(seconds=10)
    nature: Nature | None = None
    timeout: Duration | None = None


class Wait(_Words):
    """A pause of a fixed length, or until a condition holds, asked as often as `poll` says, for `limit` at most."""

    for_: Duration | None = Field(default=None, alias="for")
    until: str = ""
    poll: Poll = Poll()
    limit: Duration | None = None
    on_timeout: Literal["fail", "skip"] = "fail"


class Nested(_Words):
    """Another runbook, run as one step. What it is told comes from the file or from params: see `ForEach`."""

    name: str
    params: dict[str, Any] = Field(default_factory=dict)


class ForEach(_Words):
    """One child step per item, at most `parallel` of them at once.

    Items come from the file or from params, so that the plan which people approve says what will run.
    """

    items: str | tuple[str | int | float | bool, ...]
    as_: Name = Field(default="item", alias="as")
    parallel: int = Field(default=1, ge=1, le=20)


class Task(_Words):
    """What every step and every child of a step may say."""

    id: StepId
    name: str = ""
    when: str = ""
    action: str | None = None
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    destructive: bool | None = None
    nature: Nature | None = None
    timeout: Duration | None = None
    retries: int = Field(default=0, ge=0, le=20)
    backoff: Backoff = Backoff()
    on_failure: Annotated[tuple[Choice, ...], BeforeValidator(_listed), WithJsonSchema(_CHOICES)] = ()
    rollback: Undo | Literal["none"] | None = None
    rollback_reason: str = ""
    outputs: dict[Name, Any] = Field(default_factory=dict)

    @property
    def after_failure(self) -> Choice | None:
        """What happens when no try is left; None: whatever the step around it says, else `fail`."""
        return next((choice for choice in self.on_failure if choice != "retry"), None)

    @property
    def tries_more(self) -> int:
        """Further tries after the first."""
        return self.retries or (RETRIES_WHEN_ASKED if "retry" in self.on_failure else 0)


class Step(Task):
    """One entry of `steps`: an action, children in parallel, an approval, a wait, or another runbook."""

    needs: tuple[str, ...] = ()
    parallel: tuple[Task, ...] = ()
    approval: ApprovalStep | None = None
    wait: Wait | None = None
    runbook: Nested | None = None
    for_each: ForEach | None = None
    on_reject: Refused = "stop"
    on_expire: Refused = "stop"


class Concurrency(_Words):
    """At most `limit` runs at once with the same `key`; what to do with one more."""

    key: str
    limit: int = Field(default=1, ge=1, le=100)
    on_conflict: Literal["queue", "reject"] = "queue"


class Permit(_Words):
    """Who may run a runbook: whoever has one of the roles, or is in one of the teams. Nothing listed: everybody."""

    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


class Hook(_Words):
    """How a call from outside proves itself, by exactly one secret: as a bearer token, by the Standard Webhooks scheme, or by an HMAC.

    `when` is a condition over the `body`; `key` is what recognises a repeat, filled in from the `body`.
    """

    token: SecretName | None = None
    signature: SecretName | None = None
    hmac: SecretName | None = None
    when: str = ""
    key: str = ""

    @property
    def secrets(self) -> dict[str, str]:
        """The secret that it names, by the way in which it is used."""
        ways = {"token": self.token, "signature": self.signature, "hmac": self.hmac}
        return {way: name for way, name in ways.items() if name}


class Trigger(_Words):
    """What starts the runbook: words in chat, or, without anybody asking, an alert, a schedule or a call from outside.

    `chat` are words that mean this runbook where they are said to the bot.

    `alert` sees `labels` and `alert`; `cron` is by the clocks of `timezone`, else of the workspace, and `on_missed`
    is what becomes of times at which no process was there. `params` may use what the trigger sees: `labels` and
    `alert`, the `body` of a call, or `due`. `channel` is where the run is shown; the owners' channels if none is named.
    """

    chat: Annotated[str, StringConstraints(max_length=100)] = ""
    alert: str = ""
    cron: Annotated[str, AfterValidator(_schedule)] = ""
    webhook: Hook | None = None
    timezone: Zone | None = None
    on_missed: Literal["skip", "run_once"] = "skip"
    params: dict[str, Any] = Field(default_factory=dict)
    channel: str = ""


class Meant(_Words):
    """What a runbook is meant for: incidents of these services and categories (of any, if none is named), at least so grave."""

    services: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    severity: Literal["critical", "high", "medium", "low", "info"] | None = None


class Runbook(_Words):
    """A runbook's file. `timeout` does not count time spent waiting for people."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    version: str = "1"
    description: str = ""
    owners: tuple[str, ...] = ()
    run: Permit = Permit()
    for_: Meant | None = Field(default=None, alias="for")
    params: dict[Name, Param] = Field(default_factory=dict)
    triggers: tuple[Trigger, ...] = ()
    concurrency: Concurrency | None = None
    timeout: Duration | None = None
    steps: tuple[Step, ...] = Field(min_length=1, max_length=200)
    rollback_steps: tuple[Task, ...] = ()
    outputs: dict[Name, Any] = Field(default_factory=dict)
