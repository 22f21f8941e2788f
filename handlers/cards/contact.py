"""How somebody is called, and the form by which they say so. Pure."""

from collections.abc import Sequence

from core.people.contact import Contact, Rung, written
from handlers.cards.card import Button, Card, Fields, Line, line, plain
from handlers.cards.form import Form, FormField


def card(said: Contact, holds: Contact, there: Sequence[str]) -> Card:
    """How somebody is called now: `said` by themselves, and what holds after all."""
    rows = (
        ("Urgent", _ways(said.high, holds.high)),
        ("Can wait", _ways(said.low, holds.low)),
        ("Quiet hours", line(_hours(holds), "" if holds.quiet is None else " (what is urgent still comes)")),
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
        hint="/oncall contact high slack, sms 2m, email 5m",
    )


def form() -> Form:
    """How somebody wants to be called, to fill in."""
    hint = "One way after another, each with how long after the first call: slack, sms 2m, email 5m"
    return Form(
        title="How I am paged",
        verb="oncall.contact",
        intro="What is left empty stays as it is; write default to leave it to the configuration.",
        fields=(
            FormField(name="high", label="When it is urgent", required=False, hint=hint),
            FormField(name="low", label="When it can wait", required=False, hint=hint),
            FormField(
                name="quiet",
                label="Quiet hours for what can wait",
                required=False,
                hint="22:00-07:00, or sat,sun 00:00-24:00",
            ),
        ),
        submit="Keep",
    )


def _ways(said: tuple[Rung, ...] | None, holds: tuple[Rung, ...] | None) -> Line:
    by = "" if said else " (as the configuration says)"
    return line(f"{written(holds or ())}{by}")


def _hours(holds: Contact) -> str:
    if holds.quiet is None:
        return "none"
    opens, closes = holds.quiet.opens, holds.quiet.closes
    return f"{opens:%H:%M}-{closes:%H:%M}"
