"""An incident in words for an audience, to be copied as it stands. Pure."""

from core.incidents.incident import Incident
from core.incidents.summaries.summary import Audience
from handlers.cards.card import Button, Card, Literal_, Text, line

_SAYS = {
    Audience.RESPONDERS: "For those who work on it. It holds names and internals.",
    Audience.MANAGERS: "For those who answer for it. It holds names.",
    Audience.PUBLIC: "For everybody outside: no names, no internals. Read it once before you send it.",
}


def summary(incident: Incident, audience: Audience, words: str) -> Card:
    """The words, and buttons for the other audiences."""
    others = tuple(
        Button(
            label=f"For {'the public' if one is Audience.PUBLIC else one}",
            verb="incident.summary",
            object=incident.id,
            args={"audience": str(one)},
            speak=f"Summary of {incident.id} for {one}",
        )
        for one in Audience
        if one is not audience
    )
    title = f"{incident.id} for {'the public' if audience is Audience.PUBLIC else audience}"
    return Card(
        title=title,
        parts=(Literal_(text=words), Text(line=line(_SAYS[audience]), small=True)),
        controls=others,
        summary=f"{title}. {words}",
        hint=f"/incident summary {incident.id} {audience}",
    )
