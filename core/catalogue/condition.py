"""What a PromQL expression asks for: a comparison that holds or does not, or a number that is zero or not. Pure.

PromQL's own `<` drops what does not hold, so "it does not hold" and "there is no data" look the same. With `bool`
behind the operator they differ: 1, 0, and nothing. That is all that is changed, and where the operator stands is
found by counting brackets and skipping what is quoted.
"""

import re
from collections.abc import Iterator

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
_BOOL = re.compile(r"\s*bool\b", re.IGNORECASE)


def judged(promql: str) -> str:
    """The expression to ask for: each series of its answer is 0 where it is bad, and anything else where it is well.

    Raises:
        ValueError: brackets or quotes do not fit together, or a comparison is joined to something.
    """
    text = promql.strip()
    outermost = [(part.lastgroup, part.span()) for part, depth in _walk(text) if depth == 0]
    if [kind for kind, _ in outermost] == ["opens", "closes"] and text[0] == "(" and text[-1] == ")":
        return judged(text[1:-1])
    ends = [end for kind, (_, end) in outermost if kind == "compares"]
    if not ends:
        return text
    if len(ends) > 1 or any(kind == "joins" for kind, _ in outermost):
        raise ValueError("a comparison is joined to something else")
    (end,) = ends
    return text if _BOOL.match(text, end) else f"{text[:end]} bool {text[end:].lstrip()}"


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
