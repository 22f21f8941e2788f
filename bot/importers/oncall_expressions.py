"""Expressions of Grafana OnCall's routes as conditions of ours.

There a regular expression is looked for in all that was sent, written as JSON. So `"severity": "critical"` asks for a
label and its value, and words without quotes may stand in any value. What asks for more of how JSON is written, such as
where it begins, cannot be said of labels.
"""

import re
from collections.abc import Iterator

import orjson

from core import cel
from core.errors import Invalid

_GAP = r"(?:(?:\\s|\s)[*+?]?)*"
_PAIR = re.compile(rf'\\?"(?P<key>[\w./-]+)\\?"{_GAP}:{_GAP}\\?"(?P<value>[^"]*?)\\?"')
_PLAIN = re.compile(r"[\w /@,=-]*")
_ANY = re.compile(r"\.[*+]\??")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_ANNOTATIONS = ("summary", "description", "message", "runbook_url", "dashboard_url")
# Of the delivery itself, and no label of an alert.
_ENVELOPE = (
    *("receiver", "externalURL", "groupKey", "version", "title", "state", "orgId", "fingerprint"),
    *("generatorURL", "startsAt", "endsAt", "event_action", "routing_key", "dedup_key"),
)


def condition(said: str) -> tuple[str, str]:
    """The condition that a regular expression is, and what is different about it; without one, why not."""
    notes: dict[str, None] = {}
    whole = _without_frame(said)
    is_words = '"' not in whole and len(list(_pieces(whole))) == 1
    either = [_together(one, notes) for one in ([whole] if is_words else _split(whole, "|"))]
    if not all(either):
        return "", f"its expression has to be written anew as a condition: {said}"
    if len(either) == 1:
        return either[0], "; ".join(notes)
    return f"({' || '.join(f'({one})' if ' && ' in one else one for one in either)})", "; ".join(notes)


def _together(alternative: str, notes: dict[str, None]) -> str:
    """The condition that all parts of an alternative are there; empty if it is none."""
    found = [_piece(piece, notes) for piece in _pieces(alternative) if piece]
    if len(found) > 1:
        notes["its parts may stand in any order"] = None
    return " && ".join(found) if all(found) else ""


def quoted(words: str) -> str:
    """Words as conditions write them."""
    return orjson.dumps(words).decode()


def _piece(piece: str, notes: dict[str, None]) -> str:
    """The condition that a part of an expression is; empty if it is none."""
    pair = _PAIR.fullmatch(piece)
    if pair is not None:
        return _of_pair(pair["key"], pair["value"], notes)
    if '"' in piece or _anchored(piece) or not _is_usable(piece):
        return ""
    notes["it is looked for in the values of labels and annotations, and not in everything that is sent"] = (
        None
    )
    words = quoted(piece)
    walks = (f"{of}.exists(name, {of}[name].matches({words}))" for of in ("labels", "annotations"))
    return f"({' || '.join(walks)})"


def _of_pair(key: str, value: str, notes: dict[str, None]) -> str:
    if key in _ENVELOPE or not _is_usable(value):
        return ""
    of = "annotations" if key in _ANNOTATIONS else "labels"
    if key == "status":
        where = "status"
    else:
        notes[f"{key} is looked for in the {of}, and nowhere else"] = None
        where = f"{of}.{key}" if _IDENTIFIER.fullmatch(key) else f"{of}[{quoted(key)}]"
    if _PLAIN.fullmatch(value):
        return f"{where} == {quoted(value)}"
    return f"{where}.matches({quoted(f'^(?:{value})$')})"


def _is_usable(expression: str) -> bool:
    """Whether conditions know this sort of expression; there is no looking ahead or back in them."""
    try:
        re.compile(expression)
        cel.compile(f'"".matches({quoted(expression)})', frozenset()).holds({})
    except (re.error, ValueError, Invalid):
        return False
    return True


def _anchored(piece: str) -> bool:
    """Whether it asks where the JSON begins or ends."""
    return piece.startswith("^") or (piece.endswith("$") and not piece.endswith("\\$"))


def _without_frame(said: str) -> str:
    """Without one pair of brackets around all of it."""
    said = said.strip()
    depths = [depth for _, _, depth in _walk(said)]
    is_framed = said.startswith("(") and depths[-1] == 0 and all(depths[:-1])
    return said[1:-1].removeprefix("?:") if is_framed and not re.match(r"\(\?[^:]", said) else said


def _pieces(said: str) -> Iterator[str]:
    """The parts between which anything may stand."""
    begin = 0
    for at, is_open, _ in _walk(said):
        anything = _ANY.match(said, at) if is_open and at >= begin else None
        if anything is not None:
            yield said[begin:at]
            begin = anything.end()
    yield said[begin:]


def _split(said: str, sign: str) -> Iterator[str]:
    """The parts of an expression between signs that stand in no brackets, no class and no quotes."""
    begin = 0
    for at, is_open, _ in _walk(said):
        if is_open and said[at] == sign:
            yield said[begin:at]
            begin = at + 1
    yield said[begin:]


def _walk(said: str) -> Iterator[tuple[int, bool, int]]:
    """Each place, whether nothing is open around it, and how many brackets are after it."""
    depth, in_class, in_quotes, escaped = 0, False, False, False
    for at, sign in enumerate(said):
        outside = not (depth or in_class or in_quotes or escaped)
        if sign == '"':
            in_quotes = not in_quotes
        elif not escaped and in_class:
            in_class = sign != "]"
        elif not escaped:
            in_class = sign == "["
            depth += {"(": 1, ")": -1}.get(sign, 0)
        escaped = sign == "\\" and not escaped
        yield at, outside, depth
