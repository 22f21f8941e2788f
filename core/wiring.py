"""The page that ties the rooms together: the world they share, and who reacts to what."""

from dataclasses import dataclass


@dataclass(frozen=True)
class World:
    """Everything that was configured, read once at start; immutable."""

    workspace: str
