"""How grave: SEV1 (worst) to SEV5, in the words people use. Pure."""

from rapidfuzz import process

from core.errors import Invalid
from core.text import cut

WORDS = {1: "critical", 2: "high", 3: "medium", 4: "low", 5: "informational"}
_ALSO = {"crit": 1, "major": 2, "med": 3, "minor": 4, "info": 5, "informational": 5}


def label(severity: int) -> str:
    """`SEV2`."""
    return f"SEV{severity}"


def parse(text: str) -> int:
    """The severity meant by `sev2`, `2`, `P2`, `high` and the like.

    Raises:
        Invalid: none is; names the nearest.
    """
    word = text.strip().lower()
    known = {name: number for number, name in WORDS.items()} | _ALSO
    for number in WORDS:
        known |= {str(number): number, f"sev{number}": number, f"sev-{number}": number, f"p{number}": number}
    if word in known:
        return known[word]
    nearest = process.extractOne(word, list(known), score_cutoff=60)
    hint = f" Did you mean {label(known[nearest[0]])}?" if nearest else ""
    raise Invalid(f"“{cut(text, 40)}” is not a severity.", f"Choose SEV1 to SEV5.{hint}")


def options() -> tuple[tuple[str, str], ...]:
    """The choices for a menu: label and value."""
    return tuple((f"{label(number)} · {word}", str(number)) for number, word in WORDS.items())
