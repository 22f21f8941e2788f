"""Checks of services that other packages bring, held against what is installed."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from bot.extensions import found_checks
from bot.plugins import CHECKS
from core.catalogue.config import HealthConfig, ServiceConfig
from core.document import Path
from core.errors import ConfigError, Problem
from core.source import Source


def check_foreign(source: Source, services: Mapping[str, ServiceConfig]) -> list[Problem]:
    """Checks that nobody brings, and arguments that they do not take."""
    wanted = list(_wanted(services))
    if not wanted:
        return []
    try:
        known = found_checks(CHECKS)
    except ConfigError as error:
        return error.problems
    problems = []
    for at, check in wanted:
        name = check.uses or ""
        if name not in known:
            problems.append(source.unknown((*at, "uses"), "check", name, known))
            continue
        try:
            known[name].spec.args.model_validate(check.given)
        except ValidationError as error:
            for one in error.errors(include_url=False, include_input=False, include_context=False):
                what = f"`{'.'.join(map(str, one['loc']))}` of {name}: {one['msg']}."
                problems.append(source.problem((*at, "with"), what))
    return problems


def _wanted(services: Mapping[str, ServiceConfig]) -> Iterator[tuple[Path, HealthConfig]]:
    for name, service in services.items():
        for index, check in enumerate(service.health):
            if check.uses is not None:
                yield ("services", name, "health", index), check
