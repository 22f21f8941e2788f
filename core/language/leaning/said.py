"""A message before and after what was said earlier is taken into account. Pure."""

from dataclasses import dataclass

from core.language.entity import Entity

SAYS_SO = 0.75
"""As sure as that, a message means what it seems to mean by itself."""


@dataclass(frozen=True)
class Said:
    """What was understood of a message on its own, and how surely. For `NONE` the entities are those of no intent."""

    text: str
    intent: str
    entities: tuple[Entity, ...]
    sure: float = 1.0


@dataclass(frozen=True)
class Meant:
    """What a message means after all. `how` says why: `alone`, `answer`, `correction`, `fragment`, `further`, `order`."""

    intent: str
    entities: tuple[Entity, ...]
    how: str
