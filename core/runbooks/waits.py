"""What a runbook's file may not say about waits although every key of it is well-formed."""

from collections.abc import Iterator
from datetime import timedelta

from core.errors import Problem
from core.runbooks.action import Specs
from core.runbooks.definition import Poll, Step
from core.runbooks.references import Path
from core.source import Source

_SHORTEST = timedelta(seconds=1)


def check(source: Source, path: Path, step: Step, specs: Specs) -> Iterator[Problem]:
    """Every mistake in the `wait` of a step, if it has one."""
    wait = step.wait
    if wait is None:
        return
    here: Path = (*path, "wait")
    if (wait.for_ is None) == (not wait.until):
        yield source.problem(here, "A `wait` says either `for` or `until`.", "Write `for: 30s`, for example.")
    if wait.until and wait.limit is None:
        what = "A wait `until` something needs a `limit`: it may never come."
        yield source.problem(here, what, "Add `limit: 10m`, for example.")
    if not wait.until and (wait.poll != Poll() or wait.limit is not None or wait.on_timeout != "fail"):
        yield source.problem(here, "`poll`, `limit` and `on_timeout` belong to `until`, and there is none.")
    yield from _poll(source, path, step, specs)


def _poll(source: Source, path: Path, step: Step, specs: Specs) -> Iterator[Problem]:
    poll = step.wait.poll if step.wait else Poll()
    if step.retries or "retry" in step.on_failure:
        yield source.problem(path, "A wait asks again by itself; it has no `retries`.", "Take them out.")
    if poll.every < _SHORTEST:
        yield source.problem((*path, "wait", "poll", "every"), "`every` is at least 1s.")
    if step.outputs and poll.action is None:
        yield source.problem(
            (*path, "outputs"), "Only a wait with a `poll` that has an `action` has outputs."
        )
    spec = specs.get(poll.action or "")
    if spec is not None and (poll.nature or spec.nature(poll.with_)) != "idempotent":
        what = f"`{spec.name}` may not be safe to do again and again, and `poll` does just that."
        yield source.problem((*path, "wait", "poll"), what, "If it is, say `nature: idempotent` in `poll`.")
