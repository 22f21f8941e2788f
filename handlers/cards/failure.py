"""What a failed run says about its failure, and the kept output of a step. Pure."""

from core.runbooks.execution import Execution, StepRun
from core.runbooks.failing.failure import Earlier, failed_step, not_done, suggestion
from core.runbooks.states import ExecutionState
from core.text import cut, one_line
from handlers.cards.card import Bold, Button, Card, Literal_, Part, Text, When, line


def told(execution: Execution, before: Earlier | None) -> list[Part]:
    """Which step failed and when, what was not done because of it, how it went before, and what to do."""
    step = failed_step(execution)
    if step is None:
        return []
    name = one_line(step.node.name, 80)
    since = () if step.ended_at is None else (" at ", When(at=step.ended_at))
    parts: list[Part] = [
        Text(
            line=line(
                Bold(text=name), " failed", *since, f": {one_line(step.error, 300) or 'no reason given'}"
            )
        )
    ]
    missing = not_done(execution)
    if missing:
        parts.append(Text(line=line(Bold(text="Not done: "), f"{cut(', '.join(missing), 300)}.")))
    if before is not None:
        times = "once" if before.count == 1 else f"{before.count} times"
        after = f" {before.passed} got past it later." if before.passed else ""
        when = When(at=before.at, style="date_time")
        said = f"it failed {times} in earlier runs, last in {before.run} ("
        parts.append(Text(line=line(Bold(text="Seen before: "), said, when, f").{after}")))
    parts.append(Text(line=line(Bold(text="Next: "), cut(suggestion(execution, step), 300))))
    return parts


def tells(execution: Execution) -> bool:
    """Whether what `told` says of a run that has ended is all that the run's own words say."""
    step = failed_step(execution) if execution.state is ExecutionState.FAILED else None
    return step is not None and execution.words == f"“{step.node.name}” failed: {step.error}"


def log_button(execution: Execution) -> tuple[Button, ...]:
    """What opens the whole kept output of the step that failed; nothing if it wrote nothing."""
    step = failed_step(execution)
    if step is None or not step.log:
        return ()
    return (
        Button(
            label="Open the log",
            verb="runbook.log",
            object=execution.id,
            args={"step": step.id},
            speak=f"Open the log of {one_line(step.node.name, 80)} of {execution.id}",
        ),
    )


def log_card(execution: Execution, step: StepRun) -> Card:
    """Everything that was kept of what the step wrote; secrets were taken out before it was kept."""
    title = f"Log of {one_line(step.node.name, 80)}, {execution.id}"
    parts: list[Part] = [Literal_(text=step.log)] if step.log else [Text(line=line("It wrote nothing."))]
    if step.error:
        parts.insert(0, Text(line=line(one_line(step.error, 300))))
    return Card(
        title=title,
        parts=tuple(parts),
        summary=f"{title}: {one_line(step.log, 200) or 'it wrote nothing.'}",
        hint=f"/runbook log {execution.id} {step.id}",
    )
