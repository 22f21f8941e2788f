"""What an incident has to do with, as a line of its card; and the question whether two are the same. Pure."""

from collections.abc import Sequence

from core.incidents.incident import Incident
from core.incidents.links.link import Link
from core.incidents.said import Said
from core.incidents.severity import label
from core.text import cut
from handlers.cards.card import Bold, Button, Card, Code, Line, Part, Span, Text, When, line, plain

_SHOWN = 6
_NOT_YOU = (
    "to raise it takes the permission `incident.severity`. Ask whoever leads it, or declare another: "
    "`/incident declare --new …`."
)


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


def beside(incident: Incident, others: Sequence[Incident]) -> list[Part]:
    """Which others of its service are open, and how they become one: the newer goes into the older."""
    parts: list[Part] = []
    for one in others:
        newer, older = sorted((incident, one), key=lambda each: (each.created, each.id), reverse=True)
        parts.append(
            Text(
                line=line(
                    Bold(text=f"Also open for {incident.service}: "),
                    Code(text=one.id),
                    f" {label(one.severity)} · {one.state} · {cut(one.title, 80)}. If it is the same: ",
                    Code(text=f"/incident merge {newer.id} into {older.id}"),
                )
            )
        )
    return parts


def merged(incident: Incident) -> list[Part]:
    """That it went into another one."""
    if not incident.merged_into:
        return []
    return [Text(line=line("It is a part of ", Code(text=incident.merged_into), " now. Go on there."))]


def same(incident: Incident, said: Said, words: str, *, may_raise: bool) -> Card:
    """Whether what somebody is about to declare is an incident that is open: it is, or it is another one.

    How grave it was said to be stands there, with what becomes of that.
    """
    since: Line = line(
        "Since ",
        When(at=incident.created, ago=True),
        f", {incident.state}, led by {incident.lead_name or 'nobody yet'}.",
    )
    asked = f"Is “{cut(said.title, 120)}” the same as {incident.id}?"
    named = f"{label(incident.severity)} · {incident.id} · {cut(incident.title, 120)}"
    graver = _graver(incident, said.severity, may_raise=may_raise)
    return Card(
        title=asked,
        tone="waiting",
        parts=(
            Text(line=line(Bold(text=named))),
            Text(line=since),
            *(Text(line=line(one)) for one in graver),
        ),
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
        summary=f"{asked} {named}. {' '.join((plain(since), *graver))} Nothing was declared yet.",
        hint="/incident declare --new …",
    )


def joined(incident: Incident, before: int, severity: int | None) -> str:
    """What became of what somebody saw of an incident that had the severity `before`, and of how grave they say it is."""
    told = f"What you saw stands on the timeline of {incident.id}, and its card is in this channel."
    if severity is None or severity >= before:
        return told
    if incident.severity < before:
        return f"{told} It was {label(before)}, and is {label(severity)} now, as you said."
    if not incident.is_open:
        mend = f"`/incident reopen {incident.id} it is back` opens it again."
        return f"{told} It is {incident.state}, so nobody is called as {label(severity)}. {mend}"
    return f"{told} It stays {label(before)}: {_NOT_YOU}"


def _graver(incident: Incident, severity: int | None, *, may_raise: bool) -> tuple[str, ...]:
    """How grave it was said to be, and what comes of that if it is the same; nothing where nobody said it."""
    if severity is None:
        return ()
    said = f"You say {label(severity)}."
    if severity >= incident.severity:
        return (f"{said} If it is the same, it stays {label(incident.severity)}.",)
    if not may_raise:
        return (f"{said} If it is the same, it stays {label(incident.severity)}: {_NOT_YOU}",)
    return (f"{said} If it is the same, {incident.id} is raised to that.",)
