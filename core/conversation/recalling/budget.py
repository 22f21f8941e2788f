"""Taking of what was found as much as there is room for, best first. Pure. Source: the co-pilot design, 6.2."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.conversation.llm import estimate
from core.conversation.recalling.rank import Found
from core.text import cut

LEAST = 100  # tokens: with less room, nothing more is taken
_LETTERS = 3  # of a token, as `estimate` counts


def select(found: Sequence[Found], budget: int, count: Callable[[str], int] = estimate) -> list[Found]:
    """The best that fit `budget` tokens in all; the first that does not fit is shortened to what is left."""
    taken: list[Found] = []
    left = budget
    for one in found:
        size = count(one.said.text)
        if size > left:
            if left < LEAST:
                continue
            short = cut(one.said.text, _LETTERS * (left - 1))
            one = replace(one, said=replace(one.said, text=short))  # noqa: PLW2901 - the shortened one stands for it
            size = count(short)
        taken.append(one)
        left -= size
    return taken
