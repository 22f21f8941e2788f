"""The parts of a card as rows of markdown, each able to write itself within the room there is."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import assert_never

from bot.discord import markdown
from bot.discord.markdown import fit, width
from core.text import cut
from handlers.cards import card as words
from handlers.cards.card import Line, plain

Row = Callable[[int], str]  # room in characters -> markdown that fits in it

_MARKS = {
    "done": "✅ done",
    "running": "▶️ running",
    "waiting": "⏳ waiting",
    "failed": "❌ failed",
    "skipped": "⏭️ skipped",
    "undone": "↩️ undone",
    "asking": "🗳️ asking",
    "pending": "▫️ to come",
}
_CELL = 40
_BAR = 10
_ROWS = 200


def rows(part: words.Part) -> Iterator[Row]:
    """What writes this part, top to bottom."""
    match part:
        case words.Fields():
            yield from (partial(_field, label, value) for label, value in part.items)
        case words.Steps():
            yield from (partial(_step, step) for step in part.items)
        case words.Quote():
            yield partial(fit, part.label, markdown.bold)
            yield partial(fit, part.text, markdown.quote)
        case words.Text():
            yield partial(_text, part)
        case words.Rule():
            return
        case words.Table() if _has_moments(part):
            yield from _lines(part)
        case _:
            yield _single(part)


def _single(part: words.Literal_ | words.Table | words.Progress | words.Image) -> Row:
    match part:
        case words.Literal_():
            return partial(fit, part.text, markdown.fence)
        case words.Table():
            return partial(fit, _table(part), markdown.fence)
        case words.Progress():
            return partial(fit, part.label, partial(_progress, part.done, part.total))
        case words.Image():
            return partial(fit, part.alt, markdown.escape)
        case _:
            assert_never(part)


def _text(part: words.Text, room: int) -> str:
    return (
        markdown.small(markdown.line(part.line, room - 3)) if part.small else markdown.line(part.line, room)
    )


def _field(label: str, value: Line, room: int) -> str:
    return _pair(fit(f"{label}:", markdown.bold, min(room, 80)), value, room)


def _step(step: words.Step, room: int) -> str:
    name = fit(step.name, markdown.bold, min(room, 120))
    return _pair(f"{_MARKS[step.mark]} · {name}", ("· ", *step.detail) if step.detail else (), room)


def _pair(head: str, value: "tuple[words.Span | str, ...]", room: int) -> str:
    left = room - width(head) - 1
    if left < 0:
        return ""
    return f"{head} {markdown.line(words.line(*value), left)}".rstrip()


def _progress(done: int, total: int, label: str) -> str:
    share = 0 if total <= 0 else min(max(done, 0), total) * _BAR // total
    return f"{'▰' * share}{'▱' * (_BAR - share)} {done}/{total} {markdown.escape(label)}".rstrip()


def _has_moments(part: words.Table) -> bool:
    """Whether a cell holds a moment: in letters of one width it could only be shown in UTC."""
    return any(isinstance(span, words.When) for row in part.rows for cell in row for span in cell)


def _lines(part: words.Table) -> Iterator[Row]:
    """A table as a line for each row, with moments by the reader's own clock."""
    if any(part.head):
        head = " · ".join(name for name in part.head if name)
        yield partial(fit, head, markdown.bold)
    for row in part.rows[:_ROWS]:
        spans: list[words.Span | str] = []
        for cell in row:
            spans += [" · ", *cell] if spans and cell else [*cell]
        yield partial(markdown.line, words.line(*spans))


def _table(part: words.Table) -> str:
    lines = [[_cell(text) for text in part.head]] if part.head else []
    lines += [[_cell(plain(cell)) for cell in row] for row in part.rows[:_ROWS]]
    widths: list[int] = []
    for row in lines:
        widths += [0] * (len(row) - len(widths))
        widths = [max(have, len(cell)) for have, cell in zip(widths, row + [""] * len(widths), strict=False)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in lines)


def _cell(text: str) -> str:
    return cut(" ".join(text.split()), _CELL)
