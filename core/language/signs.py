"""What shows for whom a message is, besides its words: that it was pasted, posted by a tool, said to one person or to the bot. Pure."""

import re

from core.language.entity import Names
from core.language.features import LONGEST, bots

# What is pasted or posted by a tool has signs that people do not write to each other, and what is said to one person begins
# with a name. A paste may begin on any line.
_SIGNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.MULTILINE), token)
    for pattern, token in (
        (r"^\s*[$#>%] \S|^\s*(?:kubectl|helm|git|docker|terraform|psql|curl|ssh|aws|gcloud|make|npm|pip|grep|tail|cat|systemctl|sudo|ansible\S*)\s", "prompt"),
        (r"(?<!\S)--?[a-z][\w-]*(?:=\S|\b)", "flag"),
        (r"\w=\S|[=!<>]=|&&|\|\||=>|->|::", "operator"),
        (r"\w\([^)\n]{0,80}\)", "call"),
        (r"[{}\[\]]|;\s*$", "bracket"),
        (r"\|\s*[a-z]", "pipe"),
        (r"\b(?:select|update|delete|insert|alter|create) (?:\S+ ){0,6}?(?:from|set|into|table|index)\b", "sql"),
        (r"\b\d\d:\d\d:\d\d\b|\d{4}-\d\d-\d\dt", "stamp"),
        (r"\b[a-z0-9]+(?:[./][a-z0-9_]+){2,}\b|\b\w+\.(?:py|go|js|ts|java|yaml|yml|json|sh|sql|md|tf|log|rs|rb|php|toml)\b", "dotted"),
        (r"^\W*[\w.\[\]-]+(?: [\w.-]+){0,2}: \S", "label"),
        (r"\n", "lines"),
        (r"^\W*(?!(?:hi|hey|hello|please|pls|ok|okay|so|well|yes|no|sorry|thanks|urgent|fyi|also|and|then|now|btw|hm+|today|yesterday|again|right|good|wardroom|bot|team|first|oh|ah)\b)[^\W\d_]{2,12}, \w", "vocative"),
        (r"\(#\d+\)|(?<!\w)#\d{2,6}\b|\b[a-z]{2,6}-\d{3,6}\b", "ticket"),
        (r"^\W*(?:feat|fix|chore|docs|refactor|test|ci|build|perf|revert|wip|nit|lgtm|re|fwd|fw)(?:\([^)]*\))?!?:", "commit"),
    )
)  # fmt: skip


def signs(text: str, names: Names) -> list[str]:
    """What shows for whom a message is: that it was pasted, posted by a tool, or said to one person or the bot: `flag`, `sql`, `called`."""
    said = text[:LONGEST].casefold()
    found = [name for pattern, name in _SIGNS if pattern.search(said)]
    if bots(names).search(said):
        found.append("called")
    if speaks_of_people(said):
        found.append("people")
    return found


# What is said of oneself or to the other where something is wanted of a machine, too.
_ASKING = re.compile(
    r"\b(?:(?:can|could|would|will|can't|won't) (?:you|u|we|i)|(?:i|we)(?:'d| would)? (?:want|need|like|have to know|wonder)|(?:show|give|tell|get|let|send|fetch|find|help|remind|notify|ping) (?:me|us)|"
    r"(?:do|did|are|were|have|had|should|shall) (?:we|i)|(?:for|to) (?:me|us)|thank you|(?:i'd|we'd) like|i(?:'m| am) (?:asking|looking for)|please|what (?:you|u) (?:know|have|see))\b"
)
_PEOPLE = re.compile(
    r"\b(?:i|i'm|i'll|i've|i'd|im|ive|we|we'll|we're|we've|you|you're|u|he|he's|she|she's|my|our|your|his|her|mine|yours|me|us|him|guys|folks|mate|dude|buddy|lol|haha|lmao)\b|"
    r"\b(?:the|this|our|that|your) bot\b|(?<!hey )(?<!hello )(?<!hi )(?<!ok )(?<=\w )wardroom\b(?!\W*$)"
)


def speaks_of_people(said: str) -> bool:
    """Whether these words, in small letters, speak of oneself, of others or to somebody, other than requests to a machine do."""
    return _PEOPLE.search(_ASKING.sub(" ", said)) is not None
