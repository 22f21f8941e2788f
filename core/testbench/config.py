"""Test suites as the configuration file writes them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from core.errors import Problem
from core.source import Section, Source, wrong
from core.wording import Label, Name


class SuiteConfig(Section):
    """A directory of tests, what runs them, and the team that answers for them.

    `command` begins with the program. pytest gets its usual arguments after it; any other runner has to leave a JUnit
    XML report at `{report}`, which its command names.
    """

    directory: Label
    runner: Literal["pytest", "junit"] = "pytest"
    command: tuple[str, ...] = ()
    owner: Name | None = None

    @model_validator(mode="after")
    def _reports(self) -> Self:
        if self.runner == "junit" and not any("{report}" in one for one in self.command):
            what = "A suite of the runner `junit` needs a `command` that names `{report}`."
            raise wrong(
                what, "Write `command: [npx, jest, --reporters, x, --outputFile, '{report}']`, for example."
            )
        return self

    def below(self, folder: Path) -> Self:
        """The same with the whole path of its directory, which is written from the configuration's folder."""
        return self.model_copy(update={"directory": str((folder / self.directory).resolve())})


def check_suites(source: Source, configs: Mapping[str, SuiteConfig], teams: Iterable[str]) -> list[Problem]:
    """Owners that do not exist."""
    teams = list(teams)
    return [
        source.unknown(("suites", name, "owner"), "team", config.owner, teams)
        for name, config in configs.items()
        if config.owner is not None and config.owner not in teams
    ]
