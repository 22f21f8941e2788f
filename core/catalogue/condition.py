"""What a PromQL expression asks for: a comparison that holds or does not, or a number that is zero or not. Pure.

PromQL's own `<` drops what does not hold, so "it does not hold" and "there is no data" look the same. With `bool`
behind the operator they differ: 1, 0, and nothing. That is all that is changed, and where the operator stands is
found by counting brackets and skipping what is quoted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PARTS = re.compile(
    r"""
    (?P<quoted>"(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | `[^`]*`)
  | (?P<note>\#[^\n]*)
  | (?P<opens>[(\[{])
  | (?P<closes>[)\]}])
  | (?P<compares>==|!=|<=|>=|<|>)
  | (?P<joins>\b(?:and|or|unless)\b)
  | (?P<stray>["'`])
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_BOOL = re.compile(r"\s*\bbool\b", re.IGNORECASE)


@dataclass(frozen=True)
class Condition:
    """What is asked, so that a series of the answer is 0 where it is bad and anything else where it is well.

    For a comparison, `figure` is what is compared, and `wanted` what it should be; else both are empty.
    """

    ask: str
    figure: str = ""
    wanted: str = ""


def parse(promql: str) -> Condition:
    """What an expression asks for.

    Raises:
        ValueError: brackets or quotes do not fit together, or a comparison is joined to something.
    """
    text = promql.strip()
    outermost = [(part.lastgroup, part.span()) for part, depth in _walk(text) if depth == 0]
    if [kind for kind, _ in outermost] == ["opens", "closes"] and text[0] == "(" and text[-1] == ")":
        return parse(text[1:-1])
    compares = [place for kind, place in outermost if kind == "compares"]
    if not compares:
        return Condition(text)
    if len(compares) > 1 or any(kind == "joins" for kind, _ in outermost):
        raise ValueError("a comparison is joined to something else")
    ((begin, end),) = compares
    ask = text if _BOOL.match(text, end) else f"{text[:end]} bool {text[end:].lstrip()}"
    return Condition(ask, text[:begin].strip(), _BOOL.sub("", text[begin:], count=1))


def _walk(text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Every part that matters, and how many brackets are around it."""
    depth = 0
    for part in _PARTS.finditer(text):
        kind = part.lastgroup
        if kind == "stray":
            raise ValueError("a quote is not closed")
        depth -= kind == "closes"
        if depth < 0:
            break
        yield part, depth
        depth += kind == "opens"
    if depth:
        raise ValueError("brackets do not fit together")
