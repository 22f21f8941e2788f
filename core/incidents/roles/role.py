"""The three parts that people have in an incident, in the words that people use for them. Pure."""

from enum import StrEnum

from core.errors import Invalid
from core.incidents.incident import Incident
from core.source import nearest
from core.text import one_line


class Role(StrEnum):
    """A part in an incident; one person has it at a time."""

    COMMANDER = "commander"
    COMMUNICATIONS = "communications"
    SCRIBE = "scribe"


_FIELD = {Role.COMMANDER: "lead", Role.COMMUNICATIONS: "comms", Role.SCRIBE: "scribe"}
_ALSO = {
    **dict.fromkeys(("lead", "leader", "ic", "command", "incident commander"), Role.COMMANDER),
    **dict.fromkeys(("comms", "comm", "communication", "communicator", "spokesperson"), Role.COMMUNICATIONS),
    **dict.fromkeys(("scribe", "writer", "notes", "note taker", "recorder"), Role.SCRIBE),
}
_WORDS = {str(role): role for role in Role} | _ALSO

DUTIES = {
    Role.COMMANDER: "decides who does what, and keeps the whole in view; does not repair",
    Role.COMMUNICATIONS: "tells everybody outside how it goes, in words that they understand, and on time",
    Role.SCRIBE: "keeps on the timeline what is seen, decided and done, and when",
}
"""What is expected of whoever has the part."""


NEEDS = {
    Role.COMMANDER: "incident.update",
    Role.COMMUNICATIONS: "incident.update",
    Role.SCRIBE: "incident.timeline",
}
"""The permission without which somebody cannot do what the part asks of them."""


def parse(text: str) -> Role:
    """The part meant by `comms`, `lead`, `scribe` and the like.

    Raises:
        Invalid: none is; names the nearest.
    """
    word = " ".join(text.casefold().split())
    if word in _WORDS:
        return _WORDS[word]
    close = nearest(word, _WORDS)
    hint = f" Did you mean {_WORDS[close]}?" if close else ""
    raise Invalid(f"“{one_line(text, 40)}” is no role.", f"Choose {', '.join(Role)}.{hint}")


def holder(incident: Incident, role: Role) -> tuple[str, str]:
    """The id and the name of whoever has the part; both empty while nobody has."""
    field = _FIELD[role]
    return getattr(incident, field), getattr(incident, f"{field}_name")


def held_by(role: Role, person: str, name: str) -> dict[str, str]:
    """What changes in an incident when somebody has the part."""
    return {_FIELD[role]: person, f"{_FIELD[role]}_name": name}


def unclaimed(incident: Incident) -> list[Role]:
    """The parts that nobody has."""
    return [role for role in Role if not holder(incident, role)[0]]
