"""LogQL for simple searches, built from its parts: a value is a value, whatever it contains. Pure.

Source: the grammar of Loki's query language, in which strings are written as Go writes them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from core.errors import Invalid
from core.observability.queries.strings import escaped
from core.text import one_line

_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


@dataclass(frozen=True)
class Search:
    """Lines of the streams with these labels that contain all of `contains` and nothing of `without`."""

    labels: Mapping[str, str]
    contains: tuple[str, ...] = ()
    without: tuple[str, ...] = field(default=())


def written(search: Search) -> str:
    """The search as LogQL.

    Raises:
        Invalid: no stream is named, or a label has a name that no label can have.
    """
    if not any(search.labels.values()):
        raise Invalid("A search needs a label with a value.", "Add `labels: {app: checkout}`, for example.")
    for name in search.labels:
        if not _LABEL.fullmatch(name):
            raise Invalid(
                f"“{one_line(name, 60)}” is not the name of a label.", "Use letters, digits and `_`."
            )
    streams = ", ".join(f"{name}={quoted(value)}" for name, value in search.labels.items())
    kept = [f" |= {quoted(text)}" for text in search.contains]
    dropped = [f" != {quoted(text)}" for text in search.without]
    return "{" + streams + "}" + "".join(kept + dropped)


def counted(logql: str, window: timedelta) -> str:
    """How many lines a query finds in a window, as one number."""
    return f"sum(count_over_time({logql} [{int(window.total_seconds())}s]))"


def quoted(value: str) -> str:
    """A value as a string of the query language, which nothing in it can end."""
    return f'"{escaped(value)}"'
