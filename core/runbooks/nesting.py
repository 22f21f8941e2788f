"""Runbooks that run others: which exist, what they are told, no circle, and no deeper than five. Files only."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from core import source
from core.errors import Problem
from core.runbooks import expressions
from core.runbooks.dag import circle
from core.runbooks.definition import Nested, Runbook
from core.source import suggestion

DEEPEST = 5


def check(books: Mapping[str, Runbook], files: Mapping[str, str]) -> list[Problem]:
    """Every mistake that needs more than one file to be seen; `files` has the path of each runbook."""
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
    return found


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
