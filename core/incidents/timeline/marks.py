"""The mark of a line, by which reading goes on after it or before it: its moment and its number. Pure."""

import re
from datetime import UTC, datetime, timedelta

from core.errors import Invalid
from core.incidents.incident import Entry
from core.incidents.timeline.records import Cut

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_MARK = re.compile(r"(\d{1,17})_(-?\d{1,18})")
_MICRO = timedelta(microseconds=1)


def write(entry: Entry) -> str:
    """The mark of this line."""
    return f"{(entry.at - _BEGIN) // _MICRO}_{entry.id}"


def read(mark: str, *, limit: int, newest: bool = False) -> Cut:
    """Where to read on; an empty mark is the beginning, or the end for the newest.

    Raises:
        Invalid: it is no mark of ours.
    """
    if not mark:
        return Cut(limit=limit, newest=newest)
    found = _MARK.fullmatch(mark)
    if found is None:
        raise Invalid("That is no mark to read on from.", "Take the one that came with the page before.")
    try:
        at = _BEGIN + int(found[1]) * _MICRO
    except OverflowError:
        raise Invalid(
            "That is no mark to read on from.", "Take the one that came with the page before."
        ) from None
    return Cut(limit=limit, at=at, number=int(found[2]), newest=newest)
