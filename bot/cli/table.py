"""Tables on a terminal: columns as wide as they need to be, long cells on several lines."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

_WIDEST = 56


def lines(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table, heads first; nothing but the heads if there are no rows."""
    cells = [[_wrapped(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(len(line) for row in cells for line in row[column]) for column in range(len(heads))]
    for row in cells:
        for parts in zip_longest(*row, fillvalue=""):
            yield "  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()


def _wrapped(cell: str) -> list[str]:
    return textwrap.wrap(cell, _WIDEST, break_on_hyphens=False) or [""]
