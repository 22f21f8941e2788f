"""How somebody is called, and the form by which they say so. Pure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from core.people.contact import Contact, Urgency, ladder, written
from core.quantity import span
from handlers.cards.card import Button, Card, Fields, Line, line, plain
from handlers.cards.form import Form, FormField


def card(said: Contact, holds: Contact, there: Sequence[str], bundle: timedelta) -> Card:
    """How somebody is called now: `said` by themselves, and what holds after all; `bundle` is the window of one message."""
    rows = (
        ("Urgent", _ways(said, holds, Urgency.HIGH, there)),
        ("Can wait", _ways(said, holds, Urgency.LOW, there)),
        ("Quiet hours", line(hours(holds), "" if holds.quiet is None else " (what is urgent still comes)")),
        ("Several at once", line(together(bundle))),
        ("You can be reached by", line(", ".join(there) or "nothing: ask an administrator")),
    )
    words = "; ".join(f"{name}: {plain(value)}" for name, value in rows)
    return Card(
        title="How you are paged",
        parts=(Fields(items=rows),),
        controls=(
            Button(label="Change…", verb="oncall.contact", style="primary", speak="Change how you are paged"),
            Button(label="Test it", verb="oncall.test", speak="Send a test page to yourself"),
        ),
        summary=f"How you are paged. {words}.",
        hint=f"/oncall contact high {example(there)}" if there else "/oncall contact quiet 22:00-07:00",
    )


def form(own: Mapping[str, str], holds: Contact, there: Sequence[str]) -> Form:
    """How somebody wants to be called, to fill in: `own` is what they said themselves, `holds` what holds after all."""
    reached = ", ".join(there) or "nothing yet: an administrator adds your accounts"
    ways = f"In order, each with how long after the first: {example(there)}" if len(there) > 1 else ""
    quiet = hours(holds)
    return Form(
        title="How I am paged",
        verb="oncall.contact",
        intro=f"You can be reached by {reached}. What is left empty is left to the configuration.",
        args={"had": " ".join(name for name, text in own.items() if text)},
        fields=(
            _field("high", "When it is urgent", own, usually(holds, Urgency.HIGH, there), ways),
            _field("low", "When it can wait", own, usually(holds, Urgency.LOW, there), ways),
            _field(
                "quiet",
                "Quiet hours for what can wait",
                own,
                quiet,
                "As in 22:00-07:00, or sat,sun 00:00-24:00.",
            ),
        ),
        submit="Keep",
    )


def example(there: Sequence[str]) -> str:
    """Ways that somebody has, as they are written: `slack, sms 2m`."""
    return ", ".join(f"{way} {2 * place}m" if place else way for place, way in enumerate(there[:3]))


def _field(name: str, label: str, own: Mapping[str, str], holds: str, hint: str) -> FormField:
    """With what they said, or what the configuration says as long as they say nothing."""
    said = own.get(name, "")
    shown = hint if said else f"Now, by the configuration: {holds}. {hint}"
    return FormField(name=name, label=label, required=False, default=said, hint=shown.strip())


def usually(holds: Contact, urgency: Urgency, there: Sequence[str]) -> str:
    """The ways that are tried, of those that somebody has."""
    return written(ladder(holds.rungs(urgency), urgency, there)) or "nothing leads to you"


def _ways(said: Contact, holds: Contact, urgency: Urgency, there: Sequence[str]) -> Line:
    by = "" if said.rungs(urgency) else " (as the configuration says)"
    return line(f"{usually(holds, urgency, there)}{by}")


def together(bundle: timedelta) -> str:
    """What becomes of pages that come at about the same time."""
    if not bundle:
        return "each as a message of its own"
    return f"the first at once, what follows within {span(bundle)} as one message"


def hours(holds: Contact) -> str:
    """When what can wait waits."""
    if holds.quiet is None:
        return "none"
    opens, closes = holds.quiet.opens, holds.quiet.closes
    return f"{opens:%H:%M}-{closes:%H:%M}"
