"""The nouns of incidents: the disturbance, and what happened when."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class State(StrEnum):
    """How far people are with it."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    MITIGATING = "mitigating"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Noun(BaseModel):
    """A frozen value."""

    model_config = ConfigDict(frozen=True)


SOURCE = "source:"
"""How the id of what declares an incident begins, where that is no person but a sender of alerts."""


class Incident(Noun):
    """A disturbance people work on. `severity` is 1 (worst) to 5; people are ids with names for the eye.

    `update` is the newest that was told of it. A test is announced to nobody. `lead`, `comms` and `scribe` are who has the
    three roles; `owner` and `team` are whom it was given to, where that is not the team of its service. `mitigated` is when
    the harm was held off and only watched; `resolution` is what was done about it. What was `merged_into` another lives on
    there. `category` is what people say it is (and `category_by` who), where they know better than the triage.
    """

    id: str
    title: str
    severity: int
    state: State
    service: str = ""
    declared_by: str
    declared_name: str
    lead: str = ""
    lead_name: str = ""
    comms: str = ""
    comms_name: str = ""
    scribe: str = ""
    scribe_name: str = ""
    team: str = ""
    owner: str = ""
    owner_name: str = ""
    is_test: bool = False
    cause: str = ""
    resolution: str = ""
    follow_ups: str = ""
    update: str = ""
    update_by: str = ""
    updated: datetime | None = None
    created: datetime
    acknowledged: datetime | None = None
    mitigated: datetime | None = None
    resolved: datetime | None = None
    closed: datetime | None = None
    merged_into: str = ""
    category: str = ""
    category_by: str = ""
    version: int = 1

    @property
    def is_open(self) -> bool:
        """People still work on it."""
        return self.state not in (State.RESOLVED, State.CLOSED)

    @property
    def came_of_alerts(self) -> bool:
        """Alerts declared it, and not people."""
        return self.declared_by.startswith(SOURCE)


_TELLS = ("is ", "was ", "has ")
"""After a name these say what somebody is, and nothing without the name."""


class Entry(Noun):
    """A line of the timeline. `author` wrote or did it, `source` is where it comes from, if anywhere.

    A source is the link or the place of a message, or the id of a run; nothing is kept twice from one. `by` is the
    person who kept it, `link` leads to where it was said, `edited` is when it was changed. `of` is the incident on whose
    timeline it stood before that became a part of this one.
    """

    id: int = 0
    at: datetime
    kind: str
    author: str
    text: str
    source: str = ""
    by: str = ""
    link: str = ""
    edited: datetime | None = None
    of: str = ""

    @property
    def mark(self) -> str:
        """What stands before its words: of which incident they were."""
        return f"{self.of}: " if self.of else ""

    @property
    def deed(self) -> str:
        """The words beside the author's name: without the name at their beginning, where it would stand twice."""
        for said in (f"{self.author}: ", f"{self.author} "):
            if self.author and self.text.startswith(said) and len(self.text) > len(said):
                rest = self.text.removeprefix(said)
                return self.text if rest.startswith(_TELLS) else rest[0].upper() + rest[1:]
        return self.text
