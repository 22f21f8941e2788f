"""Runbooks that run others: which exist, what they are told, no circle, and no deeper than five. Files only."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from core import source
from core.errors import Problem
from core.runbooks import expressions
from core.runbooks.action import Specs
from core.runbooks.check import rolls_back
from core.runbooks.dag import ancestors, circle
from core.runbooks.definition import Nested, Runbook
from core.source import suggestion

DEEPEST = 5


def check(books: Mapping[str, Runbook], files: Mapping[str, str], specs: Specs) -> list[Problem]:
    """Every mistake that needs more than one file to be seen.

    `files` has the path of each runbook, `specs` the actions there are.
    """
    calls = {name: [step.runbook.name for step in book.steps if step.runbook] for name, book in books.items()}
    around = circle(calls)
    found: list[Problem] = []
    for name, book in books.items():
        if not calls[name]:
            continue
        read = source.load(Path(files[name]).read_text(encoding="utf-8"), files[name])
        for index, step in enumerate(book.steps):
            if step.runbook is None:
                continue
            where = ("steps", index, "runbook")
            if name in around and step.runbook.name in around:
                what = f"These runbooks run each other: {' → '.join(around)}."
                found.append(read.problem(where, what, "Take one of these steps out."))
            elif not around and _depth(calls, name) > DEEPEST:
                what = f"`{name}` runs runbooks that run runbooks, deeper than {DEEPEST}."
                found.append(read.problem(where, what, "Put the steps of the deepest into the one above it."))
            found += _told(read, where, step.runbook, books)
        found += _used(read, book, books)
        if not around:
            found += _undoable(read, book, books, specs)
    return found


def _undoable(
    read: source.Source, book: Runbook, books: Mapping[str, Runbook], specs: Specs
) -> Iterator[Problem]:
    """Where a rollback is promised, what changes things in a runbook that is run before must say how it is undone."""
    needs = {step.id: step.needs for step in book.steps}
    for index, step in enumerate(book.steps):
        key = rolls_back(step)
        after = {one for one in needs if step.id in ancestors(needs, one)}
        for called in book.steps if key else ():
            if called.runbook is None or called.id in after:
                continue
            for name, task in _without_undo(called.runbook.name, books, specs):
                what = f"`{step.id}` promises a rollback; `{called.id}` runs `{name}`, and `{task}` there says no undo."
                mend = f"In `{name}`, give `{task}` a `rollback:`, or `rollback: none` with a `rollback_reason:`."
                yield read.problem(("steps", index, key), what, mend)


def _without_undo(name: str, books: Mapping[str, Runbook], specs: Specs) -> Iterator[tuple[str, str]]:
    """Runbook and id of each step that changes things and says no undo, in `name` and in what that runs."""
    for step in books[name].steps if name in books else ():
        for task in (step, *step.parallel):
            if task.action and task.rollback is None and specs[task.action].changes(task.with_):
                yield name, task.id
        if step.runbook is not None:
            yield from _without_undo(step.runbook.name, books, specs)


def _depth(calls: Mapping[str, list[str]], name: str) -> int:
    return 1 + max((_depth(calls, one) for one in calls.get(name, ())), default=0)


def _told(
    read: source.Source, where: tuple[str | int, ...], nested: Nested, books: Mapping[str, Runbook]
) -> Iterator[Problem]:
    book = books.get(nested.name)
    if book is None:
        what = f"There is no runbook `{nested.name}`."
        yield read.problem((*where, "name"), what, suggestion(nested.name, books))
        return
    for given in nested.params:
        if given not in book.params:
            what = f"`{book.name}` has no parameter `{given}`."
            yield read.problem((*where, "params", given), what, suggestion(given, book.params))
    for wanted, param in book.params.items():
        if param.required and param.default is None and wanted not in nested.params:
            what = f"`{book.name}` must be told `{wanted}`."
            yield read.problem(where, what, f"Add `{wanted}: …` to `params`.")


def _used(read: source.Source, book: Runbook, books: Mapping[str, Runbook]) -> Iterator[Problem]:
    """What is read of a nested runbook's outputs, wherever in the file, must be one of them."""
    called = {step.id: books.get(step.runbook.name) for step in book.steps if step.runbook}
    for path, text in expressions.texts(read.data):
        for id_, child in called.items():
            for output in expressions.outputs_read(text, id_):
                if child is not None and output not in child.outputs:
                    what = f"`{child.name}` has no output `{output}`."
                    yield read.problem(path, what, suggestion(output, child.outputs))
