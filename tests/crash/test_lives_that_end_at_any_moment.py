"""Workers killed at commits and at any moment, one or all of them: the same as the harness, for a short while."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from core.runbooks import plan
from core.runbooks.execution import Execution
from core.runbooks.sequel import steps_of
from core.runbooks.states import ExecutionState, StepState
from tests.core.runbooks.house import NOON
from tests.crash.harness import play
from tests.crash.tales import NAMES, TALES, faults, overlaps
from tests.stores import ENGINES, sqlite_url

pytestmark = pytest.mark.crash


@pytest.mark.parametrize("engine", ENGINES)
async def test_every_run_ends_as_the_rules_allow_whatever_dies(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = sqlite_url(tmp_path) if engine == "sqlite" else request.getfixturevalue("postgres_url")
    tally = await play(url, tmp_path, lives=12, seed=7, lease=3.0)
    assert (tally.faults, tally.lives >= 12) == ([], True), tally.told()


def test_the_harness_sees_what_the_rules_do_not_allow() -> None:
    made = plan.make(TALES[0], {}, NAMES)
    run = Execution("RUN-1", "ends-well", "1", {}, {}, "", "dev", None, NOON, state=ExecutionState.FAILED)
    run.steps = steps_of(made, None)
    for step in run.steps.values():
        step.state = StepState.SUCCEEDED
    run.steps["pause"].state = StepState.RUNNING
    seen = faults(run, Counter({"RUN-1 once": 2}))
    assert "RUN-1 (ends-well) is FAILED" in seen
    assert "RUN-1 once: may run once and ran 2 times" in seen
    assert "RUN-1 again: was lost: it is done, and had no effect" in seen
    assert "RUN-1 pause: is RUNNING although the run has ended" in seen


def test_the_harness_sees_what_was_not_taken_back_and_what_did_not_wait_for_its_turn() -> None:
    def ended(name: str, index: int) -> Execution:
        run = Execution(name, "takes-turns", "1", {}, {}, "", "dev", None, NOON, lock="one")
        run.state, run.started_at, run.ended_at = ExecutionState.COMPLETED, NOON, NOON + timedelta(seconds=9)
        run.steps = steps_of(plan.make(TALES[index], {}, NAMES), None)
        for step in run.steps.values():
            step.state = StepState.SUCCEEDED
        return run

    inner, outer = ended("RUN-2", -1), ended("RUN-1", -1)
    assert ["RUN-2 began before RUN-1 ended"] == overlaps([outer, inner])
    effects = Counter({"RUN-2 a": 1, "RUN-2 b": 1})
    assert faults(inner, effects, outer) == []
    outer.phase = "rollback"
    assert "RUN-2 a: still stands although the run was taken back" in faults(inner, effects, outer)
