"""A list of incidents that says how much of it is shown, and leads on to the rest. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.incidents.incident import Incident
from core.incidents.severity import label
from core.text import one_line
from handlers.cards.card import Button, Card, Code, Table, Text, When, line
from handlers.cards.incident import choice

ROWS = 20


@dataclass(frozen=True)
class Cut:
    """Which part of a list is shown: what it was asked for with, how many came before, and how many there are."""

    asked: Mapping[str, str]
    skipped: int
    total: int

    def words(self, shown: int) -> str:
        """How much of the list this is; empty if it is all of it."""
        if shown == self.total:
            return ""
        first = f"{self.skipped + 1} to {self.skipped + shown}" if self.skipped else str(shown)
        return f", {first} of {self.total}"

    def told(self) -> tuple[Text, ...]:
        """How many there were in a time, for whoever asks just that."""
        are = "is" if self.total == 1 else "are"
        return (Text(line=line(f"There {are} {self.total}.")),) if self.asked.get("when") else ()


def listing(incidents: Sequence[Incident], title: str, part: Cut) -> Card:
    """Several incidents, one a row, each with a button to look at it, and one for the rest of the list."""
    if not incidents:
        none = "There are no more." if part.total else "There are none."
        return Card(title=title, parts=(Text(line=line(none)),), summary=f"{title}: none.")
    upto = part.skipped + len(incidents)
    title += part.words(len(incidents))
    rows = tuple(
        (
            line(Code(text=one.id)),
            line(label(one.severity)),
            line(_standing(one)),
            line(one_line(one.title, 80)),
            line(one.lead_name or "nobody"),
            line(When(at=one.created, style="date_time")),
        )
        for one in incidents
    )
    said = "; ".join(f"{one.id} {label(one.severity)} {_standing(one)}: {one.title}" for one in incidents)
    head = ("Id", "Severity", "State", "What", "Lead", "Since")
    return Card(
        title=title,
        parts=(*part.told(), Table(head=head, rows=rows)),
        controls=(
            *(choice(one, "incident.show", {}) for one in incidents[:5]),
            *((_next(part, upto),) if upto < part.total else ()),
        ),
        summary=f"{title}: {said}.",
        hint="/incident show INC-…",
    )


def _next(part: Cut, upto: int) -> Button:
    return Button(
        label=f"The next {min(part.total - upto, ROWS)}",
        verb="incident.list",
        args={**part.asked, "skip": str(upto)},
        speak="Show the next incidents of this list",
    )


def _standing(incident: Incident) -> str:
    return f"part of {incident.merged_into}" if incident.merged_into else str(incident.state)
