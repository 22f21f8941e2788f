"""An incident in words for an audience, to be copied as it stands. Pure."""

from core.incidents.incident import Incident
from core.incidents.summaries.summary import Audience
from handlers.cards.card import Button, Card, Literal_, Text, line

_SAYS = {
    Audience.RESPONDERS: "For those who work on it. It holds names and internals.",
    Audience.MANAGERS: "For those who answer for it. It holds names.",
    Audience.PUBLIC: "For everybody outside: no names, no internals. Read it once before you send it.",
}


def page_ref(incident: str, audience: Audience) -> str:
    """What the page with the words for this audience is called; each has a key of its own."""
    return f"{str(audience).upper()}-{incident}"


def page(audience: Audience, words: str) -> Card:
    """The words alone, as whoever has the link reads them."""
    return Card(title=f"Summary for {audience}", parts=(Literal_(text=words),), summary=words)


def public(named: str, words: str) -> Card:
    """The words for everybody outside, under what they call the service."""
    parts = tuple(Text(line=line(each)) for each in words.splitlines())
    return Card(title=f"Status of {named}", parts=parts, summary=words)


def summary(incident: Incident, audience: Audience, words: str, link: str) -> Card:
    """The words, the page that keeps them current, and buttons for the other audiences."""
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
        link=link,
        hint=f"/incident summary {incident.id} {audience}",
    )
