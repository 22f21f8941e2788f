"""What in a message is not said by whoever sends it: pasted, quoted, or told as another's words; and words that want to be obeyed. Pure."""

import re

_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_LINE = re.compile(r"^[ \t]*(?:>|&gt;).*$", re.MULTILINE)
_TOLD = re.compile(
    r"\b(?:(?:the |this |that |his |her |their |a |an )?(?:log|logs|message|mail|e-?mail|ticket|text|page|doc|docs|document|file|note|post|comment|card|alert|error|output|it|he|she|they|who|somebody|someone|[a-z]+)"
    r"\s+(?:says|said|wrote|writes|reads|tells|told (?:me|us)|asks|asked|posted))\s*:.*",
    re.IGNORECASE | re.DOTALL,
)
_MINE = re.compile(r"\b(?:i|we)\s+\w+\s*:", re.IGNORECASE)
# A command stands at the beginning; further on it is spoken of.
_COMMAND = re.compile(r"(?<=\S)\s+/[a-z]+(?: [a-z]+)?\b.*", re.IGNORECASE | re.DOTALL)
_QUOTES = re.compile(r"\"[^\"\n]*\"|“[^“”\n]*”|(?<!\w)'[^'\n]*'(?!\w)|`[^`\n]+`")
_CODE = re.compile(r"`[^`\n]+`")
_ASKS = re.compile(
    r"\W*+(?:how|what|why|is|are|was|were|has|have|does|did|who|whose|which|when|where|show|list|find|(?:do|can|could|may|should) (?:i|we|one|they|somebody|anybody|people|runs|runbooks))\b"
    r"[^.!?;\n]*+[\s.!?]*+",
    re.IGNORECASE,
)
_OBEY = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|overrule)\b(?:\s+(?:all|any|every|of|the|your|my|our|these|those|previous|prior|above|earlier|former|other|current|system|safety|security)){0,5}"
    r"\s+(?:instructions?|rules?|prompts?|guidelines?|orders|policies|policy|restrictions?|safeguards?|permissions?|approvals?)\b"
    r"|\b(?:you are now|act as (?:an? )?(?:admin\w*|root|superuser|owner)|pretend (?:that |to be |you)|system prompt|developer mode|jailbreak|dan mode)\b"
    r"|\b(?:do|execute|run|follow|obey)\s+(?:exactly\s+)?(?:what(?:ever)?|as|everything(?: that)?)\s+(?:it|this|that|the \w+|he|she|they)\s+(?:says?|tells?|asks?|orders?)\b"
    r"|\b(?:follow|obey|execute|carry out)\s+(?:all\s+)?(?:the|these|those|its|any)\s+(?:instructions?|commands?|orders(?=\W*$|\s+(?:in|of|from|above|below|it)\b))\b"
    r"|\b(?:without|skip|skipping)\s+(?:any\s+|the\s+|asking for\s+|waiting for\s+)?(?:approvals?|permission)\b",
    re.IGNORECASE,
)


def own(text: str) -> str:
    """The message without what is pasted or told as another's words; all of it where nothing is left."""
    left = _without_told(text)
    return left if _has_words(left) else text


def unquoted(text: str) -> str:
    """What whoever sends it says themselves, without commands that are only spoken of; nothing where all of it is another's."""
    left = _COMMAND.sub(" ", _without_told(_QUOTES.sub(_without_sentence, text)))
    return left if _has_words(left) else ""


def is_only_quoted(text: str) -> bool:
    """Whether all of a message is pasted, code, or told as another's words. An answer may stand between quotation marks."""
    return _has_words(text) and not _has_words(_without_told(_CODE.sub(" ", text)))


def wants_to_be_obeyed(text: str) -> bool:
    """Whether words try to set aside what binds the bot, or have it do what a text says; to ask about that does not."""
    return _OBEY.search(text) is not None and _ASKS.fullmatch(text) is None


def _without_sentence(quote: re.Match[str]) -> str:
    """One word in quotation marks is a name; several are what somebody said."""
    is_name = quote[0][0] != "`" and not any(letter.isspace() for letter in quote[0])
    return quote[0] if is_name else " "


def _without_told(text: str) -> str:
    left = _LINE.sub(" ", _FENCE.sub(" ", text))
    told = _TOLD.search(left)
    return left[: told.start()] if told and not _MINE.match(told[0]) else left


def _has_words(text: str) -> bool:
    return any(letter.isalnum() for letter in text)
