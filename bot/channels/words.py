"""A letter in words, for people: each fact with its label, foreign text cleaned and never a link. Pure."""

from collections.abc import Mapping
from typing import Any

import orjson

from core.digest import short
from core.notify.notice import Letter
from core.text import clean, cut, one_line

_LABELS = {
    "kind": "Kind",
    "requester": "Asked by",
    "priority": "Priority",
    "severity": "Severity",
    "status": "Status",
    "why": "Why",
    "reason": "Written by whoever asks",
    "needed": "Approvals needed",
    "still_needed": "Still needed",
    "created": "Asked at",
    "expires": "Until",
    "digest": "Digest",
    "outcome": "Outcome",
    "result": "Result",
    "question": "The question",
}
_IN_HEADLINE = ("id", "title", "link")
_OTHERS = "others"
_LONGEST = 600
_VALUES = 60


def rows(letter: Letter) -> list[tuple[str, str]]:
    """Label and value of each fact below the headline, in the channel's order."""
    found: list[tuple[str, str]] = []
    for name, value in letter.facts.items():
        if name in _IN_HEADLINE:
            continue
        if isinstance(value, Mapping):
            of = "" if name == _OTHERS else f"{_label(name)}: "
            found += [(f"{of}{one_line(str(key), 60)}", _said(each)) for key, each in value.items()]
        elif name == "digest":
            found.append((_LABELS[name], short(str(value))))
        else:
            found.append((_label(name), _said(value)))
    return found[:_VALUES]


def unlinked(text: str) -> str:
    """Text of others, in which no reader's program finds an address to make a link of."""
    return clean(text).replace("://", ":/\u200b/").replace("www.", "www\u200b.")


def heading(letter: Letter, limit: int = 200) -> str:
    """The headline on one line."""
    return one_line(unlinked(letter.headline), limit)


def _label(name: str) -> str:
    return _LABELS.get(name, one_line(name.removeprefix("subject.").replace("_", " "), 60).capitalize())


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str | int | float) else orjson.dumps(value, default=str).decode()
    return cut(unlinked(str(text)), _LONGEST)
