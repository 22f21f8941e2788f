"""Runbooks from files: every mistake of every file at once, each with its line and what would be right."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from core import source
from core.errors import ConfigError, Problem
from core.runbooks import check, nesting, starts
from core.runbooks.action import Specs
from core.runbooks.definition import Param, Runbook, Step, Task, Undo
from core.runbooks.references import Parts
from core.runbooks.whom import Whom
from core.runbooks.whom import check as check_whom

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T", bound=Task)
_PATTERNS = ("*.yaml", "*.yml")


def load(text: str, file: str, specs: Specs, whom: Whom | None = None) -> Runbook:
    """The runbook that `text` describes, with each action's nature filled in where the file is silent.

    `file` is the name that errors show, `specs` the actions there are, `whom` the people that a step may ask; names
    of people are not looked at without it.

    Raises:
        ConfigError: with every mistake.
    """
    found = source.load(text, file)
    problems: list[Problem] = []
    try:
        source.validate(found, Runbook)
    except ConfigError as error:
        problems += error.problems
    parts = _salvage(found)
    problems += check.check(found, parts, specs)
    problems += check_whom(found, parts, whom)
    problems += starts.check(found, parts)
    if problems:
        unique = dict.fromkeys(problems)
        raise ConfigError(sorted(unique, key=lambda problem: (problem.line, problem.column)))
    book = source.validate(found, Runbook)
    return book.model_copy(
        update={
            "steps": tuple(_complete(step, specs) for step in book.steps),
            "rollback_steps": tuple(_complete(task, specs) for task in book.rollback_steps),
        }
    )


def load_library(folders: Iterable[Path], specs: Specs, whom: Whom | None = None) -> dict[str, Runbook]:
    """Every runbook of the folders (and of files named instead of folders), by name.

    Raises:
        ConfigError: with every mistake of every file, and names that two files use.
    """
    books: dict[str, Runbook] = {}
    homes: dict[str, str] = {}
    problems: list[Problem] = []
    for path in _files(folders, problems):
        try:
            book = load(path.read_text(encoding="utf-8"), str(path), specs, whom)
        except ConfigError as error:
            problems += error.problems
            continue
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(str(path), 1, f"This file cannot be read: {error}."))
            continue
        if book.name in books:
            what = f"`{book.name}` is already the name of the runbook in {homes[book.name]}."
            problems.append(Problem(str(path), 1, what, "Give one of them another name."))
        books[book.name], homes[book.name] = book, str(path)
    problems = problems or nesting.check(books, homes, specs)
    if problems:
        raise ConfigError(problems)
    return books


def runbook_files(folders: Iterable[Path]) -> list[Path]:
    """The files of the folders (and those named instead of folders) that are there."""
    return list(_files(folders, []))


def _files(folders: Iterable[Path], problems: list[Problem]) -> Iterable[Path]:
    for folder in folders:
        if folder.is_dir():
            yield from sorted(path for pattern in _PATTERNS for path in folder.glob(pattern))
        elif folder.is_file():
            yield folder
        else:
            mend = "Make it, or take it out of `runbooks`."
            problems.append(Problem(str(folder), 1, f"There is no folder {folder}.", mend))


def _complete(task: T, specs: Specs) -> T:
    """The task with what its action says of itself where the file says nothing."""
    update: dict[str, Any] = {}
    if isinstance(task, Step) and task.parallel:
        update["parallel"] = tuple(_complete(child, specs) for child in task.parallel)
    if task.action is not None:
        spec = specs[task.action]
        update["nature"] = task.nature or spec.nature(task.with_)
        update["destructive"] = spec.changes(task.with_) if task.destructive is None else task.destructive
    if isinstance(task, Step) and task.wait is not None:
        poll = task.wait.poll
        asks = poll.action is not None and poll.nature is None and specs[poll.action].changes(poll.with_)
        update["destructive"] = asks if task.destructive is None else task.destructive
    if isinstance(task.rollback, Undo):
        undo = task.rollback
        nature = undo.nature or specs[undo.action].nature(undo.with_)
        update["rollback"] = undo.model_copy(update={"nature": nature})
    return task.model_copy(update=update)


def _salvage(found: source.Source) -> Parts:
    """What of a file can be judged further although other parts of it are wrong."""
    data = found.data if isinstance(found.data, dict) else {}
    raw = _list(data.get("steps"))
    steps = [(("steps", index), _try(Step, one)) for index, one in enumerate(raw)]
    closing = [
        (("rollback_steps", i), _try(Task, one)) for i, one in enumerate(_list(data.get("rollback_steps")))
    ]
    params = data.get("params")
    return Parts(
        steps=tuple((path, step) for path, step in steps if step),
        ids=tuple(str(one.get("id") or "") if isinstance(one, dict) else "" for one in raw),
        params={str(name): _try(Param, one) for name, one in params.items()}
        if isinstance(params, dict)
        else {},
        closing=tuple((path, task) for path, task in closing if task),
        data=data,
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _try(model: type[M], raw: Any) -> M | None:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        unknown = {one["loc"][0] for one in error.errors() if one["type"] == "extra_forbidden" and one["loc"]}
        if not isinstance(raw, dict) or not unknown & set(raw):
            return None
        return _try(model, {key: value for key, value in raw.items() if key not in unknown})
