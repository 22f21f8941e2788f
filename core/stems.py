"""What counts of words when texts are compared: the stems of those that say something. Pure.

Stems are those of the Snowball English stemmer, Porter's second (https://snowballstem.org/algorithms/english/stemmer.html).
Words of other languages stay nearly as they are, and are found where they are said again.
"""

import re
import threading
from collections.abc import Callable
from functools import lru_cache

# A version or a clock time is one word; so is what letters, digits and "_" make.
_WORD = re.compile(r"\d+(?:[.:]\d+)+|\w+")
_ENDINGS = re.compile(r"n't\b|'\w+")
_LONGEST = 40  # letters of a word that count
GRAMMAR = frozenset(
    [
        "a", "an", "the", "and", "or", "but", "if", "of", "at", "by", "for", "with", "about", "to", "from",
        "in", "on", "is", "are", "was", "were", "be", "been", "being", "do", "does", "did", "doing",
        "have", "has", "had", "having", "i", "me", "my", "we", "our", "us", "you", "your", "he", "him",
        "his", "she", "her", "it", "its", "they", "them", "their", "this", "that", "these", "those",
        "what", "which", "who", "whom", "whose", "when", "where", "why", "how", "not", "no", "so", "than",
        "too", "very", "can", "will", "just", "would", "could", "should", "may", "might", "must", "shall",
        "there", "here", "as", "into", "up", "then", "any", "some", "am", "also", "get", "got", "please",
        "tell", "say",
    ]
)  # fmt: skip
"""Words that nearly every sentence has, whatever it is about."""
_EMPTY = GRAMMAR | frozenset(
    [
        "out", "down", "over", "under", "again", "once", "all", "both", "each", "few", "more", "most",
        "other", "such", "only", "own", "same", "remember", "said",
    ]
)  # fmt: skip


def terms(text: str) -> list[str]:
    """The stems of the words that say something, in their order, repeated as often as they were said."""
    plain = _ENDINGS.sub("", text.lower().replace("’", "'"))
    return [stem(word[:_LONGEST]) for word in _WORD.findall(plain) if word not in _EMPTY]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """What is left of a word in lower case without its endings."""
    own: Callable[[str], str] | None = getattr(_OWN, "stem", None)
    if own is None:
        # It brings those of thirty other languages.
        import snowballstemmer

        own = _OWN.stem = snowballstemmer.stemmer("english").stemWord
    return own(word)


# A stemmer keeps the word that it is at, so each thread has its own.
_OWN = threading.local()
