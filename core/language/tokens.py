"""A message cut into words, each with its place, so that grammars can read them one after the other. Pure."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

LONGEST = 4000
"""So many characters of a message are looked at; what follows is nobody's question."""

_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)?|_+|\.\.+|[^\w\s]")
_END = ("", -1, -1, False)


class Token(NamedTuple):
    """A word, a number or a sign: `word` in lower case, where it stands, and whether space goes before it."""

    word: str
    start: int
    end: int
    spaced: bool


@dataclass(frozen=True)
class Words:
    """A text as tokens. Reading past either end finds empty words, so grammars need not count."""

    text: str
    tokens: tuple[Token, ...]

    @classmethod
    def of(cls, text: str) -> "Words":
        """The tokens of the first `LONGEST` characters: digits, letters and signs apart, `15mins` being two."""
        kept = text[:LONGEST]
        tokens: list[Token] = []
        last = 0
        for match in _TOKEN.finditer(kept):
            start, end = match.span()
            tokens.append(Token(_plain(match.group()), start, end, start > last or not tokens))
            last = end
        return cls(kept, tuple(tokens))

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, index: int) -> str:
        return self._words.get(index, "")

    def token(self, index: int) -> Token:
        """The token there; an empty one past the ends."""
        return self.tokens[index] if 0 <= index < len(self.tokens) else Token(*_END)

    def spaced(self, index: int) -> bool:
        """Whether space, or nothing at all, goes before the token."""
        return self.tokens[index].spaced if 0 <= index < len(self.tokens) else True

    def phrase(self, index: int, *words: str) -> int | None:
        """The index after `words`, if exactly these stand there."""
        if self[index] != words[0]:
            return None
        fits = all(self[index + offset] == word for offset, word in enumerate(words))
        return index + len(words) if fits else None

    def match(self, pattern: re.Pattern[str], index: int) -> tuple[re.Match[str], int] | None:
        """What `pattern` finds from this token on, and the index of the first token after it."""
        if not 0 <= index < len(self.tokens):
            return None
        found = pattern.match(self.text, self.tokens[index].start)
        if not found or found.end() == found.start():
            return None
        after = self._ends.get(found.end())
        return (found, after) if after is not None else None

    @cached_property
    def _words(self) -> dict[int, str]:
        # The grammars look at words some thousand times in a message: one look-up each, past the ends as well.
        return {index: token.word for index, token in enumerate(self.tokens)}

    @cached_property
    def _ends(self) -> dict[int, int]:
        return {token.end: index + 1 for index, token in enumerate(self.tokens)}


def _plain(word: str) -> str:
    small = word.lower().replace("’", "'")
    return small.removesuffix("'s") if len(small) > 2 else small
