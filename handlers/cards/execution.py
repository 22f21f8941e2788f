"""A run as a card: how far it is, what runs now, what went wrong and what stands, and what can be done. Pure."""

from datetime import datetime, timedelta

from core.digest import short
from core.runbooks.definition import duration_text
from core.runbooks.execution import Execution, StepRun
from core.runbooks.failing.failure import Earlier
from core.runbooks.gate import BY_ITSELF, HELPER, began_by
from core.runbooks.plan import Plan
from core.runbooks.rollback import stands
from core.runbooks.states import ExecutionState, StepState
from core.text import cut, one_line
from core.world import World
from handlers.cards import failure
from handlers.cards.card import (
    Bold,
    Card,
    Code,
    Image,
    Line,
    Literal_,
    Part,
    Progress,
    Quote,
    Span,
    Step,
    StepMark,
    Steps,
    Table,
    Text,
    Tone,
    When,
    Who,
    line,
)
from handlers.cards.link import page_url
from handlers.cards.pressing import controls

HEADS: dict[ExecutionState, tuple[str, Tone]] = {
    ExecutionState.PENDING: ("waits for its turn", "waiting"),
    ExecutionState.RUNNING: ("running", "neutral"),
    ExecutionState.PAUSED: ("paused", "waiting"),
    ExecutionState.WAITING_APPROVAL: ("waits for people", "waiting"),
    ExecutionState.COMPLETED: ("done", "good"),
    ExecutionState.FAILED: ("failed", "bad"),
    ExecutionState.CANCELLED: ("cancelled", "ended"),
    ExecutionState.ROLLING_BACK: ("rolling back", "partial"),
    ExecutionState.NEEDS_ATTENTION: ("needs somebody", "bad"),
}
_NAMED = 8
_MARKS: dict[StepState, StepMark] = {
    StepState.WAITING: "pending",
    StepState.READY: "pending",
    StepState.RUNNING: "running",
    StepState.WAITING_APPROVAL: "asking",
    StepState.SUCCEEDED: "done",
    StepState.FAILED: "failed",
    StepState.SKIPPED: "skipped",
    StepState.CANCELLED: "skipped",
    StepState.ROLLED_BACK: "undone",
    StepState.UNKNOWN: "failed",
}
_SAID = {
    StepState.WAITING_APPROVAL: "waits for people",
    StepState.UNKNOWN: "nobody can tell what became of it",
    StepState.SKIPPED: "skipped",
    StepState.CANCELLED: "called off",
}
_PASSED = {
    "condition": "its condition is false",
    "failure": "failed, passed over",
    "rejected": "people said no; what stands for that goes on",
    "expired": "nobody answered in time; what stands for that goes on",
    "refused": "people did not say yes",
}
_LOG_SHOWN = 600
_MINUTE, _HOUR = 60, 3_600


def card(world: World, execution: Execution, now: datetime, before: Earlier | None = None) -> Card:
    """The live card, the same on every platform; `before` tells of the same failure in earlier runs."""
    word, tone = _head(execution)
    plan = Plan.model_validate(execution.plan)
    name = _name(plan)
    log = failure.log_button(execution) if execution.state.is_final else ()
    steps = [step for step in execution.steps.values() if step.node.kind != "group"]
    done = _passed(execution, steps)
    parts: list[Part] = [Progress(done=done, total=len(steps), label=_label(execution, done, now))]
    parts.append(Steps(items=tuple(_step(step, now) for step in steps)))
    if execution.by == HELPER and not execution.state.is_final:
        hold = Code(text=f"/incident hold {execution.incident}")
        parts.append(
            Text(line=line("It begins by itself. ", hold, " stops what runs by itself."), small=True)
        )
    parts += _told(execution, steps)
    if execution.state.is_final:
        parts += failure.told(execution, before)
    return Card(
        title=f"{cut(name, 110)}: {word}",
        tone=tone,
        parts=tuple(parts),
        controls=(*controls(execution, steps), *log),
        footer=_footer(world, execution),
        summary=f"{execution.id} {name}: {word}, {done} of {len(steps)} steps.",
        link=page_url(world.public_url, world.secret_key, execution.id),
        hint=f"/runbook status {execution.id}",
        revision=execution.version,
        digest=execution.digest,
    )


def picture_card(of: str) -> Card:
    """The steps of a run or a runbook as a picture, drawn when it is sent."""
    words = f"The steps of {of}"
    return Card(
        parts=(Image(of=of, alt=words),),
        footer=line(f"{words} · drawn when this was sent"),
        summary=f"{words}, as a picture.",
        hint=f"/runbook graph {of}",
    )


def listing(world: World, executions: list[Execution], title: str) -> Card:
    """Several runs, one a row."""
    if not executions:
        words = "Nothing is running."
        return Card(title=title, parts=(Text(line=line(words)),), summary=words, hint="/runbook list")
    rows = tuple(
        (
            line(Code(text=execution.id)),
            line(_name(Plan.model_validate(execution.plan))),
            line(_head(execution)[0]),
            line(_starter(world, execution.by)),
            line(When(at=execution.created_at, style="date_time")),
        )
        for execution in executions
    )
    table = Table(head=("Id", "What", "State", "By", "Since"), rows=rows)
    more = f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
    named = ", ".join(execution.id for execution in executions[:_NAMED]) + more
    return Card(title=title, parts=(table,), summary=f"{title}: {named}.", hint="/runbook status RUN-…")


def _head(execution: Execution) -> tuple[str, Tone]:
    undone = any(step.state is StepState.ROLLED_BACK for step in execution.steps.values())
    itself = Plan.model_validate(execution.plan).purpose == "rollback"
    if execution.state is ExecutionState.COMPLETED and undone and not itself:
        return "done, then partly taken back" if stands(execution) else "done, then taken back", "ended"
    return HEADS[execution.state]


def _name(plan: Plan) -> str:
    return plan.title


def _passed(execution: Execution, steps: list[StepRun]) -> int:
    """How many steps are behind it; what a run that did not come to its end passed over is not."""
    is_cut = execution.state.is_final and execution.state is not ExecutionState.COMPLETED
    left = {StepState.CANCELLED, StepState.SKIPPED} if is_cut else {StepState.CANCELLED}
    return sum(step.state.is_settled and step.state not in left for step in steps)


def _label(execution: Execution, done: int, now: datetime) -> str:
    if execution.started_at is None:
        return "not begun"
    length = (execution.ended_at or now) - execution.started_at
    return f"{done} step{'' if done == 1 else 's'}, {spent(length)}"


def _step(step: StepRun, now: datetime) -> Step:
    return Step(mark=_MARKS[step.state], name=one_line(step.node.name, 80), detail=_detail(step, now))


def _detail(step: StepRun, now: datetime) -> Line:
    match step.state:
        case StepState.SUCCEEDED | StepState.ROLLED_BACK:
            return _done(step)
        case StepState.RUNNING:
            return _running(step, now)
        case StepState.FAILED:
            tries = f" (try {step.failures} of {step.node.retries + 1})" if step.failures else ""
            return line(f"{one_line(step.error, 160)}{tries}")
        case StepState.READY if step.not_before is not None and step.node.kind == "wait":
            asked = f"asked {step.attempt} times, again at "
            return line(asked, When(at=step.not_before), f" until {one_line(step.node.until, 100)}")
        case StepState.READY if step.not_before is not None:
            again = f"try {step.failures + 1} of {step.node.retries + 1} at "
            return line(again, When(at=step.not_before), f" ({one_line(step.error, 80)})")
        case state:
            return line(_said(step, state)) if state in _SAID else ()


def _said(step: StepRun, state: StepState) -> str:
    if state is StepState.SKIPPED and step.why in _PASSED:
        return _PASSED[step.why]
    return f"{step.request or step.detail} {_SAID[state]}".strip()


def _done(step: StepRun) -> Line:
    if step.detail.startswith(("carried over", "taken back")):
        return line(step.detail)
    if step.started_at is None or step.ended_at is None:
        return ()
    run = step.detail if step.node.kind == "call" else step.request
    return line(f"{run} {spent(step.ended_at - step.started_at)}".strip())


def _running(step: StepRun, now: datetime) -> Line:
    if step.node.kind == "wait":
        until = f"until {one_line(step.node.until, 120)}" if step.node.until else ""
        return line(f"waits {until or duration_text(step.node.wait or timedelta())}")
    if step.node.kind == "call":
        return line(f"{step.detail or 'begins'}, {spent(now - (step.started_at or now))}")
    limit = f" of at most {duration_text(step.node.timeout)}" if step.node.timeout else ""
    tries = f", try {step.failures + 1}" if step.failures else ""
    said = f", {step.detail}" if step.detail else ""
    return line(f"{spent(now - (step.started_at or now))}{limit}{tries}{said}")


def _told(execution: Execution, steps: list[StepRun]) -> list[Part]:
    parts: list[Part] = []
    if execution.state is ExecutionState.WAITING_APPROVAL and execution.started_at is None:
        parts.append(
            Text(
                line=line(
                    "Waits for ", Code(text=execution.request), ". Nothing was run yet. ", execution.words
                )
            )
        )
    elif execution.words and not failure.tells(execution):
        parts.append(Quote(label="Why", text=cut(execution.words, 600)))
    if execution.state in (ExecutionState.FAILED, ExecutionState.CANCELLED):
        parts += _what_stands(execution, steps)
    if execution.state is ExecutionState.NEEDS_ATTENTION:
        lost = ", ".join(step.node.name for step in steps if step.state is StepState.UNKNOWN)
        words = " was running when its process ended. Look what became of it, and say so:"
        parts.append(Text(line=line(Bold(text=cut(lost, 160)), words)))
    return parts


def _what_stands(execution: Execution, steps: list[StepRun]) -> list[Part]:
    parts: list[Part] = []
    failed = [step for step in steps if step.state is StepState.FAILED and step.log]
    parts += [Literal_(text=step.log[-_LOG_SHOWN:]) for step in failed[-1:]]
    kept = stands(execution)
    if kept:
        advice = "Look at it, mend it by hand, or run it again."
        parts.append(Text(line=line(Bold(text="Still stands: "), f"{cut(', '.join(kept), 300)}. {advice}")))
    else:
        parts.append(Text(line=line(_nothing(steps))))
    lost = [f"{step.node.name}: {step.node.cannot_undo}" for step in steps if step.node.cannot_undo]
    if lost and execution.phase == "rollback":
        parts.append(Text(line=line(f"Cannot be undone: {cut('; '.join(lost), 300)}"), small=True))
    return parts


def _nothing(steps: list[StepRun]) -> str:
    """Why nothing stands that a run changed: it was taken back, not finished, or there was nothing of the kind."""
    if any(step.state is StepState.ROLLED_BACK for step in steps):
        return "Nothing that was changed still stands."
    begun = [step for step in steps if step.started_at is not None and step.node.kind in ("action", "call")]
    if any(step.node.destructive for step in begun):
        return "No step that changes something came to its end."
    return "Nothing was changed." if begun else "Nothing was done."


def _footer(world: World, execution: Execution) -> Line:
    spans: list[str | Span] = [
        f"{execution.id} · by ",
        _starter(world, execution.by),
        f" · plan {short(execution.digest)}",
    ]
    if execution.request:
        spans.append(f" · {execution.request}")
    if execution.origin:
        spans.append(f" · follows {execution.origin}")
    if execution.incident:
        spans.append(f" · {execution.incident}")
    return line(*spans)


def _starter(world: World, by: str) -> str | Who:
    """Whoever began it; what begins by itself is nobody with an account."""
    if by.startswith(BY_ITSELF):
        return began_by(by)
    known = world.people.get(by)
    return Who(name=known.name if known else by, ids=dict(known.accounts) if known else {})


def spent(length: timedelta) -> str:
    """A length of time in its two largest parts."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min {seconds % _MINUTE} s"
    return f"{seconds // _HOUR} h {seconds // _MINUTE % _MINUTE} min"
