"""What an incident has to do with, as a line of its card; and the question whether two are the same. Pure."""

from collections.abc import Sequence

from core.incidents.incident import Incident
from core.incidents.links.link import Link
from core.incidents.severity import label
from core.text import cut
from handlers.cards.card import Bold, Button, Card, Code, Line, Part, Span, Text, When, line, plain

_SHOWN = 6


def brief(known: Sequence[Link]) -> list[Part]:
    """The links in a line; nothing where there are none."""
    if not known:
        return []
    said: list[str | Span] = [Bold(text="See also: ")]
    for number, one in enumerate(known[:_SHOWN]):
        note = f" ({cut(one.note, 80)})" if one.note else ""
        said += ([", "] if number else []) + [Code(text=cut(one.to, 120)), note]
    more = len(known) - _SHOWN
    return [Text(line=line(*said, f" and {more} more" if more > 0 else ""))]


def merged(incident: Incident) -> list[Part]:
    """That it went into another one."""
    if not incident.merged_into:
        return []
    return [Text(line=line("It is a part of ", Code(text=incident.merged_into), " now. Go on there."))]


def same(incident: Incident, title: str, words: str) -> Card:
    """Whether what somebody is about to declare is an incident that is open: it is, or it is another one."""
    since: Line = line(
        "Since ",
        When(at=incident.created, ago=True),
        f", {incident.state}, led by {incident.lead_name or 'nobody yet'}.",
    )
    asked = f"Is “{cut(title, 120)}” the same as {incident.id}?"
    named = f"{label(incident.severity)} · {incident.id} · {cut(incident.title, 120)}"
    return Card(
        title=asked,
        tone="waiting",
        parts=(Text(line=line(Bold(text=named))), Text(line=since)),
        controls=(
            Button(
                label="It is the same",
                verb="incident.same",
                object=incident.id,
                args={"words": words},
                style="primary",
                speak=f"It is the same as {incident.id}: add what I saw",
            ),
            Button(
                label="Declare another",
                verb="incident.declare",
                args={"words": words},
                speak="Declare another incident",
            ),
        ),
        summary=f"{asked} {named}. {plain(since)} Nothing was declared yet.",
        hint="/incident declare --new …",
    )
