"""Short words that mean something only after others: “and in staging?”, “no, I meant payments”, “resolve it”. Pure."""

import re

_AGAIN = re.compile(
    r"(?:and|or|what about|how about|now|(?:the )?same(?: thing)?(?: again)?|no,?(?: i (?:meant|mean))?|i meant|not that[,:]?)"
    r"\s+(?:(?:for|in|on|of|at|with)\s+)?(?:the\s+)?(?P<name>[\w][\w.&/ -]{0,60}?)"
    r"(?:\s+(?:service|environment|env|team|instead|then|too|as well|please))*\s*[?.!]*",
    re.IGNORECASE,
)
_IT = re.compile(r"\b(?:it|that one|this one|the same one)\b", re.IGNORECASE)


def named(text: str) -> str | None:
    """The name of what the question before is asked about instead, if that is all that these words say."""
    found = _AGAIN.fullmatch(" ".join(text.split()))
    return found.group("name").strip() if found else None


def spelt_out(text: str, thing: str) -> str | None:
    """The words with `thing` in the place of “it”; None if there is no “it”."""
    said, count = _IT.subn(lambda _found: thing, text, count=1)
    return said if count else None
