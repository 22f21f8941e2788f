"""How grave: SEV1 (worst) to SEV5, in the words people use. Pure."""

import re

from core.errors import Invalid
from core.source import nearest
from core.text import one_line

WORDS = {1: "critical", 2: "high", 3: "medium", 4: "low", 5: "informational"}
_ALSO = {"crit": 1, "major": 2, "med": 3, "minor": 4, "info": 5}
_GRADE = re.compile(r"(?:severity|sev|p)?[ -]*([0-9]{1,3})")


def label(severity: int) -> str:
    """`SEV2`."""
    return f"SEV{severity}"


def parse(text: str) -> int:
    """The severity meant by `sev2`, `2`, `P2`, `high` and the like.

    Raises:
        Invalid: none is; names the nearest.
    """
    word = text.strip().casefold()
    known = {name: number for number, name in WORDS.items()} | _ALSO
    if word in known:
        return known[word]
    grade = _GRADE.fullmatch(word)
    if grade and int(grade[1]) in WORDS:
        return int(grade[1])
    close = min(WORDS, key=lambda number: abs(number - int(grade[1]))) if grade else _like(word, known)
    hint = f" Did you mean {label(close)}?" if close else ""
    raise Invalid(f"“{one_line(text, 40)}” is not a severity.", f"Choose SEV1 to SEV5.{hint}", nearest=close)


def options() -> tuple[tuple[str, str], ...]:
    """The choices for a menu: label and value."""
    return tuple((f"{label(number)} · {word}", str(number)) for number, word in WORDS.items())


def _like(word: str, known: dict[str, int]) -> int | None:
    close = nearest(word, known)
    return known[close] if close else None
