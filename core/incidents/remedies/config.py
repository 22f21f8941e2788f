"""Remedies as the configuration file writes them: which runbook runs by itself, for what, and within which limits."""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from core import cel, source
from core.errors import Invalid, Problem
from core.incidents.config import Grade
from core.incidents.triage.category import CATEGORIES
from core.quantity import Duration
from core.runbooks import expressions
from core.runbooks.definition import Meant, Param, Runbook
from core.runbooks.params import Names, value_of
from core.source import Section, Source, suggestion, wrong
from core.text import one_line
from core.wording import Name

SEEN = frozenset({"incident", "labels"})
"""What conditions and parameters of a rule may use."""
_JUDGED = ("service", "environment")
_NO_NAMES = Names({}, {})


def _category(word: str) -> str:
    if word not in CATEGORIES:
        raise wrong(f"Unknown category `{one_line(word, 40)}`.", suggestion(word, CATEGORIES))
    return word


def _condition(text: str) -> str:
    try:
        cel.compile(text, SEEN)
    except ValueError as error:
        raise wrong(f"The condition cannot be used: {error}.") from None
    return text


Category = Annotated[str, AfterValidator(_category)]


class RuleConfig(Section):
    """A runbook that runs by itself for incidents of these services and categories that are at least so grave, and `match`.

    Without `services` those are meant that list the runbook. `params` is what it is told; where nothing is said, a
    parameter that is a service is the incident's. `environments`: it runs in no other ones.
    """

    runbook: Name
    services: tuple[Name, ...] = ()
    categories: tuple[Category, ...] = ()
    severity: Grade | None = None
    match: Annotated[str, AfterValidator(_condition)] | None = None
    environments: tuple[Name, ...] = ()
    params: dict[Name, Any] = Field(default_factory=dict)


class RemediationConfig(Section):
    """Which runbooks run by themselves when something is wrong, and within which limits.

    wait: how long people have before the first begins.
    patience: how long after its end it is watched whether a run helped.
    per_incident, per_hour: how many runs begin by themselves for one incident, and for all within an hour.
    cool_down: how long the same runbook does not run again for the same service.
    severity, environments: hold for every rule besides its own.
    """

    wait: Duration = Field(default=timedelta(minutes=1), ge=timedelta(0), le=timedelta(days=1))
    patience: Duration = Field(default=timedelta(minutes=10), ge=timedelta(seconds=1), le=timedelta(days=1))
    per_incident: int = Field(default=1, ge=1, le=20)
    per_hour: int = Field(default=4, ge=1, le=1_000)
    cool_down: Duration = Field(default=timedelta(hours=1), ge=timedelta(0), le=timedelta(days=30))
    severity: Grade | None = None
    environments: tuple[Name, ...] = ()
    rules: tuple[RuleConfig, ...] = ()


def check_remediation(
    read: Source,
    config: RemediationConfig,
    books: Mapping[str, Runbook] | None,
    services: Collection[str],
    environments: Collection[str],
) -> list[Problem]:
    """Runbooks, services, environments and parameters that rules name and that do not exist, or that they leave out.

    `books` is None where the runbooks could not be read.
    """
    found = [*_environments(read, ("remediation",), config.environments, environments)]
    for index, rule in enumerate(config.rules):
        path = ("remediation", "rules", index)
        found += _environments(read, path, rule.environments, environments)
        found += [
            read.unknown((*path, "services", number), "service", name, services)
            for number, name in enumerate(rule.services)
            if name not in services
        ]
        if books is not None and rule.runbook not in books:
            found.append(read.unknown((*path, "runbook"), "runbook", rule.runbook, books))
        elif books is not None:
            found += _told(read, path, rule, books[rule.runbook])
    return found


def check_meant(
    files: Collection[Path], books: Mapping[str, Runbook], services: Collection[str]
) -> list[Problem]:
    """Services and categories that a runbook's `for` names and that do not exist."""
    found = []
    for file in files:
        text = file.read_text(encoding="utf-8")
        if "for:" not in text:
            continue
        read = source.load(text, str(file))
        book = books.get(str(read.get(("name",))))
        meant = book.for_ if book is not None and book.for_ is not None else Meant()
        named = (
            ("services", "service", meant.services, services),
            ("categories", "category", meant.categories, CATEGORIES),
        )
        found += [
            read.unknown(("for", key, index), kind, name, known)
            for key, kind, names, known in named
            for index, name in enumerate(names)
            if name not in known
        ]
    return found


def _environments(
    read: Source, path: tuple[str | int, ...], named: Collection[str], known: Collection[str]
) -> Iterator[Problem]:
    for index, name in enumerate(named):
        if name not in known:
            yield read.unknown((*path, "environments", index), "environment", name, known)


def _told(read: Source, path: tuple[str | int, ...], rule: RuleConfig, book: Runbook) -> Iterator[Problem]:
    for name, value in rule.params.items():
        where, param = (*path, "params", name), book.params.get(name)
        if param is None:
            yield read.problem(
                where, f"{book.name} has no parameter `{name}`.", suggestion(name, book.params)
            )
            continue
        for problem in _value(name, value, param):
            yield read.problem(where, *problem)
    for name, param in book.params.items():
        is_known = name in rule.params or param.default is not None or param.type == "service"
        if param.required and not is_known:
            what = f"Nobody is there to be asked for `{name}`, which {book.name} must be told."
            yield read.problem(path, what, f"Add `{name}: …` to its `params`.")


def _value(name: str, value: Any, param: Param) -> Iterator[tuple[str, str]]:
    if expressions.has_expression(value):
        for _, text in expressions.texts(value):
            try:
                expressions.parse(text, SEEN)
            except ValueError as error:
                yield f"This cannot be filled in: {error}.", "It may use `incident` and `labels`."
    elif param.type not in _JUDGED:
        try:
            value_of(param, name, value, _NO_NAMES)
        except Invalid as error:
            yield error.what, error.mend
