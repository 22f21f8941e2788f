"""What steps say they would do, as parts of a card. Pure."""

from collections.abc import Mapping

from core.digest import short
from core.runbooks.plan import Plan
from core.text import cut
from handlers.cards.card import Bold, Card, Literal_, Part, Text, line

_SHOWN = 5
_SHORT, _LONG = 500, 2_000


def card(plan: Plan, texts: Mapping[str, str]) -> Card:
    """The outcome of a dry run."""
    return Card(
        title=f"Dry run: {plan.title}",
        parts=parts(texts, _LONG),
        footer=line(f"{plan.runbook} {plan.version} · plan {short(plan.digest)} · nothing was changed"),
        summary=f"Dry run of {plan.title}: {len(texts)} steps were tried, and nothing was changed.",
        hint=f"/runbook plan {plan.runbook}",
        digest=plan.digest,
    )


def announced(tried: int) -> tuple[Part, ...]:
    """How many steps are being tried, of which is told afterwards; nothing if none is."""
    if not tried:
        return ()
    steps = "One step says what it" if tried == 1 else f"{tried} steps say what they"
    return (Text(line=line(f"{steps} would do in a dry run, which follows.")),)


def parts(texts: Mapping[str, str], most: int = _SHORT) -> tuple[Part, ...]:
    """What the first five steps say, cut to `most` characters each."""
    found: list[Part] = []
    for step, text in list(texts.items())[:_SHOWN]:
        found += [Text(line=line(Bold(text=step), " would:")), Literal_(text=cut(text, most))]
    more = len(texts) - _SHOWN
    if more > 0:
        found.append(Text(line=line(f"and {more} steps more"), small=True))
    return tuple(found)
