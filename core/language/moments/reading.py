"""What every rule of the grammar reads: the words, and where and when they were said. Pure."""

from dataclasses import dataclass

from core.language.moments.span import Here, Span
from core.language.tokens import Words

Found = tuple[Span, int] | None
"""A stretch of time and the index of the first word after it."""

LEADS = frozenset(
    "on since from between and to until by before after of for in at around through during throughout till over vom am "
    "dated date starting until about within - – vs versus"
    .split()
)  # fmt: skip
BACK = frozenset({"last", "past", "previous", "prior", "preceding", "trailing"})
ONWARD = frozenset({"next", "following", "coming", "upcoming"})
THIS = frozenset({"this", "current"})


@dataclass(frozen=True)
class Reading:
    """The words of a message, mended, and the circumstances in which they mean something."""

    words: Words
    here: Here

    def skip(self, index: int, *maybe: str) -> int:
        """The index after any of these words that stand there, each at most once."""
        for word in maybe:
            if self.words[index] == word:
                index += 1
        return index
