"""A wish in words as a card: what was understood, and the one thing that is asked next. Pure."""

from core.runbooks.from_language import Question
from core.runbooks.wishing.wish import Wish
from core.text import cut
from core.world import World
from handlers.cards.card import Bold, Button, Card, Code, Control, Part, Quote, Select, Text, When, Who, line

VERB = "runbook.tell"
_BUTTONS = 5
_MENU = 25


def card(world: World, wish: Wish, asked: Question | None) -> Card:
    """The card as it stands; `asked` is what is to be answered, if anything."""
    if wish.state != "open" or asked is None:
        return _closed(wish)
    person = world.people.get(wish.person)
    who = Who(name=person.name if person else wish.person, ids=dict(person.accounts) if person else {})
    title = f"{wish.runbook}: {asked.label}?"
    if not wish.runbook:
        title = "Which runbook?" if len(wish.candidates) > 1 else f"Do you mean {wish.candidates[0]}?"
    parts: list[Part] = []
    if asked.problem:
        parts.append(Text(line=line(asked.problem)))
    if not wish.runbook and wish.said:
        parts.append(Quote(label="You said", text=cut(wish.said, 300)))
    known = told(wish, without=asked.param)
    if known:
        parts.append(Text(line=line("So far: ", Code(text=cut(known, 300))), small=True))
    parts.append(Text(line=line("Choose, or answer in this thread. Nothing was run yet."), small=True))
    return Card(
        title=cut(title, 140),
        tone="waiting",
        parts=tuple(parts),
        controls=(*_choices(wish, asked), _never_mind(wish)),
        footer=line(f"{wish.id} · for ", who, " · until ", When(at=wish.until)),
        summary=f"{title} {asked.problem} {', '.join(asked.options[:_MENU])}".strip(),
        hint=f"/runbook tell {wish.id} …",
        revision=wish.version,
    )


def told(wish: Wish, without: str = "") -> str:
    """What was understood so far, as one would write it."""
    return ", ".join(f"{name}={value}" for name, value in wish.params.items() if name != without)


def _closed(wish: Wish) -> Card:
    if wish.execution:
        said = f"{wish.runbook} with {told(wish) or 'nothing'}"
        return Card(
            parts=(Text(line=line(Bold(text=wish.execution), f": {cut(said, 300)}"), small=True),),
            summary=said,
        )
    words = "Nobody answered in time, or it was called off. Nothing was run."
    parts: tuple[Part, ...] = (Text(line=line(words), small=True),)
    if wish.said:
        parts = (Quote(label="You said", text=cut(wish.said, 200)), *parts)
    return Card(tone="ended", parts=parts, summary=words)


def _choices(wish: Wish, asked: Question) -> tuple[Control, ...]:
    # A place in the list instead of the name itself: what a button can carry is short.
    numbered = [(cut(name, 75), str(number)) for number, name in enumerate(asked.options)]
    if not numbered or len(numbered) > _MENU:
        speak = f"Answer {asked.label}"
        return (Button(label="Answer…", verb=VERB, object=wish.id, style="primary", speak=speak),)
    if len(numbered) > _BUTTONS:
        return (Select(label=cut(asked.label, 60), verb=VERB, object=wish.id, options=tuple(numbered)),)
    return tuple(
        Button(
            label=cut(name, 30),
            verb=VERB,
            object=wish.id,
            args={"value": number},
            speak=f"{asked.label}: {name}",
        )
        for name, number in numbered
    )


def _never_mind(wish: Wish) -> Button:
    return Button(label="Never mind", verb=VERB, object=wish.id, args={"said": "cancel"}, speak="Run nothing")
