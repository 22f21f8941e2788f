"""What words were taken for, as a card: what is asked back, and what can be pressed instead of typed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.language.clarify import MEANINGS, MISTAKEN, QUESTIONS
from core.language.entity import Entity, EntityType
from core.language.intent import Intent
from core.language.understand import Understanding
from core.quantity import span
from core.text import cut
from handlers.cards.card import (
    Bold,
    Button,
    Card,
    Code,
    Control,
    Fields,
    Line,
    Part,
    Quote,
    Select,
    Text,
    When,
    line,
)

CHOOSE = "ask.choose"
_BUTTONS = 5
_MENU = 25
_LONGEST = 10_000 * 86_400  # seconds: of what is longer nobody knows what was meant
_NEAR = 0.1  # of what is less likely than that, no button is shown
_LABELS = {
    EntityType.NUMERIC_VALUE: "Number",
    EntityType.INCIDENT_ID: "Incident",
    EntityType.EXECUTION_ID: "Run",
    EntityType.REPLICA_COUNT: "Copies",
}
_ONES = {EntityType.INCIDENT_ID: "an incident", EntityType.EXECUTION_ID: "a run"}


def which(meant: Understanding, mark: str, words: str = "") -> Card:
    """Not sure: the best guesses as buttons; `words` are what was said, where it is understood with what was said before."""
    buttons = [
        _choice(mark, MEANINGS[guess.intent], intent=guess.intent.value)
        for guess in meant.guesses
        if guess.intent not in (Intent.NONE, Intent.CLARIFICATION)
    ]
    return Card(
        title="What shall I do?",
        tone="waiting",
        parts=(
            *_said(meant, words),
            Text(line=line("I am not sure what you mean. Nothing was done."), small=True),
        ),
        controls=(*buttons[:_BUTTONS], _choice(mark, "Something else", intent=Intent.NONE.value)),
        summary=f"I am not sure what you mean by “{cut(meant.text, 80)}”. Nothing was done.",
        hint="Say it in other words, or /wardroom help",
    )


def lacks(meant: Understanding, mark: str, choices: Sequence[str], words: str = "") -> Card:
    """One thing is missing: it is asked for, with what can be chosen; `words` as in `which`."""
    wanted = meant.missing[0]
    asked = QUESTIONS[wanted]
    title = f"{MEANINGS[meant.intent]}: {asked[0].lower()}{asked[1:]}"
    other = [one for one in meant.entities if one.type is MISTAKEN.get(wanted)]
    mistaken = [f"{one.value} is {_ONES[one.type]}, and no {_LABELS[wanted].lower()}." for one in other]
    return Card(
        title=title,
        tone="waiting",
        parts=(
            *_said(meant, words),
            *_known(replace(meant, entities=tuple(one for one in meant.entities if one not in other))),
            *_advised(meant),
            *(Text(line=line(told)) for told in mistaken),
            Text(line=line("Choose, or answer in words. Nothing was done yet."), small=True),
        ),
        controls=(*_choices(mark, asked, choices), _choice(mark, "Never mind", intent=Intent.NONE.value)),
        summary=" ".join((*mistaken, title, ", ".join(choices[:_BUTTONS]))).strip(),
    )


def sure(
    meant: Understanding, mark: str, would: str, title: str, about: str = "", *, words: str = ""
) -> Card:
    """What would be done, and to what, before it is: to go on with, or not; `words` as in `which`."""
    go = Button(
        label="Go on",
        verb=CHOOSE,
        object=mark,
        args={"intent": meant.intent.value, "sure": "yes"},
        style="primary",
        speak=f"Go on: {title}",
    )
    what = (Text(line=line(Bold(text=about))),) if about else ()
    heard = f"“{cut(words, 80)}” for “{cut(meant.text, 80)}”" if words else f"“{cut(meant.text, 80)}” for"
    taken = f"I take {heard}: {title[0].lower()}{title[1:].rstrip('?')}."
    nothing = "Press Go on; nothing was done yet."
    return Card(
        title=title,
        tone="waiting",
        parts=(
            *_said(meant, words),
            *what,
            *(() if about else _known(meant)),
            Text(line=line("That would be ", Code(text=would), ". Nothing was done yet.")),
            *_advised(meant),
        ),
        controls=(go, *_corrections(meant, mark), _choice(mark, "Never mind", intent=Intent.NONE.value)),
        summary=f"{taken} {about}. {nothing}" if about else f"{taken} {nothing}",
        hint=would,
    )


def known(meant: Understanding, words: Sequence[Line], buttons: Sequence[Button], mark: str) -> Card:
    """What was understood where nothing does it, and what helps instead."""
    return Card(
        title=f"Understood: {MEANINGS[meant.intent].lower()}",
        parts=(*_known(meant), *(Text(line=one) for one in words)),
        controls=(*buttons, *_corrections(meant, mark)),
        summary=" ".join("".join(getattr(span, "text", "") for span in one) for one in words),
    )


def others(asked: Sequence[tuple[str, str, str]], *, is_first: bool, is_next: bool) -> Card:
    """What else a message asked for: mark, intent and words of each, as buttons; `is_next`: a yes is to the first of it now."""
    buttons = tuple(_choice(mark, text, intent=intent) for mark, intent, text in asked)
    words = "You asked for more than one thing; that was the first." if is_first else "You asked for more."
    by = "by a press or a yes" if len(asked) == 1 else "by a press; a yes takes the first"
    when = f"Next, if you want, {by}:" if is_next else "A yes is to what I ask above. After that:"
    first = cut(asked[0][2], 80)
    told = f"Next: “{first}”. Say yes for it." if is_next else f"After what I ask above: “{first}”."
    return Card(parts=(Text(line=line(f"{words} {when}")),), controls=buttons, summary=f"{words} {told}")


def _said(meant: Understanding, words: str) -> tuple[Part, ...]:
    said = Quote(label="You said", text=cut(words or meant.text, 300))
    whole = Text(line=line(f"With what was said before, that is “{cut(meant.text, 200)}”."), small=True)
    return (said, whole) if words else (said,)


def _advised(meant: Understanding) -> tuple[Part, ...]:
    words = "I was not sure; the language model takes it for that."
    return (Text(line=line(words), small=True),) if meant.advised else ()


def _known(meant: Understanding) -> tuple[Part, ...]:
    items = tuple((_label(one.type), _shown(one)) for one in meant.entities[:8])
    return (Fields(items=items),) if items else ()


def _label(kind: EntityType) -> str:
    return _LABELS.get(kind, kind.value.replace("_", " ").capitalize())


def _shown(one: Entity) -> Line:
    if one.type is EntityType.DURATION and isinstance(one.value, int | float) and one.value < _LONGEST:
        return line(span(timedelta(seconds=one.value)))
    if not isinstance(one.value, Mapping):
        return line(cut(str(one.value), 80))
    start, end = (datetime.fromisoformat(one.value[edge]) for edge in ("start", "end"))
    begins = When(at=start, style="date_time")
    return line(begins) if start == end else line(begins, " – ", When(at=end, style="date_time"))


def _corrections(meant: Understanding, mark: str) -> tuple[Button, ...]:
    """The next best guess, where it is not far behind."""
    near = [
        one
        for one in meant.guesses[1:2]
        if one.confidence >= _NEAR and one.intent not in (Intent.NONE, Intent.CLARIFICATION)
    ]
    return tuple(_choice(mark, MEANINGS[one.intent], intent=one.intent.value) for one in near)


def _choices(mark: str, asked: str, choices: Sequence[str]) -> tuple[Control, ...]:
    if len(choices) > _BUTTONS:
        options = tuple((cut(name, 75), cut(name, 75)) for name in choices[:_MENU])
        return (Select(label=cut(asked, 60), verb=CHOOSE, object=mark, options=options),)
    return tuple(_choice(mark, name, value=name) for name in choices)


def _choice(mark: str, label: str, **args: str) -> Button:
    return Button(label=cut(label, 30), verb=CHOOSE, object=mark, args=args, speak=label)
