"""Which runbooks change something about which no policy speaks, for whoever sets the house up. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from core.approvals import policy
from core.approvals.config import Policy
from core.runbooks.definition import Runbook
from core.runbooks.gate import is_silent


def uncovered(
    policies: Sequence[Policy], books: Mapping[str, Runbook], environments: Iterable[str], now: datetime
) -> dict[str, tuple[str, ...]]:
    """The environments in which a runbook changes something and no policy speaks, by the runbook's name.

    A runbook that takes no environment is judged without one, and has an empty tuple. What a condition reads of the
    parameters is not known here: a policy that cannot be judged speaks.
    """
    known = tuple(environments)
    found: dict[str, tuple[str, ...]] = {}
    for name, book in books.items():
        if not _changes(book, books):
            continue
        takes = any(param.type == "environment" for param in book.params.values())
        silent = tuple(one for one in (known if takes else ("",)) if _is_silent(policies, book, one, now))
        if silent:
            found[name] = silent if takes else ()
    return found


def _changes(book: Runbook, books: Mapping[str, Runbook]) -> bool:
    tasks = [one for step in book.steps for one in (step, *step.parallel)]
    called = [books[step.runbook.name] for step in book.steps if step.runbook and step.runbook.name in books]
    return any(one.destructive for one in tasks) or any(_changes(one, books) for one in called)


def _is_silent(policies: Sequence[Policy], book: Runbook, environment: str, now: datetime) -> bool:
    subject = {
        "runbook": book.name,
        "version": book.version,
        "environment": environment,
        "service": "",
        "params": {},
        "destructive": True,
        "steps": [],
    }
    return is_silent(policy.evaluate(policies, "runbook", subject, now))
