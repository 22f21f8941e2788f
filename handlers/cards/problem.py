"""Something that could not be done, for the person who wanted it: what, why, how to mend it. Pure."""

from core.errors import WardroomError
from core.text import cut
from handlers.cards.card import Bold, Card, Code, Part, Text, line, literals

_WHAT, _MEND = 1_500, 1_000


def card(error: WardroomError, reference: str | None = None) -> Card:
    """The error in words. `reference` ties what the person sees to the log of whoever runs the house."""
    what, mend = cut(error.what, _WHAT), cut(error.mend, _MEND)
    parts: list[Part] = [Text(line=line(Bold(text=what)))]
    if mend:
        parts.append(Text(line=literals(mend)))
    if reference is not None:
        parts.append(Text(line=line("Reference for your administrator: ", Code(text=reference)), small=True))
    spoken = f" Reference {reference}." if reference else ""
    return Card(parts=tuple(parts), tone="bad", summary=f"{what} {mend}".strip() + spoken)
