"""What a drafted runbook may hold: less than a file that people wrote, and nothing that its asker may not. Pure.

Its author may have been talked into anything by the words it was given. So it uses no secret, starts by nothing, decides
neither whom it belongs to nor how dangerous it is, and names only programs and hosts that are listed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.conversation.config import DraftConfig
from core.errors import ConfigError, Invalid, Problem
from core.people.person import Person
from core.runbooks import expressions, plan
from core.runbooks.action import Specs
from core.runbooks.config import ActionRules
from core.runbooks.definition import Runbook, Step, Task, Undo
from core.runbooks.load import load
from core.runbooks.params import Names
from core.runbooks.whom import Whom
from core.source import Source, suggestion
from core.source import load as read

FILE = "draft"
LARGEST = 20_000
MOST_STEPS = 30
_FENCED = re.compile(r"```(?:ya?ml)?[ \t]*\n(.*?)(?:\n```|\Z)", re.DOTALL)
_NOT_YOURS = {
    "triggers": "A draft starts by nothing.",
    "owners": "Whom a runbook belongs to is for people to say.",
    "run": "Who may run a runbook is for people to say.",
}
_NOT_SAID = {
    "destructive": "Whether a step changes anything is told by its action.",
    "nature": "Whether a step may run twice is told by its action.",
}
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Bench:
    """What a draft is measured by: the actions there are, what they may touch, whom and what it may name."""

    specs: Specs
    rules: ActionRules
    whom: Whom
    names: Names
    config: DraftConfig

    def actions_for(self, person: Person) -> tuple[str, ...]:
        """The actions that drafts of this person may use."""
        return tuple(name for name in self.specs if not _is_barred(name, person, self.config))


def text_of(said: str) -> str:
    """The YAML in what a model said: what it fenced, or all of it."""
    found = _FENCED.search(said)
    return (found.group(1) if found else said).strip("\n")


def read_draft(text: str, person: Person, bench: Bench) -> Runbook:
    """The runbook that a model wrote for this person.

    Raises:
        ConfigError: with every mistake, and everything that no draft may hold, each with its line.
    """
    if len(text) > LARGEST:
        raise ConfigError([Problem(FILE, 1, f"It is longer than {LARGEST:,} characters.")])
    source = read(text, FILE)
    data = source.data if isinstance(source.data, dict) else {}
    problems = [*_foreign(source, data), *_secrets(source)]
    book: Runbook | None = None
    try:
        book = load(text, FILE, bench.specs, bench.whom)
    except ConfigError as error:
        problems += error.problems
    if book is not None:
        problems += _own(source, book, person, bench)
    if book is None or problems:
        unique = dict.fromkeys(problems)
        raise ConfigError(sorted(unique, key=lambda problem: (problem.line, problem.column)))
    return book


def barred(book: Runbook, person: Person, config: DraftConfig) -> list[str]:
    """The actions in it that drafts of this person may not use."""
    named = {action for _, action, _ in _uses(book)}
    return sorted(name for name in named if _is_barred(name, person, config))


def _is_barred(action: str, person: Person, config: DraftConfig) -> bool:
    roles = config.actions.get(action)
    return roles is not None and not person.roles & set(roles)


def _foreign(source: Source, data: Mapping[str, Any]) -> Iterator[Problem]:
    for key, why in _NOT_YOURS.items():
        if key in data:
            yield source.problem((key,), why, f"Take `{key}` out.")
    for path in list(source.marks):
        key = str(path[-1]) if path else ""
        if key in _NOT_SAID and path[0] in ("steps", "rollback_steps") and "with" not in path:
            yield source.problem(path, _NOT_SAID[key], f"Take `{key}` out.")


def _secrets(source: Source) -> Iterator[Problem]:
    for path, text in expressions.texts(source.data):
        if "secrets" in text and "${{" in text:
            yield source.problem(
                path, "A draft uses no secrets.", "Leave it out; people add it to the saved file."
            )


def _own(source: Source, book: Runbook, person: Person, bench: Bench) -> Iterator[Problem]:
    if book.name in bench.names.runbooks:
        what = f"There is a runbook `{book.name}` already."
        yield source.problem(("name",), what, "Give it another name, or run that one as a step.")
    if len(book.steps) > MOST_STEPS:
        yield source.problem(("steps",), f"A draft has at most {MOST_STEPS} steps.")
    for name, param in book.params.items():
        if param.default is None:
            what = f"The parameter `{name}` has no default, and nobody is asked for it."
            yield source.problem(("params", name), what, "Add the value that was wished for as `default: …`.")
    for path, action, given in _uses(book):
        if _is_barred(action, person, bench.config):
            what = f"Drafts of {person.name} may not use `{action}`."
            yield source.problem((*path, "action"), what, suggestion(action, bench.actions_for(person)))
        yield from _touched(source, path, action, given, bench.rules)
    try:
        plan.make(book, {}, bench.names)
    except Invalid as error:
        yield source.problem(("params",) if book.params else ("steps",), error.what, error.mend)


def _touched(
    source: Source, path: Path, action: str, given: Mapping[str, Any], rules: ActionRules
) -> Iterator[Problem]:
    """Programs and hosts that are not listed, or are not known before the run."""
    if action == "shell":
        argv = given.get("argv")
        program = str(argv[0]) if isinstance(argv, list | tuple) and argv else ""
        if program not in rules.shell.allow:
            what = "The program is not one that may be started."
            yield source.problem((*path, "with", "argv"), what, suggestion(program, rules.shell.allow))
    if action == "http":
        host = _host(str(given.get("url", "")))
        if host not in rules.http.allow and host.partition(":")[0] not in rules.http.allow:
            what = "The host is not one that may be called."
            yield source.problem((*path, "with", "url"), what, suggestion(host, rules.http.allow))


def _host(url: str) -> str:
    """Host, and port if it says one, of an address as it is written; what is not plain has none."""
    found = re.match(r"https?://([a-z0-9.-]+(?::[0-9]{1,5})?)(?:[/?#]|$)", url, re.IGNORECASE)
    return found.group(1).lower() if found else ""


def _uses(book: Runbook) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    """Every action that it may start, what it is told, and where that stands."""
    closing = [(("rollback_steps", index), task) for index, task in enumerate(book.rollback_steps)]
    tasks: list[tuple[Path, Task]] = [*closing]
    for index, step in enumerate(book.steps):
        tasks.append((("steps", index), step))
        tasks += [(("steps", index, "parallel", nth), child) for nth, child in enumerate(step.parallel)]
    for path, task in tasks:
        if task.action is not None:
            yield path, task.action, task.with_
        if isinstance(task.rollback, Undo):
            yield (*path, "rollback"), task.rollback.action, task.rollback.with_
        if isinstance(task, Step) and task.wait is not None and task.wait.poll.action is not None:
            yield (*path, "wait", "poll"), task.wait.poll.action, task.wait.poll.with_
