"""The action `tests.run`, with suites that really run."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.actions.tests_run import RunTests, SuiteArgs
from core.runbooks.action import ActionFailed
from core.testbench.config import SuiteConfig
from tests.bot.actions.test_calls import context

SUITE = """
import os, pytest
def test_that_is_fine(): print("noise")
def test_that_fails(): assert 1 == 2, "one is not two"
@pytest.mark.skip
def test_that_is_passed_over(): pass
def test_that_sees_no_secret(): assert "SLACK_BOT_TOKEN" not in os.environ
"""
REPORT = '<testsuite><testcase classname="web" name="ok" time="0.5"/></testsuite>'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    (tmp_path / "test_own.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


async def run(
    suite: SuiteConfig, stop: asyncio.Event | None = None, told: list[str] | None = None, **more: Any
) -> dict[str, Any]:
    """What a step gets."""
    heard = told if told is not None else []
    seen = replace(context(stop), tell=heard.append)
    return await RunTests({"own": suite}).run(SuiteArgs(suite="own", **more), seen)


async def test_a_suite_is_counted_and_its_failures_are_named(folder: Path) -> None:
    told: list[str] = []
    result = await run(SuiteConfig(directory=str(folder)), None, told, may_fail=True)
    counts = {name: result[name] for name in ("total", "passed", "failed", "errors", "skipped", "good")}
    assert counts == {"total": 4, "passed": 2, "failed": 1, "errors": 0, "skipped": 1, "good": False}
    assert [one["name"] for one in result["failures"]] == ["test_own.test_that_fails"]
    assert "one is not two" in result["failures"][0]["why"]
    assert "50 %: test_that_fails failed" in told


async def test_a_failing_test_fails_the_step_and_says_which(folder: Path) -> None:
    with pytest.raises(ActionFailed, match="own: 2 passed, 1 failed, 1 skipped") as failed:
        await run(SuiteConfig(directory=str(folder)))
    assert "test_own.test_that_fails: " in failed.value.log
    assert not failed.value.retriable


async def test_a_part_of_a_suite_can_be_chosen(folder: Path) -> None:
    result = await run(SuiteConfig(directory=str(folder)), only="fine or secret")
    assert (result["total"], result["good"]) == (2, True)


async def test_no_test_at_all_is_no_success(folder: Path) -> None:
    with pytest.raises(ActionFailed, match="no test was run"):
        await run(SuiteConfig(directory=str(folder)), only="nothing_is_called_so")


async def test_any_runner_that_writes_a_report_will_do(folder: Path) -> None:
    command = ("sh", "-c", f"echo '{REPORT}' > $0; echo half way", "{report}")
    told: list[str] = []
    result = await run(SuiteConfig(directory=str(folder), runner="junit", command=command), None, told)
    assert (result["passed"], result["seconds"], told) == (1, 0.5, ["half way"])


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("sh", "-c", "echo broken >&2; exit 4", "{report}"), "ended with code 4 and left no report"),
        (("sh", "-c", "echo '<html/>' > $0", "{report}"), "no JUnit XML"),
        (("nosuchrunner", "{report}"), "is not installed here"),
    ],
)
async def test_a_runner_that_leaves_no_report_is_told(
    folder: Path, command: tuple[str, ...], words: str
) -> None:
    with pytest.raises(ActionFailed, match=words):
        await run(SuiteConfig(directory=str(folder), runner="junit", command=command))


async def test_an_unknown_suite_and_a_directory_that_is_not_there_are_told(folder: Path) -> None:
    with pytest.raises(ActionFailed, match=r"no suite “owm”. Did you mean `own`"):
        await RunTests({"own": SuiteConfig(directory=".")}).run(SuiteArgs(suite="owm"), context())
    with pytest.raises(ActionFailed, match="is not there"):
        await run(SuiteConfig(directory=str(folder / "gone")))


async def test_a_stopped_suite_ends(folder: Path) -> None:
    stop = asyncio.Event()
    command = ("sh", "-c", "sleep 60", "{report}")
    suite = SuiteConfig(directory=str(folder), runner="junit", command=command)
    running = asyncio.ensure_future(run(suite, stop))
    await asyncio.wait({running}, timeout=0.1)
    stop.set()
    with pytest.raises(ActionFailed, match="own was stopped"):
        await asyncio.wait_for(running, 5)


def test_a_suite_of_another_runner_says_where_its_report_goes() -> None:
    with pytest.raises(ValidationError, match="report"):
        SuiteConfig(directory=".", runner="junit", command=("jest",))


def test_words_that_would_be_an_option_of_the_runner_are_refused() -> None:
    with pytest.raises(ValidationError):
        SuiteArgs(suite="own", only="--rootdir=/")
