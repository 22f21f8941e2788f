"""What is kept about somebody, as a card: a page of it, newest first, and a way to erase each thing. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.text import cut, one_line
from handlers.cards.card import (
    Bold,
    Button,
    Card,
    Code,
    Control,
    Part,
    Select,
    Table,
    Text,
    When,
    line,
)

PAGE = 20
FORGET = "wardroom.forget"
_WHAT = {
    "person": "you said",
    "bot": "I said",
    "summary": "a summary",
    "fact": "a fact",
}


@dataclass(frozen=True)
class Row:
    """One thing that is kept: its id, what it is in words, since when, and its words."""

    id: str
    what: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Rules:
    """How long turns and summaries are kept, in days."""

    turns: int
    summaries: int


def kind(tier: str) -> str:
    """What a tier of memory is in words."""
    return _WHAT[tier]


def page(rows: Sequence[Row], number: int, rules: Rules) -> Card:
    """A page of everything that is kept, newest first."""
    pages = max(1, -(-len(rows) // PAGE))
    number = min(max(1, number), pages)
    shown = rows[(number - 1) * PAGE : number * PAGE]
    if not rows:
        return Card(
            title="What I keep about you",
            parts=(Text(line=line("Nothing.")), _kept(rules)),
            summary="I keep nothing about you.",
        )
    table = Table(
        head=("Id", "What", "Since", "Words"),
        rows=tuple(
            (
                line(Code(text=row.id)),
                line(row.what),
                line(When(at=row.at, style="date_time")),
                line(one_line(row.text, 160)),
            )
            for row in shown
        ),
    )
    said = "; ".join(f"{row.id} ({row.what}): {one_line(row.text, 100)}" for row in shown)
    return Card(
        title="What I keep about you",
        parts=(Text(line=line(f"{len(rows)} in all, page {number} of {pages}.")), table, _kept(rules)),
        controls=_controls(shown, number, pages),
        summary=f"I keep {len(rows)} things about you. {said}",
    )


def _controls(shown: Sequence[Row], number: int, pages: int) -> tuple[Control, ...]:
    options = tuple((f"{row.id}: {one_line(row.text, 60)}"[:75], row.id) for row in shown)
    select = Select(label="Erase…", verb=FORGET, options=options)
    older = (
        Button(label="Older", verb="wardroom.memory", args={"page": str(number + 1)}, speak="Older things"),
    )
    forget = Button(
        label="Forget me",
        verb=FORGET,
        args={"what": "me"},
        style="danger",
        speak="Erase everything that is kept about you; you are asked once more",
    )
    return (select, *(older if number < pages else ()), forget)


def _kept(rules: Rules) -> Part:
    words = (
        f"What is said is kept for {rules.turns} days, summaries for {rules.summaries}. "
        "Only you see this page. Erase one with “/wardroom forget M-1”, all with “/wardroom forget me”."
    )
    return Text(line=line(words), small=True)


STAYS = (
    "I remember nothing about you any more, and what I answered you is gone with it. Runs, incidents and requests keep what "
    "you said for them, the audit log that this was done, and the chat its own messages."
)
"""What was erased beside the things that are counted, and what was not."""


def sure(count: int) -> Card:
    """The question before everything goes."""
    words = (
        f"I would erase all {count} things that I keep about you: what you said to me and I to you, summaries, facts, "
        "preferences, and what I noticed. It cannot be undone. What you said for runs, incidents and requests stays with them, "
        "and so does the audit log, which notes that this was done."
    )
    erase = Button(
        label="Erase everything",
        verb=FORGET,
        args={"what": "me", "sure": "yes"},
        style="danger",
        speak="Erase everything that is kept about you, for good",
    )
    hint = "Or say “/wardroom forget me yes”."
    return Card(
        title="Forget you?",
        tone="waiting",
        parts=(Text(line=line(words)), Text(line=line(hint), small=True)),
        controls=(erase,),
        summary=f"{words} {hint}",
    )


def which_fact(found: Sequence[tuple[str, str]]) -> Card:
    """The facts that somebody may mean who wants one forgotten, each with a way to erase it."""
    buttons = tuple(
        Button(
            label="Erase it" if len(found) == 1 else f"Erase {id_}",
            verb=FORGET,
            args={"what": id_},
            style="danger",
            speak=f"Erase: {cut(text, 60)}",
        )
        for id_, text in found
    )
    told = "; ".join(f"{id_}: “{cut(text, 200)}”" for id_, text in found)
    return Card(
        title="Forget this?" if len(found) == 1 else "Forget which of these?",
        tone="waiting",
        parts=(Text(line=line(told)),),
        controls=buttons,
        summary=f"{told}. /wardroom forget {found[0][0]} erases {'it' if len(found) == 1 else 'the first'}.",
    )


@dataclass(frozen=True)
class Hit:
    """One thing that was found again: who said it, when, and the words."""

    id: str
    speaker: str
    at: datetime
    text: str


def found(question: str, hits: Sequence[Hit]) -> Card:
    """What was said about something, best first."""
    if not hits:
        words = f"I find nothing here about “{one_line(question, 100)}”."
        where = "I look only at what was said to me, and only where it was said."
        return Card(
            parts=(Text(line=line(words)), Text(line=line(where), small=True)), summary=f"{words} {where}"
        )
    parts: list[Part] = []
    for hit in hits:
        parts.append(Text(line=line(Bold(text=hit.speaker), ", ", When(at=hit.at, style="date_time"), ":")))
        parts.append(Text(line=line(f"“{one_line(hit.text, 500)}”")))
    said = " ".join(
        f"{hit.speaker}, {hit.at:%Y-%m-%d %H:%M} UTC: “{one_line(hit.text, 200)}”" for hit in hits
    )
    return Card(title="What was said", parts=tuple(parts), summary=f"What was said: {said}")
