"""What is told of an answer while it comes: whole words, from which everything secret is gone.

A model writes in pieces that are shorter than a secret, so no piece can be judged alone: what is there is judged as a whole
each time, and the word that may not be at its end yet waits.
"""

import asyncio
from collections.abc import Callable

from core.conversation.llm import Hear
from core.text import laid_out

_SHORT = 600  # letters of which every piece is told at once
_MOST = 8_000  # after which nothing is told until the end: nobody reads along as fast
_PAUSE = 0.2  # seconds between two looks at the whole of what is longer
_WORD = 300  # letters after which what has no blank is no single word


class Telling:
    """Tells `hear` what may be told; `safe` takes out of a text what is secret, `begun` says how much of its end may be a part of one."""

    def __init__(self, hear: Hear, safe: Callable[[str], str], begun: Callable[[str], int]) -> None:
        self._hear = hear
        self._safe = safe
        self._begun = begun
        self._whole = ""
        self._told = ""
        self._next = 0.0

    async def add(self, piece: str) -> None:
        """More of it has come."""
        self._whole += piece
        now = asyncio.get_running_loop().time()
        is_due = now >= self._next and len(self._whole) <= _MOST
        if len(self._whole) <= _SHORT or is_due:
            self._next = now + _PAUSE
            await self._tell(self._ended())

    async def end(self) -> None:
        """It is whole; what comes after is another text."""
        await self._tell(self._whole)
        self._whole = self._told = ""

    def _ended(self) -> str:
        """What is surely at its end: not the last word, and nothing that a secret may begin with."""
        last = max((self._whole.rfind(blank) for blank in " \n\t"), default=-1)
        words = self._whole[: max(last + 1, len(self._whole) - _WORD, 0)]
        return words[: len(words) - self._begun(words)]

    async def _tell(self, words: str) -> None:
        """What is new in it. Where it turns out to be a secret what was told of before, no more is told until the end."""
        safe = self._safe(laid_out(words))
        if safe.startswith(self._told) and safe != self._told:
            more = safe[len(self._told) :]
            self._told = safe
            await self._hear(more)
