"""Words that take back in one sentence what they said before: “set it to sev1 no wait sev3”, “restart cart, I mean payments”. Pure."""

import re
from collections.abc import Callable, Sequence

from core.language.entity import Entity
from core.language.leaning.mending import mended

_LONGEST = 300
_TAKES_BACK = re.compile(
    r"(?:\s*[,;.–—-]\s*|\s)(?:oh\s+|ah\s+|hm+\s+)?(?:no\s*,?\s*wait|wait\s*,?\s*no|hang on\s*,?\s*no|scratch that|strike that|correction|"
    r"(?:no\s*,?\s*)?sorry\s*,?\s*(?:no|i mean(?:t)?)|(?:no\s*,?\s*)?i mean(?:t)?|actually\s*,?\s*no|no\s*,?\s*actually|no\s*,?\s*make (?:it|that)|no\s*,?\s*no)\b[\s,:;–—-]*(?=\S)",
    re.IGNORECASE,
)


def wavers(text: str) -> bool:
    """Whether words take back a piece of themselves."""
    return len(text) <= _LONGEST and _pieces(text) is not None


def settled(text: str, find: Callable[[str], Sequence[Entity]]) -> str | None:
    """The order as it is meant after all: with what is said last in the place of what it takes back; None where that is not clear.

    `find` says what is named in a piece of it, with the spans there.
    """
    pieces = _pieces(text)
    mend = mended(pieces[1]) if pieces else None
    if pieces is None or mend is None or not mend.value:
        return None
    order, new = pieces[0], find(mend.value)
    named = find(order)
    for one in new:
        old = [each for each in named if each.type is one.type]
        if not old or not one.text:
            return None
        order = f"{order[: old[-1].start]}{one.text}{order[old[-1].end :]}"
        named = find(order)
    return order if new else None


def _pieces(text: str) -> tuple[str, str] | None:
    """The order, and what is said in the place of a piece of it; of several corrections the last counts."""
    found = list(_TAKES_BACK.finditer(text))
    if not found or not text[: found[0].start()].strip():
        return None
    return text[: found[0].start()].rstrip(" ,;.–—-"), text[found[-1].end() :].strip()
