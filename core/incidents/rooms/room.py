"""The noun of rooms, and how a room of an incident's own is called. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from core.incidents.incident import Incident
from core.place import Place

Kind = Literal["thread", "channel", "post"]
State = Literal["wanted", "open", "closed"]
_LONGEST = 72  # of the 80 characters of a name, so that a number can follow


@dataclass(frozen=True)
class Room:
    """Where an incident is worked on, on one platform: in the thread of its card, or in a channel or post of its own.

    `url` leads there, `why` says why there is no place of its own although one was wanted.
    """

    incident: str
    platform: str
    kind: Kind
    state: State
    place: Place | None = None
    name: str = ""
    url: str = ""
    why: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether one of its own is wanted that is not there: not made yet, or refused until now."""
        return self.state == "wanted" or (self.kind == "thread" and bool(self.why))


RETRIES = "I try again from time to time, and at once with `/incident room {}`."


def chat(platform: str) -> str:
    """How people call the chat that a room is in."""
    return "in the browser" if platform == "local" else platform.title()


def no_room(platform: str, why: str) -> str:
    """That there is no room of its own, and why: what is missing and how that is mended."""
    return f"No {'post' if platform == 'discord' else 'channel'} of its own: {why}"


def name_of(incident: Incident) -> str:
    """`inc-12-checkout-is-down`: what every platform takes as the name of a channel."""
    plain = unicodedata.normalize("NFKD", incident.title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)
    return f"{incident.id.lower()}-{slug}"[:_LONGEST].strip("-")
