"""The noun of links, and what people may link to. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

from core.errors import Invalid
from core.text import one_line

Sort = Literal["incident", "run", "approval", "url"]
_ID = re.compile(r"(inc|run|ap)-?\s?(\d{1,12})", re.IGNORECASE)
_URL = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+(?:[/?#][!-~]*)?")
_LONGEST = 500
_SORTS: dict[str, Sort] = {"INC": "incident", "RUN": "run", "AP": "approval"}


@dataclass(frozen=True)
class Link:
    """What an incident has to do with, of which sort, who said so, and why."""

    to: str
    sort: Sort
    by: str
    note: str = ""


def read(words: str) -> tuple[str, Sort]:
    """What is meant, and of which sort it is.

    Raises:
        Invalid: it is neither an id nor an address.
    """
    text = words.strip().strip("<>").partition("|")[0]
    found = _ID.fullmatch(text)
    if found is not None:
        prefix = found[1].upper()
        return f"{prefix}-{int(found[2])}", _SORTS[prefix]
    if _URL.fullmatch(text) and len(text) <= _LONGEST:
        return text, "url"
    mend = "Link to INC-…, RUN-…, AP-…, or an address that begins with https://."
    raise Invalid(f"“{one_line(words, 60)}” is nothing to link to.", mend)
