"""Words by which people agree to what is open, or back out of it: drop it, stop it, say no to it, put it off. Pure."""

import re
from enum import StrEnum


class Leaving(StrEnum):
    """In which way something is left.

    DROPS: “never mind”, which says by itself that nothing is wanted any more. STOPS: “cancel it”, which may as well be
    about a run that was spoken of. REFUSES: a plain no, to whatever was asked. PUTS_OFF: “yes but later”. WAITS: “one moment”.
    """

    DROPS = "drop"
    STOPS = "stop"
    REFUSES = "no"
    PUTS_OFF = "later"
    WAITS = "wait"


_LEAD = r"(?:\W|\b(?:oh|ah|ok(?:ay)?|well|so|hm+|um+|uh+|sorry|actually|please|pls|no|nope|nah|wait|yeah|then|and|but|just|on second thoughts?|you know what|i think)\b)*"
_TAIL = r"(?:\W|\b(?:please|pls|thanks|thank you|then|for now|after all|any ?more|now|sorry|all|at all|i(?:'ve| have)? changed my mind|it was a mistake|that was a mistake|though|instead|ok(?:ay)?)\b)*"
_IT = r"(?:it|that|this|all of (?:it|that)|everything|the (?:whole )?(?:thing|request|order))"
_TIME = (
    r"(?:later(?: on| today)?|not (?:right )?now|not yet|not today|after (?:the |my |our )?[\w-]+(?: [\w-]+)?|when i(?:'m| am) (?:back|done)|tomorrow(?: \w+)?|tonight|"
    r"this (?:afternoon|evening)|next \w+|in (?:a|an|some|\d{1,3}) (?:bit|while|moment|minutes?|mins?|hours?|h|days?)|some other (?:time|day))"
)
_MOMENT = r"(?:(?:wait|hold on|hang on|hold off|give me)(?: (?:a|one|1) (?:sec|second|moment|min|minute|mo|bit))?|(?:just )?(?:a|one|1) (?:sec|second|moment|min|minute|mo)|let me (?:think|check|see)(?: first)?)"
_WAYS: tuple[tuple[Leaving, str], ...] = (
    (
        Leaving.DROPS,
        (
            rf"never\s?mind(?: (?:about )?{_IT})?|nvm|forget (?:about )?{_IT}|(?:leave|drop|skip|scratch|scrap|ditch) {_IT}(?: be)?|let it (?:be|go)|call {_IT} off|"
            rf"(?:do not|don'?t)(?: do)?(?: (?:{_IT}|anything))?|let'?s not(?: do {_IT})?|(?:no )?(?:thanks|thank you) but no|no,? (?:thanks|thank you)|rather not|i(?:'d| would) rather not|"
            rf"(?:i(?:'ve| have)? )?changed my mind|i (?:do not|don'?t) want {_IT}|(?:it is |it's )?(?:no longer|not) needed|nothing"
        ),
    ),
    (Leaving.STOPS, rf"(?:cancel|stop|abort)(?: {_IT})?"),
    (
        Leaving.PUTS_OFF,
        rf"(?:(?:yes|yep|yeah|yup|sure|fine|good|great)\W+)?(?:but |maybe |rather |do {_IT} |can we do {_IT} )*{_TIME}",
    ),
    (Leaving.WAITS, rf"(?:(?:yes|yep|yeah|yup|sure|fine|good|great)\W+)?(?:but )?{_MOMENT}"),
    (Leaving.REFUSES, r"no+|nope|nah"),
)
_PATTERNS = tuple((way, re.compile(rf"{_LEAD}(?:{words}){_TAIL}", re.IGNORECASE)) for way, words in _WAYS)
# A typed yes has the weight of a press, so it is one only when nothing else is said.
_YES = re.compile(
    r"\W*(?:(?:great|good|perfect|cool|nice|fine|alright|well|so)\b\W*)?"
    r"(?:(?:yes|yep|yeah|yup|y|sure|ok|okay|correct|go(?: on| ahead)?|do it|please do|proceed|confirm(?:ed)?)\b\W*){1,2}"
    r"(?:(?:then|please|pls|now)\b\W*){0,2}",
    re.IGNORECASE,
)
# What people say when they have read something, or done something themselves.
_NOD = re.compile(
    r"\W*(?:(?:done|fixed|finished|ready|noted|understood|roger|right|alright|all right|all good|good|great|fine|cool|nice|perfect|ok(?:ay)?|kk?|got it|will do|on it|i see|ah|oh|hm+|mhm|thanks?|thank you|thx)\b\W*){1,3}",
    re.IGNORECASE,
)
_LONGEST = 80
_ASKS = re.compile(r"\?[\s)\"'!]*$")


def leaves(text: str) -> Leaving | None:
    """How these words, and nothing else, leave what is open; None if they say something of their own, or ask."""
    said = text.strip().replace("’", "'")
    if not said or len(said) > _LONGEST or _ASKS.search(said):
        return None
    return next((way for way, pattern in _PATTERNS if pattern.fullmatch(said)), None)


def accepts(text: str) -> bool:
    """Whether these words are a yes, and nothing else; not “yes?”."""
    return not _ASKS.search(text) and _YES.fullmatch(text.strip()) is not None


def nods(text: str) -> bool:
    """Whether these words say only that something was read or done, and name nothing: “done”, “ok, noted”."""
    return len(text) <= _LONGEST and not _ASKS.search(text) and _NOD.fullmatch(text.strip()) is not None
