"""Times by what happened: `the last deploy`, `the incident`, `INC-104 began`. Whoever asks says when these were. Pure."""

import re

from core.language.moments.reading import Reading
from core.language.moments.span import Span, instant
from core.language.numbers import Grain

_KINDS = {
    "deploy": "deploy deploys deployment release rollout rollback",
    "incident": "incident outage disruption downtime",
    "run": "run execution runbook workflow restart failover",
}
_NAMES = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_WHICH = frozenset({"the", "last", "latest", "current", "previous", "most", "recent", "our", "this", "that"})
_BEGAN = frozenset({"began", "started", "begin", "start", "begun", "happened", "opened", "hit", "went"})
_ENDED = frozenset({"ended", "finished", "end", "stopped", "closed", "resolved", "completed"})
_ID = re.compile(r"(inc|wf)[- ]?(\d{1,9})(?![\w-])", re.IGNORECASE)


def happening(read: Reading, index: int) -> tuple[Span, int] | None:
    """When that was which is named at a token, if it is known, and the index after it."""
    at, side = index, ""
    if read.words.phrase(read.skip(index, "the") + 1, "of"):
        side = {"start": "start", "beginning": "start", "end": "end"}.get(
            read.words[read.skip(index, "the")], ""
        )
        at = read.skip(index, "the") + 2 if side else index
    found = _known(read, at)
    if not found:
        return None
    span, after = found
    said = read.words[after + (read.words[after] in {"was", "were", "has"})]
    if said in _BEGAN | _ENDED:
        side, after = (
            "start" if said in _BEGAN else "end",
            after + 1 + (read.words[after] in {"was", "were", "has"}),
        )
    if side:
        return instant(span.start if side == "start" else span.end), after
    return span, after


def _known(read: Reading, index: int) -> tuple[Span, int] | None:
    named = read.words.match(_ID, index)
    if named:
        key, after = f"{named[0].group(1).upper()}-{named[0].group(2)}", named[1]
    else:
        at = index
        while read.words[at] in _WHICH and at < index + 4:
            at += 1
        key, after = _NAMES.get(read.words[at], ""), at + 1
    times = read.here.facts.get(key)
    if not times:
        return None
    start, end = times
    return Span(start, max(start, end or read.here.now), Grain.MINUTE), after
