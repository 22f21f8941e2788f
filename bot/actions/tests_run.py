"""The action `tests.run`: a configured suite, counted from its report, told while it runs."""

import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from bot.actions import process
from core.errors import Invalid
from core.runbooks.action import ActionFailed, ActionSpec, Context
from core.source import suggestion
from core.testbench import results
from core.testbench.config import SuiteConfig
from core.testbench.results import Results

_REPORT = "{report}"
_HOW_FAR = re.compile(
    r"^(?P<what>.*?)\s+(?P<how>PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\s*\[\s*(?P<part>\d+)%\]"
)


class SuiteArgs(BaseModel):
    """Which suite, which of its tests (words of their names), and whether failing tests are an outcome or a failure."""

    model_config = ConfigDict(extra="forbid")

    suite: str = Field(min_length=1, max_length=100)
    only: str = Field(default="", max_length=200, pattern=r"^([^-].*)?$")
    may_fail: bool = False


class RunTests:
    """Runs suites that the configuration names."""

    spec: ClassVar[ActionSpec] = ActionSpec(
        name="tests.run", args=SuiteArgs, nature=lambda _: "idempotent", changes=lambda _: False
    )

    def __init__(self, suites: Mapping[str, SuiteConfig]) -> None:
        self._suites = suites

    async def run(self, args: SuiteArgs, context: Context) -> dict[str, Any]:
        """Run it; the result has `passed`, `failed`, `errors`, `skipped`, `total`, `seconds`, `good`, `said`, `failures`.

        Raises:
            ActionFailed: there is no such suite, it left no report, was stopped, or a test failed that may not.
        """
        config = self._suites.get(args.suite)
        if config is None:
            hint = suggestion(args.suite, self._suites) if self._suites else "Add it to `suites`."
            raise ActionFailed(f"There is no suite “{args.suite[:60]}”. {hint}")
        with tempfile.TemporaryDirectory(prefix="wardroom-") as name:
            report = Path(name) / "report.xml"
            ended = await process.run(_program(config, args, report, context), context.stop)
            found = _read(args.suite, report, ended)
        if not found.is_good and not args.may_fail:
            log = "\n".join(f"{one.name}: {one.why}" for one in found.failures) or ended.log
            raise ActionFailed(f"{args.suite}: {found.sentence()}.", log=log)
        return _told(found)


def command(config: SuiteConfig, only: str, report: Path) -> list[str]:
    """What runs a suite: `{report}` in its command is where the report has to be left."""
    argv = [one.replace(_REPORT, str(report)) for one in config.command]
    if config.runner == "junit":
        return argv
    argv = argv or [sys.executable, "-m", "pytest"]
    chosen = ["-k", only] if only else []
    return [*argv, "-v", "--color=no", f"--junitxml={report}", "-p", "no:cacheprovider", *chosen]


def _program(config: SuiteConfig, args: SuiteArgs, report: Path, context: Context) -> process.Program:
    if not Path(config.directory).is_dir():
        raise ActionFailed(f"The directory of {args.suite} is not there: {config.directory}.")
    argv = command(config, args.only, report)
    file = argv[0] if "/" in argv[0] else process.found(argv[0])
    if file is None:
        raise ActionFailed(f"“{argv[0][:80]}”, which runs {args.suite}, is not installed here.")
    told = process.environment(context, report.parent) | {"PYTHONDONTWRITEBYTECODE": "1"}

    def hears(line: str) -> None:
        context.tell(_how_far(line))

    return process.Program(args.suite, file, tuple(argv[1:]), Path(config.directory), told, hears)


def _read(suite: str, report: Path, ended: process.Ended) -> Results:
    try:
        with report.open("rb") as file:
            return results.read(file.read(results.LARGEST + 1))
    except OSError:
        raise ActionFailed(
            f"{suite} ended with code {ended.code} and left no report.", log=ended.log
        ) from None
    except Invalid as error:
        raise ActionFailed(f"{suite}: {error.sentence()}", log=ended.log) from None


def _how_far(line: str) -> str:
    """A line of output, shorter where it is pytest's: `42 %: test_a_veto passed`."""
    found = _HOW_FAR.match(line)
    if found is None:
        return line
    return f"{found['part']} %: {found['what'].rpartition('::')[2]} {found['how'].lower()}"


def _told(found: Results) -> dict[str, Any]:
    return {
        "passed": found.passed,
        "failed": found.failed,
        "errors": found.errors,
        "skipped": found.skipped,
        "total": found.total,
        "seconds": round(found.seconds, 3),
        "good": found.is_good,
        "said": found.sentence(),
        "failures": [{"name": one.name, "why": one.why} for one in found.failures],
    }
