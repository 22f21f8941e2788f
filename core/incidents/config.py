"""Which alerts become incidents, as the configuration file writes it."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator

from core import cel
from core.errors import Problem
from core.source import Section, Source, wrong
from core.wording import Name

EXPRESSION_NAMES = frozenset({"labels", "annotations", "source", "status"})
"""The variables that a route's condition may use."""


def _condition(text: str) -> str:
    try:
        cel.compile(text, EXPRESSION_NAMES)
    except ValueError as error:
        raise wrong(f"The condition cannot be used: {error}.") from None
    return text


class RouteConfig(Section):
    """Alerts that `match` are declared with this severity, given to the team, and told."""

    match: Annotated[str, AfterValidator(_condition)]
    declare: Literal["critical", "high", "medium", "low", "info"] | None = None
    team: Name | None = None
    notify: tuple[Name, ...] = ()


class AlertsConfig(Section):
    """Routes; the first that matches is taken."""

    routes: tuple[RouteConfig, ...] = ()


def check_alerts(
    source: Source, config: AlertsConfig, teams: Iterable[str], channels: Iterable[str]
) -> list[Problem]:
    """Teams and channels of routes that do not exist."""
    teams, channels = list(teams), list(channels)
    problems = []
    for index, route in enumerate(config.routes):
        at = ("alerts", "routes", index)
        if route.team is not None and route.team not in teams:
            problems.append(source.unknown((*at, "team"), "team", route.team, teams))
        problems += [
            source.unknown((*at, "notify", number), "channel", channel, channels)
            for number, channel in enumerate(route.notify)
            if channel not in channels
        ]
    return problems
