"""Whether words are spoken to somebody by name: “Chi, can you look?”, “@bo done”, “never mind, @ana”. Pure."""

import re
from collections.abc import Iterable

_GREETS = r"(?:(?:hey|hi|hello|yo|ok|okay|thanks|thank you|thx|sorry|no|yes|cc|fyi|and|but|so|well)\b\W*)*"
_MENTION = r"(?:<@[!&]?\w+(?:\|[^>]*)?>|@[\w.-]+)"
_POLITE = r"(?:\W+(?:please|pls|thanks|thx))?\W*"


def calls(text: str, people: Iterable[str]) -> bool:
    """Whether a message begins or ends with the name of one of these people, as one speaks to them, or with a mention.

    “page bo” and “assign it to chi” are about somebody; “bo, page the bank” and “approve it, chi” are said to them.
    """
    said = text.strip()
    names = "|".join(re.escape(one) for one in dict.fromkeys(people) if one)
    if re.match(rf"{_GREETS}{_MENTION}", said, re.IGNORECASE):
        return True
    if re.search(rf",\s*{_MENTION}{_POLITE}$", said, re.IGNORECASE):
        return True
    if not names:
        return False
    begins = re.match(rf"{_GREETS}(?:{names})\s*(?:[,:?]|[-–—]\s)", said, re.IGNORECASE)
    ends = re.search(rf"(?:,|\b(?:it|this|that|you|one))\s+(?:{names}){_POLITE}$", said, re.IGNORECASE)
    return bool(begins or ends)
