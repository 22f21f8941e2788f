"""How grave an incident is by its five factors, each explained in a line. Pure."""

from core.incidents.incident import Incident
from core.incidents.severity import WORDS, Assessment, label
from handlers.cards.card import Bold, Button, Card, Code, Line, Table, Text, line

_STRONG = 0.75


def assessed(incident: Incident, found: Assessment) -> Line:
    """One line for the incident's card."""
    return line(
        Bold(text="Assessed: "),
        f"{label(found.severity)} ({found.score:.0f} of 100, {_sure(found)}), ",
        Code(text=f"/incident assess {incident.id}"),
    )


def assessment(incident: Incident, found: Assessment) -> Card:
    """Every factor with its score, its weight and why; what counted besides; a button to take it."""
    rows = tuple(
        (
            line(factor.name),
            line(f"{factor.score:.0f}"),
            line(f"{factor.weight:.0%}"),
            line(factor.why),
        )
        for factor in found.factors
    )
    said = f"{label(found.severity)} ({WORDS[found.severity]}), {found.score:.0f} of 100, {_sure(found)}"
    parts: list[Table | Text] = [
        Text(line=line(Bold(text=said))),
        Table(head=("Factor", "Score", "Weight", "Why"), rows=rows),
    ]
    parts += [Text(line=line(f"Also: {note}.")) for note in found.notes]
    if found.escalates:
        parts.append(Text(line=line("Somebody should look at once.")))
    now = f"It stands at {label(incident.severity)}."
    parts.append(
        Text(
            line=line(
                f"{now} Whoever knows better says so, and why: /incident severity {incident.id} SEV… why"
            ),
            small=True,
        )
    )
    take = Button(
        label=f"Take {label(found.severity)}",
        verb="incident.severity",
        object=incident.id,
        args={"value": str(found.severity)},
        speak=f"Set {incident.id} to {label(found.severity)}",
    )
    whys = "; ".join(
        f"{factor.name} {factor.score:.0f} × {factor.weight:.0%}: {factor.why}" for factor in found.factors
    )
    return Card(
        title=f"How grave is {incident.id}?",
        parts=tuple(parts),
        controls=(take,) if found.severity != incident.severity and incident.is_open else (),
        summary=f"{incident.id} is assessed as {said}. {now} {whys}.",
    )


def _sure(found: Assessment) -> str:
    word = "sure" if found.confidence >= _STRONG else "less sure"
    return (
        f"{found.confidence:.0%} of what counts is known"
        if word == "sure"
        else f"only {found.confidence:.0%} of what counts is known"
    )
