"""Workers killed at commits and at any moment, one or all of them: the same as the harness, for a short while."""

from collections import Counter
from pathlib import Path

import pytest

from core.runbooks import plan
from core.runbooks.execution import Execution
from core.runbooks.sequel import steps_of
from core.runbooks.states import ExecutionState, StepState
from tests.core.runbooks.house import NAMES, NOON
from tests.crash.harness import BOOKS, faults, play
from tests.stores import ENGINES, sqlite_url

pytestmark = pytest.mark.crash


@pytest.mark.parametrize("engine", ENGINES)
async def test_every_run_ends_as_the_rules_allow_whatever_dies(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = sqlite_url(tmp_path) if engine == "sqlite" else request.getfixturevalue("postgres_url")
    tally = await play(url, tmp_path, lives=20, seed=7)
    assert (tally.faults, tally.lives >= 20) == ([], True), tally.told()


def test_the_harness_sees_what_the_rules_do_not_allow() -> None:
    made = plan.make(BOOKS[0], {}, NAMES)
    run = Execution("RUN-1", "ends-well", "1", {}, {}, "", "dev", None, NOON, state=ExecutionState.FAILED)
    run.steps = steps_of(made, None)
    for step in run.steps.values():
        step.state = StepState.SUCCEEDED
    run.steps["pause"].state = StepState.RUNNING
    seen = faults(run, Counter({"RUN-1 once": 2}))
    assert "RUN-1 is FAILED, not COMPLETED" in seen
    assert "RUN-1 once: may run once and ran 2 times" in seen
    assert "RUN-1 again: was lost: it is done, and had no effect" in seen
    assert "RUN-1 pause: is RUNNING although the run has ended" in seen
