"""Words that are one slip of a finger away from a word that means something here, as that word. Pure.

Source: symmetric deletes (W. Garbe's SymSpell), for one edit: two words are near if one letter less makes them alike.
"""

from collections.abc import Iterator, Sequence

_SHORTEST = 4  # letters; of shorter words too many are near each other


class Spelling:
    """Knows some words, the more usual first."""

    def __init__(self, known: Sequence[str]) -> None:
        self._known = frozenset(known)
        self._near: dict[str, str] = {}
        for word in known:
            if len(word) > _SHORTEST and word[0] != "_":
                for less in (word, *_less(word)):
                    self._near.setdefault(less, word)

    def mend(self, word: str) -> str:
        """The known word that was meant, or the word itself."""
        if word in self._known or len(word) < _SHORTEST or word[0] == "_":
            return word
        if "-" in word:
            return "_hyp_"
        for less in (word, *_less(word)):
            found = self._near.get(less)
            if found is not None and abs(len(found) - len(word)) <= 1 and found[0] in word[:2]:
                return found
        return word


def _less(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))
