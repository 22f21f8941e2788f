"""Whether words say that an incident is over, or only how it goes on: “it is over” and “we are failing over”. Pure."""

import re

_INCIDENT = r"(?:(?:the|this|that) )?(?:incident|outage|issue|problem|bug)"
# What was fixed, where that is some other thing, is a report: “fixed the first of two replicas”.
_DONE = rf"(?:resolved|closed|ended|finished|fixed|solved)(?!\s+(?!{_INCIDENT}\b)(?:the|an?|one|two|some|our|my)\b)"
_OVER = r"(?:is|are|was|all|now|finally|incident|outage|inc-\d+|['’]s|[:,])\s+over(?=\s*(?:$|[.,;:!–-])|\s+(?:now|again|for good|since|because|and)\b)"
_ENDS = rf"end(?=\s+(?:it|this|that|inc-\d+|{_INCIDENT})\b)"
_SAYS = rf"(?:{_DONE}|resolve|close(?!\s+(?:to|by)\b)|finish|{_ENDS}|all clear|back to normal|{_OVER})"
_SAID = re.compile(rf"(?<![\w-]){_SAYS}\b", re.IGNORECASE)
_NOT = re.compile(
    rf"(?:\b(?:not|never|cannot|unable|try|trying|tried|failed|hoping|waiting|until|once|will|being|to be|should be)|n't|n’t)\s+(?:[\w-]+\s+){{0,3}}{_SAYS}\b",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\W*(?:(?:please|pls|can|could|would|you|we|i|want|to|let's|ok|so)\s+)*(?:resolve|close|end|finish)\b",
    re.IGNORECASE,
)
_PARTLY = re.compile(
    r"\b(?:still|partly|partially|almost|nearly|except|(?:for|of)\s+(?:most|some|many|half|a few)|most of)\b",
    re.IGNORECASE,
)
_UPDATE = re.compile(
    r"\W*(?:(?:please|pls|can you|could you)\s+)?(?:(?:post|send|give|write|share)\s+)?(?:an?\s+|the\s+)?(?:status\s+)?update\b[^:]*:\s*(?P<text>.*)",
    re.IGNORECASE | re.DOTALL,
)
_ALONE = re.compile(
    rf"(?:(?:it|this|all|everything|is|has|been|was|now|it's|it’s)\s+)*{_SAYS}\s*(?:$|[.,;:!–-]|(?:because|since|now|by)\b)",
    re.IGNORECASE,
)

_CAUSE = re.compile(
    r"\b(?:it was|(?:root )?cause (?:was|is)|root cause:|cause:|caused by|due to|because of)\s+(?P<cause>\S.*)",
    re.IGNORECASE | re.DOTALL,
)


def cause_of(text: str) -> str:
    """What is said to have been the cause, “it was a bad deploy”; empty if nothing is."""
    found = _CAUSE.search(text)
    return found["cause"].strip(" .!") if found else ""


_BEGINS_OVER = re.compile(
    rf"\W*(?:(?:it|this|all|everything|is|has|been|was|now|it['’]s)\s+)*{_SAYS}\b[\s.,;:!–-]*(?:(?:because|since|by)\s+)?",
    re.IGNORECASE,
)


def told_besides(text: str) -> str:
    """What is told besides that it is over, where words begin with that: “resolved, it was the cache”; all of it where they do not."""
    found = _BEGINS_OVER.match(text)
    return text[found.end() :] if found else text


def is_over(text: str) -> bool:
    """Whether the incident is said to be over, or to be ended; the text of an update only where it begins with that."""
    if _SAID.search(text) is None or _NOT.search(text):
        return False
    if _ORDER.match(text):
        return True
    told = _UPDATE.match(text)
    return _PARTLY.search(text) is None and (told is None or _ALONE.match(told["text"]) is not None)
