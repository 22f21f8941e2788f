"""An answer of a language model as a card: the words, what they rest on, what is only supposed, and what could be done. Pure."""

from datetime import datetime, timedelta

from core.conversation.answering.inquiry import Inquiry, State
from core.text import ADDRESS, cut, one_line
from handlers.cards.card import (
    Bold,
    Button,
    Card,
    Code,
    Growing,
    Line,
    Part,
    Quote,
    Text,
    Tone,
    When,
    Who,
    line,
)

_SHOWN = 2_800
_GUESS = "guess:"
_FRESH = timedelta(seconds=20)
_TONES: dict[State, Tone] = {
    State.ASKING: "waiting",
    State.ANSWERED: "neutral",
    State.FELL_BACK: "bad",
    State.STOPPED: "neutral",
}
_SHOWN_FIRST = "Whoever says that sees the plan first; nothing was done."
_AT_ONCE = "Nothing was done. Look at it first: a command is done as soon as somebody says it, and asks whom a policy names."


def card(inquiry: Inquiry, who: Who, now: datetime) -> Card:
    """How a question stands, which `who` asked."""
    asked = (Quote(label=f"{who.name} asks", text=cut(inquiry.question, 300)),) if inquiry.question else ()
    parts, footer = _coming(inquiry), line(f"{inquiry.id} · the answer is coming")
    if inquiry.state is State.FELL_BACK:
        parts, footer = _without(inquiry), line(inquiry.id)
    elif inquiry.state is State.STOPPED:
        parts, footer = (Text(line=line(inquiry.problem)),), line(inquiry.id)
    elif inquiry.state is State.ANSWERED:
        parts, footer = _answer(inquiry), _written(inquiry, now)
    said = inquiry.problem if inquiry.state is State.STOPPED else inquiry.words or inquiry.hint
    is_over = inquiry.state is not State.ASKING
    return Card(
        tone=_TONES[inquiry.state],
        parts=(*asked, *parts),
        controls=_controls(inquiry),
        footer=footer,
        summary=one_line(said, 300) if is_over else f"{inquiry.id}: the answer is coming.",
        hint=f"/ask again {inquiry.id}" if is_over else f"/ask stop {inquiry.id}",
        revision=inquiry.fence,
        growing=None if is_over else Growing(of=inquiry.id, words=inquiry.words, reader=who),
    )


def _coming(inquiry: Inquiry) -> tuple[Part, ...]:
    words = f"{cut(inquiry.words, _SHOWN)} …" if inquiry.words else "I am looking …"
    return (Text(line=_dead(words)),)


def _without(inquiry: Inquiry) -> tuple[Part, ...]:
    why = f"The language model gave no answer: {inquiry.problem}"
    return Text(line=line(inquiry.hint)), Text(line=line(why), small=True)


def _answer(inquiry: Inquiry) -> tuple[Part, ...]:
    lines = inquiry.words.splitlines()
    facts = "\n".join(one for one in lines if not _is_guess(one)).strip()
    guesses = " ".join(one.strip()[len(_GUESS) :].strip() for one in lines if _is_guess(one))
    parts: list[Part] = []
    if facts:
        parts.append(Text(line=_dead(cut(facts, _SHOWN))))
    if guesses:
        label = Bold(text="The model supposes, and nothing looked up says so: ")
        parts.append(Text(line=line(label, *_dead(cut(guesses, 800)))))
    if inquiry.doubts:
        said = ", ".join(inquiry.doubts)
        parts.append(Text(line=line(Bold(text="Check these: "), f"nothing that was looked up says {said}.")))
    parts += _rests_on(inquiry)
    if inquiry.offers:
        pieces = _codes(inquiry.offers)
        end = f". {_SHOWN_FIRST if not any(one.startswith('/') for one in inquiry.offers) else _AT_ONCE}"
        parts.append(Text(line=line(Bold(text="It would: "), *pieces, end)))
    return tuple(parts)


def _dead(text: str) -> Line:
    """Words of a model; addresses in them are shown as they are, and lead nowhere.

    Whatever is followed by a click or fetched for a preview could carry away what was looked up.
    """
    return line(*(Code(text=one) if number % 2 else one for number, one in enumerate(ADDRESS.split(text))))


def _rests_on(inquiry: Inquiry) -> list[Part]:
    if not inquiry.looked:
        words = "Nothing was looked up for this: these are the model's own words."
        return [Text(line=line(words), small=True)]
    return [Text(line=line("Looked up: ", *_codes(inquiry.looked)), small=True)]


def _codes(commands: list[str]) -> Line:
    found: list[Code | str] = []
    for command in commands[:6]:
        found += [", "] if found else []
        found.append(Code(text=one_line(command, 120)))
    return line(*found)


def _is_guess(words: str) -> bool:
    return words.strip().casefold().startswith(_GUESS)


def _written(inquiry: Inquiry, now: datetime) -> Line:
    written = line(f"{inquiry.id} · written by {inquiry.model}")
    at = inquiry.answered_at
    if at is None or now - at < _FRESH:
        return written
    return line(*written, " · as of ", When(at=at, ago=True))


def _controls(inquiry: Inquiry) -> tuple[Button, ...]:
    if not inquiry.question:
        return ()
    if inquiry.state is State.ASKING:
        stop = f"Stop the answer to: {cut(inquiry.question, 50)}"
        return (Button(label="Stop", verb="ask.stop", object=inquiry.id, speak=stop),)
    again = Button(
        label="Ask again",
        verb="ask.again",
        object=inquiry.id,
        speak=f"Have the question anew: {cut(inquiry.question, 50)}",
    )
    return (again,)
