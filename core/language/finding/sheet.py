"""The sheet on which what was found in a message is noted, so that no two things claim the same words. Pure."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from core.language.entity import Entity, EntityType, Names, Value
from core.language.tokens import Words

MOST = 200
"""So many things are found in one message; nobody names more."""


@dataclass
class Sheet:
    """A message being looked through: `found` so far, and the stretches of text that are taken.

    `intent` is what the message asks for, empty as long as nobody knows: some words mean something only then.
    """

    text: str
    words: Words
    names: Names
    intent: str = ""
    found: list[Entity] = field(default_factory=list)
    taken: list[tuple[int, int]] = field(default_factory=list)
    quoted: tuple[tuple[int, int], ...] = ()

    def free(self, start: int, end: int, but: Collection[tuple[int, int]] = ()) -> bool:
        """Whether nothing was found there yet, besides what stands in `but`."""
        return all(end <= begin or start >= finish or (begin, finish) in but for begin, finish in self.taken)

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether it stands in quotation marks together with other words."""
        return any(first < start and end < last for first, last in self.quoted)

    def claim(self, start: int, end: int) -> None:
        """Let nothing be found there any more."""
        self.taken.append((start, end))

    def add(self, kind: EntityType, value: Value, start: int, end: int, *, sure: float = 1.0) -> None:
        """Note what was found there."""
        self.found.append(Entity(kind, value, self.text[start:end], start, end, sure))
        self.claim(start, end)

    def matches(self, pattern: re.Pattern[str], group: int | str = 0) -> Iterator[re.Match[str]]:
        """What `pattern` finds where nothing was found yet; `group` is what has to be free."""
        for match in pattern.finditer(self.text):
            if len(self.taken) >= MOST:
                return
            if match.group(group) is not None and self.free(*match.span(group)):
                yield match

    def has(self, kind: EntityType) -> bool:
        """Whether one of that kind was found."""
        return any(entity.type is kind for entity in self.found)


def whole(value: float) -> float | int:
    """The number without a fraction if it has none."""
    rounded = round(value, 9)
    return int(rounded) if float(rounded).is_integer() else rounded
