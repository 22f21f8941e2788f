"""Words that forbid something, or put it off, which is no order to do it now: “don't restart it”, “at 3am”, “if it is down”. Pure."""

import re
from datetime import datetime, timedelta

from core.language import times

_LEAD = r"(?:\W|\b(?:please|pls|ok(?:ay)?|oh|no|nope|wait|stop|hey|hi|but|and|so|then|now|just|wardroom|bot|sorry|careful|whatever you do|again)\b)*"
_FORBIDS = re.compile(
    rf"{_LEAD}(?:(?:do not|don'?t|dont|never|let'?s not|let us not)\s+(?!forget\b|worry\b|wait\b|hesitate\b|panic\b|stress\b|rush\b|hurry\b|be\b|know\b|you\b|we\b|they\b|i\b|have\b|understand\b|see\b|think\b|mind\b|get\b|sure\b|(?:page|call|wake|notify|remind|send|tell|bother|ping|ask|show|message) (?:me|us)\b|bad\b|ok\b|all\b|that\b|yet\b|now\b|working\b|healthy\b)[a-z][\w-]*"
    r"|(?:you|we|nobody|no one|one|the bot)\s+(?:(?:must|should|shall|may)\s+(?:not|never)|mustn'?t|shouldn'?t)\s+[a-z]"
    r"|(?:nobody|no one)\s+(?:may|should|must|shall)\s+[a-z]"
    r"|i\s+(?:do not|don'?t)\s+want\s+(?:you|us|it|that|anybody|anyone|this)\s+)",
    re.IGNORECASE,
)
_BUT = re.compile(r"\b(?:but|instead|rather|only)\b|[.;]\s+\w", re.IGNORECASE)
_IF = re.compile(
    r"\b(?:if|unless|in case|as soon as|once|whenever|when)\s+(?:(?:the|it|that|this|they|he|she|somebody|someone|everybody|nobody|we|all|any|no|traffic)\b|\S+\s+(?:is|are|was|has|have|goes|fails|comes|gets|becomes|does|do)\b)",
    re.IGNORECASE,
)
_TELL = re.compile(
    r"\b(?:and |then |, ?)?(?:please )?(?:tell|let|inform|notify|ping|ask|call) (?:me|us)(?: know)? (?:when|if|once|as soon as|whether)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_PAST = re.compile(
    r"\b(?:was|were|went|broke|failed|fell|started|crashed|began|happened|had|came|got|died|since)\b",
    re.IGNORECASE,
)
_SOON = timedelta(minutes=1)


def forbids(text: str) -> bool:
    """Whether a message says that something must not be done, and nothing that is to be done instead."""
    said = text.strip().replace("’", "'")
    found = _FORBIDS.match(said)
    return found is not None and _BUT.search(said, found.end()) is None


def puts_off(text: str, now: datetime, zone: str) -> str:
    """The words by which an order is for later or for a case that may come: a time that is not yet, an “if”; empty if it is for now."""
    text = _TELL.sub("", text)
    condition = _IF.search(text)
    if condition is not None:
        return text[condition.start() :].strip(" .!")
    if _PAST.search(text):
        return ""  # “it went down at 14:00” tells when something was
    found = times.find(text, now=now, zone=zone, forward=True)
    return next((one.text for one in found if one.start > now + _SOON), "")
