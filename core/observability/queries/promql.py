"""PromQL with values filled in: a value stays a value, whatever it contains. Pure.

Source: the lexer of Prometheus' query language, in which strings are written as Go writes them, also between single marks.
"""

import re
from collections.abc import Iterable

from core.errors import Invalid
from core.observability.queries.strings import escaped
from core.text import one_line

_PLAIN = re.compile(r"[+-]?[\w:.]{1,200}", re.ASCII)
_COMMENT = "#"


def written(pieces: Iterable[tuple[bool, str]]) -> str:
    """The query of these pieces, each with whether it is a value that was filled in.

    Between quotation marks a value is written so that nothing in it ends them. What a pattern (`=~`) means by its letters
    stays as it is: there, whoever gives the value chooses what it matches.

    Raises:
        Invalid: a value stands where no string is, and is no name, number or length of time; or between the marks of a
            raw string, and has one in it.
    """
    query, mark = "", ""
    for is_value, text in pieces:
        query += _value(text, mark) if is_value else text
        mark = mark if is_value else _after(text, mark)
    return query


def _value(text: str, mark: str) -> str:
    if mark in ('"', "'"):
        return escaped(text, mark)
    fits = _PLAIN.fullmatch(text) if not mark else not {mark, "\n"}.intersection(text)
    if not fits:
        raise Invalid(
            f"“{one_line(text, 60)}” cannot stand in this query as it is.",
            'Put quotation marks around the expression: `{service="${{ params.service }}"}`.',
        )
    return text


def _after(text: str, mark: str) -> str:
    """The quotation mark, or the sign of a comment, within which what comes behind these letters stands."""
    is_escaped = False
    for letter in text:
        if is_escaped:
            is_escaped = False
        elif not mark:
            mark = letter if letter in ('"', "'", "`", _COMMENT) else ""
        elif mark == _COMMENT:
            mark = "" if letter == "\n" else mark
        elif letter == mark:
            mark = ""
        else:
            is_escaped = letter == "\\" and mark != "`"
    return mark
