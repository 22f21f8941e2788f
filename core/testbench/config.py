"""Test suites as the configuration file writes them."""

from collections.abc import Iterable, Mapping
from typing import Literal

from core.errors import Problem
from core.source import Section, Source
from core.wording import Label, Name


class SuiteConfig(Section):
    """A directory of tests, what runs them, and the team that answers for them."""

    directory: Label
    runner: Literal["pytest"] = "pytest"
    owner: Name | None = None


def check_suites(source: Source, configs: Mapping[str, SuiteConfig], teams: Iterable[str]) -> list[Problem]:
    """Owners that do not exist."""
    teams = list(teams)
    return [
        source.unknown(("suites", name, "owner"), "team", config.owner, teams)
        for name, config in configs.items()
        if config.owner is not None and config.owner not in teams
    ]
