"""Finds what words name, once more and for another intent, as it was meant where they were said. Pure."""

from dataclasses import dataclass, field
from datetime import datetime

from core.language import entities
from core.language.entity import Entity, Names
from core.language.moments.span import Facts


@dataclass(frozen=True)
class Finder:
    """The present moment, the zone of whoever speaks, the names that are known, and when happenings were."""

    now: datetime
    zone: str = "UTC"
    names: Names = field(default_factory=Names)
    facts: Facts | None = None

    def find(self, text: str, intent: str) -> tuple[Entity, ...]:
        """What `text` names if it asks for this; of NONE, what it names if it asks for anything."""
        wanted = "" if intent == "NONE" else intent
        return entities.find(
            text, now=self.now, zone=self.zone, names=self.names, intent=wanted, facts=self.facts
        )
