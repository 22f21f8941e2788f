"""What of an answer in words is a value: a version, what fits a pattern, a word or two; or all of it, where any text will do. Pure.

Words that hold no value are no answer: “tell me a joke” is no version, and nobody's host is called so.
"""

import re
from collections.abc import Mapping

from core.language.entity import EntityType, Names
from core.language.finding.sheet import Sheet
from core.language.finding.versions import versions
from core.language.tokens import Words
from core.runbooks.definition import Param

_FREE = re.compile(
    r"(?:^|[\W_])(?:reasons?|comments?|remarks?|notes?|messages?|text|why|descri\w+|summary|details|cause|title|announcement|body|justification)(?:$|[\W_])",
    re.IGNORECASE,
)
_VERSION = re.compile(r"(?:^|[\W_])(?:versions?|releases?|tag|build|revision)(?:$|[\W_])", re.IGNORECASE)
_NAMED_SO = re.compile(r"latest|newest|previous", re.IGNORECASE)
_TOKEN = re.compile(r"[\w.:/@#+~-]+")
_LEADS = re.compile(
    r"(?:\s|[,;:.!-](?=\s)|\b(?:hm+|um+|uh+|oh|ah|ok(?:ay)?|well|so|then|yes|just|maybe|perhaps|probably|sorry|actually|please|pls|try|take|use|pick|choose|make it|"
    r"let's|lets|let us|go with|say|it's|it is|it should be|it will be|should be|that's|that is|that would be|i think|i guess|i'd say|i would say|i'd take|i want|we want|"
    r"the|a|an|to|for|with|on|in|from|is|version|release|tag|build|number)(?=[\s,;:]|$))+",
    re.IGNORECASE,
)
_TAILS = re.compile(
    r"(?:[\s.,;:!]|\b(?:please|pls|thanks|thank you|thx|then|for now|now|sorry|maybe|perhaps|probably|i think|i guess|i'd say|i would say|i suppose|if i remember right|"
    r"(?:should|would|will|might) (?:be (?:fine|good|ok(?:ay)?|enough|right|it)|do|work)|is (?:fine|good|ok(?:ay)?|it|right)|is what i want|sounds good))+$",
    re.IGNORECASE,
)
_AROUND = re.compile(
    r"\b(?:hm+|um+|uh+|oh|ah|ok(?:ay)?|well|so|then|yes|yep|yeah|no+|nope|nah|not|but|rather|instead|just|only|maybe|perhaps|probably|sorry|sry|oops|ups|whoops|actually|wait|"
    r"please|pls|plz|thanks|thank you|thx|try|take|use|pick|choose|go with|make|let's|lets|let us|say|said|mean|meant|ment|want|wanted|would|should|will|be|like|it's|that's|i'd|i'll|"
    r"i think|i guess|i suppose|if i remember right|i|we|me|us|my|our|it|that|this|the|a|an|one|ones|is|was|to|for|with|on|in|at|of|from|by|and|now|for now|first|time|go|scratch|thinking|talking|about|"
    r"services?|databases?|db|environments?|env|clusters?|version|release|tag|build|number)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"[;{}()=*<>|$`\\]")
# Words that hold a sentence together: what has one is no name of anything.
_SENTENCE = frozenset(
    [
        "a",
        "an",
        "the",
        "i",
        "me",
        "my",
        "you",
        "your",
        "we",
        "us",
        "our",
        "he",
        "she",
        "they",
        "them",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "am",
        "do",
        "does",
        "did",
        "don't",
        "has",
        "have",
        "had",
        "can",
        "could",
        "will",
        "would",
        "should",
        "shall",
        "may",
        "might",
        "must",
        "not",
        "no",
        "what",
        "which",
        "who",
        "whom",
        "when",
        "where",
        "why",
        "how",
        "tell",
        "show",
        "give",
        "make",
        "let",
        "go",
        "get",
        "see",
        "know",
        "and",
        "or",
        "but",
        "if",
        "because",
        "of",
        "about",
        "please",
        "thanks",
        "sorry",
        "hello",
        "hi",
    ]
)
NOT_MEANT = re.compile(r"\bnot\s+(?:(?:the|in|on|for)\s+)?[\w.-]+\s*(?:[,;:]|but\b|$)", re.IGNORECASE)
"""What is named only to be taken back: “not production, staging”."""
_MOST = 4  # words
_TAIL = 300  # letters


def is_free(name: str, param: Param) -> bool:
    """Whether any sentence is a value: a reason, a comment."""
    return (
        param.type == "string"
        and not param.pattern
        and bool(_FREE.search(name) or _FREE.search(param.description))
    )


def value(said: str, name: str, param: Param) -> str:
    """What these words give as a text that is asked for; empty if they hold no value."""
    if is_free(name, param):
        return said
    if param.pattern and _FREE.search(name) and re.fullmatch(param.pattern, said):
        return said
    found = _spotted(said, name, param)
    if len(found) == 1:
        return found[0]
    bare = _without_tail(_LEADS.sub("", said, count=1) if _LEADS.match(said) else said)
    if found or not is_short(bare):
        return ""
    # A version or a ticket is one word; what fits a pattern of several is said as it stands.
    is_one = len(bare.split()) == 1 or (bool(param.pattern) and re.fullmatch(param.pattern, bare) is not None)
    return bare if is_one or not (param.pattern or _is_version(name, param)) else ""


def spotted(text: str, params: Mapping[str, Param]) -> dict[str, str]:
    """The versions and other words of a shape of their own that a sentence names without being asked."""
    texts = ((name, _spotted(text, name, param)) for name, param in params.items() if param.type == "string")
    return {name: values[0] for name, values in texts if len(values) == 1}


def is_filling(said: str, *, of_a_name: bool) -> bool:
    """Whether words are only what people put around a value; “should be fine” around the name of a service is a report."""
    text = NOT_MEANT.sub(" ", said.replace("’", "'"))
    return re.search(r"\w", _AROUND.sub(" ", text if of_a_name else _without_tail(text))) is None


def _without_tail(said: str) -> str:
    """Without what people say behind a value; nobody says much of it."""
    return said[:-_TAIL] + _TAILS.sub("", said[-_TAIL:])


def is_short(said: str) -> bool:
    """Whether this may be a name or a value that somebody gave, and is no sentence and no code."""
    words = said.split()
    is_plain = not any(word.strip(".,:!").casefold() in _SENTENCE for word in words)
    return 0 < len(words) <= _MOST and is_plain and not _CODE.search(said)


def _spotted(text: str, name: str, param: Param) -> list[str]:
    """The words of a text that are surely a value: those with a figure that fit, or versions."""
    if _is_version(name, param):
        found = _fitting(_versions(text), param)
    elif param.pattern:
        words = [word.group().strip(".:") for word in _TOKEN.finditer(text)]
        found = _fitting([word for word in words if any(one.isdigit() for one in word)], param)
    else:
        return []
    return list(dict.fromkeys(_whole(text, one) for one in found))


_BEFORE = r"(?:^|[\s,(\[<\"'“‘`*_:=@#-]|\bv)"
_AFTER = r"(?:$|\s|[.,:;!?)\]>\"'”’`*_…]+(?:\s|$)|,)"


def _whole(text: str, value: str) -> str:
    """The value, or all of the word of which it is only a part: it is taken as it was said or refused, and never cut down."""
    if re.search(rf"{_BEFORE}{re.escape(value)}{_AFTER}", text, re.IGNORECASE):
        return value
    return next((word for word in text.split() if value in word), value)


def _is_version(name: str, param: Param) -> bool:
    return param.type == "string" and bool(_VERSION.search(name))


def _fitting(words: list[str], param: Param) -> list[str]:
    fits = [word for word in words if not param.pattern or re.fullmatch(param.pattern, word)]
    # A pattern may want the figures alone of what people call v1.6.0.
    bare = [word.lstrip("vV") for word in words if word not in fits]
    more = [word for word in bare if param.pattern and re.fullmatch(param.pattern, word)]
    return list(dict.fromkeys((*fits, *more)))


def _versions(text: str) -> list[str]:
    """The versions that a text names, as they are written there."""
    words = Words.of(text)
    sheet = Sheet(words.text, words, Names(), "DEPLOY")
    versions(sheet)
    found = [one for one in sheet.found if one.type is EntityType.VERSION]
    return [
        str(one.value) if _NAMED_SO.search(one.text) else one.text.strip(" .,")
        for one in sorted(found, key=lambda one: one.start)
    ]
