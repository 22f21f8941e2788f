"""How something is done, as a card: the passage, the commands, who may use them, and where to read on. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from core.text import cut, one_line
from handlers.cards.card import (
    Bold,
    Card,
    Code,
    Line,
    Link,
    Literal_,
    Part,
    Plain,
    Rule,
    Span,
    Text,
    line,
    plain,
)
from handlers.manual.pages import Passage

_BLOCKS = 3
_LETTERS = 900


@dataclass(frozen=True)
class Shown:
    """A command: an example, what it does; and where one may not use it, or asks who may (`is_asked`), the permission and who has it."""

    example: str
    help: str
    needs: str = ""
    who: str = ""
    is_asked: bool = False


@dataclass(frozen=True)
class Told:
    """What the documentation says: a passage, which `leads` where it answers best; and where to read on."""

    passage: Passage | None
    more: tuple[Passage, ...]
    leads: bool = False


def answer(question: str, commands: tuple[Shown, ...], told: Told, url: str) -> Card:
    """What one can say, what the documentation says, and where to read on; `url` is the address of pages."""
    if told.passage is None and not commands:
        words = f"I find nothing in the documentation about “{one_line(question, 100)}”."
        hint = line(
            "It tells of services, runbooks, approvals, incidents, alerts and on-call. Say it in other words, or look through ",
            Code(text="/wardroom help"),
            ".",
        )
        return Card(parts=(Text(line=line(words)), Text(line=hint)), summary=f"{words} {plain(hint)}")
    lines = [_command(shown) for shown in commands]
    say: tuple[list[Part], str] = [Text(line=one) for one in lines], " ".join(plain(one) for one in lines)
    read = _passage(told.passage) if told.passage else ([], "")
    first, second = (read, say) if told.leads else (say, read)
    parts = [*first[0], *([Rule()] if first[0] and second[0] else []), *second[0]]
    if told.more:
        parts.append(Text(line=_read_on(told.more, url), small=True))
    return Card(
        title="Here is how", parts=tuple(parts), summary=f"Here is how. {first[1]} {second[1]}".strip()
    )


def _passage(passage: Passage) -> tuple[list[Part], str]:
    heading = passage.heading.replace("`", "")
    return [
        Text(line=line(Bold(text=heading))),
        *_words(passage.text),
    ], f"{heading}: {cut(passage.text, 600)}"


def _words(text: str) -> list[Part]:
    parts: list[Part] = []
    for block in cut(text, _LETTERS).split("\n\n")[:_BLOCKS]:
        is_prose = "\n" not in block
        parts.append(Text(line=_spans(block)) if is_prose else Literal_(text=block))
    return parts


def _spans(text: str) -> Line:
    """What stands between backticks is a literal."""
    pieces = re.split(r"`([^`]+)`", text)
    spans: list[Span] = [
        Code(text=piece) if number % 2 else Plain(text=piece) for number, piece in enumerate(pieces) if piece
    ]
    return tuple(spans)


def _command(shown: Shown) -> Line:
    if shown.is_asked:
        able = shown.who or "nobody here; an administrator can change that"
        return line(Bold(text="Who may say "), Code(text=shown.example), f": {able}. {shown.help}")
    if not shown.needs:
        return line(Bold(text="You can say "), Code(text=shown.example), f": {shown.help}")
    who = f"Who may: {shown.who}." if shown.who else "Nobody here may; an administrator can change that."
    return line(
        Bold(text="You may not say "), Code(text=shown.example), f", which needs {shown.needs}. {who}"
    )


def _read_on(passages: tuple[Passage, ...], url: str) -> Line:
    pieces: list[str | Span] = ["Read on: "]
    for number, one in enumerate(dict.fromkeys((passage.page, passage.title) for passage in passages)):
        page, title = one
        where = f"docs/{page}.md"
        pieces += [" · "] if number else []
        pieces.append(Link(text=title, url=f"{url}/manual/{quote(page)}") if url else f"{title} ({where})")
    return line(*pieces)
