"""Something that could not be done, for the person who wanted it: what, why, how to mend it. Pure."""

from core.errors import WardroomError
from handlers.cards.card import Card, Code, Part, Text, line


def card(error: WardroomError, reference: str | None = None) -> Card:
    """The error in words. `reference` ties what the person sees to the log of whoever runs the house."""
    parts: list[Part] = [Text(line=line(error.what))]
    if error.mend:
        parts.append(Text(line=line(error.mend)))
    if reference is not None:
        parts.append(Text(line=line("Reference for your administrator: ", Code(text=reference)), small=True))
    return Card(parts=tuple(parts), tone="bad", summary=error.sentence())
