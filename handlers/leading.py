"""What words begin with: the id of an incident, or settings as `name=value`. Pure."""

import re
from collections.abc import Iterable

_LEADING = re.compile(r"#?(inc-?\s?\d{1,12})\b[\s:,–-]*(.*)", re.IGNORECASE | re.DOTALL)

BETWEEN = r"(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*[&+]\s*|\s+)"
"""What stands between the ids of several."""
_MORE = re.compile(
    rf"(?:(?:and|,|&|\+)\s*)?inc-\d{{1,12}}(?:{BETWEEN}inc-\d{{1,12}}){{0,20}}[\s.!]*", re.IGNORECASE
)


def incident(text: str) -> tuple[str, str]:
    """The incident's id that `text` begins with, and the rest; "" if it begins with none."""
    match = _LEADING.fullmatch(text.strip())
    if match is None:
        return "", text
    digits = "".join(letter for letter in match[1] if letter.isdigit())
    return f"INC-{digits}", match[2].strip()


def others(text: str) -> list[str]:
    """The ids of incidents that are all that `text` says: `and INC-2, INC-3`."""
    said = text.strip()
    numbers = re.findall(r"inc-0*([1-9]\d*)", said, re.IGNORECASE) if _MORE.fullmatch(said) else []
    return [f"INC-{one}" for one in numbers]


def pairs(text: str, names: Iterable[str]) -> tuple[dict[str, str], str]:
    """The `name=value` pairs of these names that `text` begins with, and the rest."""
    found: dict[str, str] = {}
    pair = re.compile(rf"""({"|".join(names)})=(?:"([^"]*)"|(\S+))\s*(.*)""", re.IGNORECASE | re.DOTALL)
    while match := pair.fullmatch(text):
        found[match[1].lower()] = match[2] or match[3] or ""
        text = match[4]
    return found, text
