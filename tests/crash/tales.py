"""The runbooks that the crash harness runs, and what of each the rules do not allow."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from core.runbooks.definition import Runbook
from core.runbooks.execution import Execution, StepRun
from core.runbooks.params import Names
from core.runbooks.states import ExecutionState, StepState
from tests.core.runbooks.house import ENVIRONMENTS, SERVICES, book

LATER = "undone-later"
_UNDO = "rollback: {action: do, nature: idempotent}"
# Everything in one: tries, waits, people, a fan, all three natures, and an end that is taken back or not.
_LONG = f"""
name: NAME
steps:
  - {{id: once, action: once, rollback: {{action: once}}}}
  - {{id: again, action: do, {_UNDO}}}
  - {{id: stumble, action: do, with: {{stumble: true}}, retries: 3, backoff: {{base: 50ms}}, {_UNDO}}}
  - {{id: pause, needs: [once], wait: {{for: 50ms}}}}
  - {{id: sure, needs: [pause, again], approval: {{ask: [{{role: sre}}], reason: go on}}}}
  - id: fan
    needs: [stumble, sure]
    for_each: {{items: [x, y, z], as: one, parallel: 2}}
    action: once
    {_UNDO}
  - {{id: resume, needs: [fan], action: resume, {_UNDO}}}
  - {{id: last, needs: [resume], action: once, with: {{fail: FAIL}}, on_failure: rollback, {_UNDO}}}
  - {{id: clean, needs: [last], when: failed, action: do, {_UNDO}}}
"""
# Runs inside a run, two deep, with a wait that asks, a gate whose no has its own way, and undoing through all of it.
_DEEPEST = f"""
name: deepest
steps:
  - {{id: dig, action: once, {_UNDO}}}
  - {{id: up, needs: [dig], wait: {{until: result.attempt >= 2, poll: {{action: do, every: 1s}}, limit: 10m}}}}
"""
_INNER = f"""
name: inner
steps:
  - {{id: first, action: once, {_UNDO}}}
  - {{id: sure, needs: [first], approval: {{ask: [{{role: sre}}], reason: inside}}}}
  - {{id: deep, needs: [sure], runbook: {{name: deepest}}}}
  - {{id: second, needs: [deep], action: do, {_UNDO}}}
"""
_OUTER = f"""
name: NAME
steps:
  - {{id: before, action: once, {_UNDO}}}
  - {{id: call, needs: [before], runbook: {{name: inner}}}}
  - {{id: beside, action: do, {_UNDO}}}
  - {{id: gate, needs: [call], approval: {{ask: [{{role: sre}}], reason: refuse this}}, on_reject: [park]}}
  - {{id: go, needs: [gate], action: do, {_UNDO}}}
  - {{id: park, needs: [gate], action: once, {_UNDO}}}
  - {{id: last, needs: [park, beside], when: always, action: do, with: {{fail: FAIL}}, on_failure: rollback, {_UNDO}}}
"""
_LOCKED = f"""
name: takes-turns
concurrency: {{key: one, limit: 1, on_conflict: queue}}
steps:
  - {{id: a, action: once, {_UNDO}}}
  - {{id: b, needs: [a], action: do, {_UNDO}}}
"""


def _told(text: str, name: str, *, fails: bool = False) -> Runbook:
    return book(text.replace("NAME", name).replace("FAIL", str(fails).lower()))


# What people do with a run is said by its name: see the worker.
TALES = (
    _told(_LONG, "ends-well"),
    _told(_LONG, "is-taken-back", fails=True),
    _told(_LONG, "is-paused"),
    _told(_LONG, "is-cancelled"),
    _told(_LONG, "is-cancelled-and-taken-back"),
    _told(_OUTER, "calls"),
    _told(_OUTER, "calls-and-is-taken-back", fails=True),
    _told(_OUTER, "calls-and-is-paused"),
    _told(_OUTER, "calls-and-is-cancelled-and-taken-back"),
    _told(_OUTER, f"calls-and-is-{LATER}"),
    _told(_LOCKED, "takes-turns"),
)
INSIDE = {"inner": _told(_INNER, "inner"), "deepest": _told(_DEEPEST, "deepest")}
NAMES = Names(SERVICES, ENVIRONMENTS, INSIDE)


def faults(run: Execution, effects: Counter[str], above: Execution | None = None) -> list[str]:
    """Everything about a run that the rules do not allow; `above` is the run that called it."""
    found = []
    if run.state not in _wanted(run):
        found.append(f"{run.id} ({run.runbook}) is {run.state}")
    back = _is_taken_back(run) or _is_taken_back(above)
    for step in run.steps.values():
        told = _faults(run, step, effects[f"{run.id} {step.id}"], back=back)
        found += [f"{run.id} {step.id}: {fault}" for fault in told]
    return found


def overlaps(runs: Iterable[Execution]) -> list[str]:
    """Runs that were under way at the same time although their lock lets one at a time."""
    locked = sorted(
        (run for run in runs if run.lock and run.started_at), key=lambda run: run.started_at or run.created_at
    )
    return [
        f"{later.id} began before {earlier.id} ended"
        for earlier, later in pairwise(locked)
        if earlier.ended_at is None or later.started_at is None or later.started_at < earlier.ended_at
    ]


def _wanted(run: Execution) -> tuple[ExecutionState, ...]:
    if run.runbook in INSIDE or "cancelled" in run.runbook:
        # A cancel may come too late; what was called ends as its caller lets it.
        return ExecutionState.COMPLETED, ExecutionState.CANCELLED
    return (ExecutionState.FAILED,) if "taken-back" in run.runbook else (ExecutionState.COMPLETED,)


def _is_taken_back(run: Execution | None) -> bool:
    """What this run did, or was done under it, has been taken back, by itself or by a run that follows it."""
    return run is not None and (run.phase == "rollback" or LATER in run.runbook)


def _faults(run: Execution, step: StepRun, times: int, *, back: bool) -> list[str]:
    found = []
    if not step.state.is_settled:
        found.append(f"is {step.state} although the run has ended")
    if back and step.state is StepState.SUCCEEDED and (step.node.undo or step.node.undo_chain):
        found.append("still stands although the run was taken back")
    if step.node.undoes and run.steps[step.node.undoes].state is not StepState.ROLLED_BACK:
        found.append(f"did not take back {step.node.undoes}")
    if step.node.kind != "action" or step.detail.startswith("carried over"):
        return found
    if step.node.nature == "at_most_once" and times > 1:
        found.append(f"may run once and ran {times} times")
    if step.state in (StepState.SUCCEEDED, StepState.ROLLED_BACK) and not times:
        found.append("was lost: it is done, and had no effect")
    return found
