"""What a run asks people, and what it tells them, as cards; and the form that an answer is written in. Pure."""

from core.runbooks.asking.records import Answer, Asked
from core.runbooks.question import Item
from core.runbooks.telling.note import Note
from core.text import cut, one_line
from core.world import World
from handlers.cards.card import (
    Button,
    Card,
    Code,
    Control,
    Fields,
    Line,
    Part,
    Quote,
    Span,
    Text,
    Tone,
    When,
    Who,
    line,
)
from handlers.cards.form import Form, FormField
from handlers.cards.link import page_url

VERB = "runbook.reply"
_CALLED = 10
_LABEL = 30
_HEADS: dict[str, tuple[str, Tone]] = {
    "OPEN": ("A question", "waiting"),
    "ANSWERED": ("Answered", "good"),
    "EXPIRED": ("Not answered in time", "bad"),
    "CALLED_OFF": ("Asked no more", "ended"),
}


def card(world: World, asked: Asked) -> Card:
    """The question as it stands now: whom it is for, until when, and what was answered."""
    head, tone = _HEADS[asked.state]
    is_open = asked.state == "OPEN"
    text = asked.question.text
    parts: list[Part] = [Text(line=line(text))]
    if is_open:
        parts.append(Fields(items=_asked_of(world, asked)))
    parts += [_answer(world, asked, one) for one in asked.answers]
    return Card(
        title=f"{head}: {one_line(text, 100)}",
        tone=tone,
        parts=tuple(parts),
        controls=_controls(asked) if is_open else (),
        footer=line(f"{asked.id} · {asked.execution}"),
        summary=f"{asked.id} {head.lower()}: {one_line(text, 200)}",
        link=page_url(world.public_url, world.secret_key, asked.execution),
        hint=f"/runbook reply {asked.id} …" if is_open else f"/runbook status {asked.execution}",
        revision=len(asked.answers),
    )


def form(asked: Asked) -> Form:
    """The form of its items."""
    fields = [_field(number, item) for number, item in enumerate(asked.question.items, 1)]
    return Form(
        title=f"Answer {asked.id}",
        verb=VERB,
        object=asked.id,
        intro=asked.question.text,
        fields=tuple(fields),
        submit="Answer",
    )


def note_card(world: World, note: Note) -> Card:
    """What a run tells people, who are called by name."""
    return Card(
        title=f"From {note.runbook}",
        parts=(Text(line=line(note.text)), *_called(world, note.people)),
        footer=line(f"{note.id} · {note.execution}"),
        summary=one_line(note.text),
        link=page_url(world.public_url, world.secret_key, note.execution),
        hint=f"/runbook status {note.execution}",
    )


def _asked_of(world: World, asked: Asked) -> tuple[tuple[str, Line], ...]:
    spans = [span for text in _called(world, asked.people) for span in text.line]
    wanted = asked.question.answers
    rows = [("For", line(*spans)), ("Until", line(When(at=asked.until, style="date_time")))]
    if wanted > 1:
        rows.append(("Answers", line(f"{len(asked.answers)} of {wanted}")))
    return tuple(rows)


def _called(world: World, people: tuple[str, ...]) -> tuple[Text, ...]:
    spans: list[str | Span] = []
    for name in people[:_CALLED]:
        person = world.people.get(name)
        if person is not None:
            spans += [Who(name=person.name, ids=dict(person.accounts), ping=True), " "]
    more = len(people) - _CALLED
    spans += [f"and {more} more"] if more > 0 else []
    return (Text(line=line(*spans)),) if spans else ()


def _answer(world: World, asked: Asked, answer: Answer) -> Part:
    items = asked.question.items
    if len(items) == 1 and items[0].type in ("choice", "number"):
        person = world.people.get(answer.person)
        who = Who(name=answer.name, ids=dict(person.accounts) if person else {})
        return Text(line=line(who, ": ", Code(text=one_line(str(answer.values[items[0].name]), 100))))
    said = [f"{item.title}: {value}" for item in items if (value := answer.values[item.name]) is not None]
    return Quote(label=answer.name, text=cut("\n".join(said), 2_500))


def _controls(asked: Asked) -> tuple[Control, ...]:
    if not asked.question.buttons:
        return (
            Button(label="Answer…", verb=VERB, object=asked.id, style="primary", speak=f"Answer {asked.id}"),
        )
    return tuple(
        Button(
            label=cut(choice, _LABEL),
            verb=VERB,
            object=asked.id,
            args={"choice": str(number)},
            speak=f"Answer {asked.id} with {choice}",
        )
        for number, choice in enumerate(asked.question.buttons, 1)
    )


def _field(number: int, item: Item) -> FormField:
    if item.type == "choice":
        return FormField(
            name=f"a{number}",
            label=item.title,
            kind="choice",
            required=item.required,
            options=tuple((cut(choice, 75), choice) for choice in item.choices),
        )
    return FormField(
        name=f"a{number}",
        label=item.title,
        kind="long" if item.type == "long" else "text",
        required=item.required,
        max_length=2_000 if item.type == "long" else 200,
        hint="A number" if item.type == "number" else "",
    )
