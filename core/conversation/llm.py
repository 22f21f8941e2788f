"""The port to a language model: what it is told, what it may look up, and what comes back. No provider is known here.

Whatever a model says is foreign text: it decides nothing, and is parsed like anything else from outside.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

# Runs one command that only looks, and gives its answer in words.
Look = Callable[[str], Awaitable[str]]
# Hears each piece of an answer as it comes.
Hear = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class Prompt:
    """What a model is told: `rules` are ours, `words` are foreign. With `look` it may look things up.

    `most` is how many tokens its answer may have. With `choices` it may say one of these and nothing else, and has little time.
    """

    rules: str
    words: str
    most: int
    look: Look | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Used:
    """What an answer took: tokens, and its price in millionths of a dollar; None where no price is known."""

    read: int = 0
    written: int = 0
    price: int | None = None


@dataclass(frozen=True)
class Said:
    """What a model said, and what that took."""

    text: str
    used: Used


class Model(Protocol):
    """A language model."""

    @property
    def name(self) -> str:
        """Its name as it was configured, such as `openai:gpt-5-mini`."""
        ...

    async def say(self, prompt: Prompt, hear: Hear | None = None) -> Said:
        """Its answer; `hear` is told the pieces as they come.

        Raises:
            Unavailable: it cannot be reached, refuses, or answers what is no answer; `data["ours"]` is true where
                the fault is in what was asked or configured, and not in the other side.
        """
        ...

    async def probe(self) -> str:
        """Whether it can be reached, in words.

        Raises:
            Unavailable: it cannot; says what mends it.
        """
        ...

    async def close(self) -> None:
        """Give back its connections."""
        ...


class Counsel(Protocol):
    """A model that is asked on behalf of people, within its time and their budgets."""

    @property
    def name(self) -> str:
        """Which model it is."""
        ...

    async def say(self, person: str, prompt: Prompt, hear: Hear | None = None) -> Said:
        """What it says to this, on behalf of this person; cleaned, and without secrets.

        Raises:
            TooMany: a budget is used up; nothing was asked.
            Unavailable: there is no answer within the time, or none that is one.
        """
        ...


def estimate(text: str) -> int:
    """About how many tokens a text has, never too few for plain English: a third of its characters."""
    return len(text) // 3 + 1
