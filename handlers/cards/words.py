"""A card as plain words: for terminals, logs, notifications and readers that show no cards."""

from collections.abc import Iterator
from typing import assert_never

from handlers.cards.card import (
    Button,
    Card,
    Control,
    Fields,
    Image,
    Literal_,
    Part,
    Progress,
    Quote,
    Rule,
    Select,
    Steps,
    Table,
    Text,
    plain,
)

MARKS = {
    "done": "✓",
    "running": "▶",
    "waiting": "…",
    "failed": "✗",
    "skipped": "–",
    "undone": "↩",
    "asking": "?",
    "pending": "·",
}
_BAR = 12


def words(card: Card, *, controls: bool = True) -> str:
    """Everything the card says, top to bottom; buttons as `[Approve]`, times in UTC.

    With `controls` false the buttons and menus are left out, for readers that number them themselves.
    A card without parts says its summary.
    """
    lines = [card.title] if card.title else []
    for part in card.parts:
        lines += _part(part)
    if not card.parts and card.summary and card.summary != card.title:
        lines.append(card.summary)
    if controls and card.controls:
        lines.append(" ".join(label(control) for control in card.controls))
    lines += [text for text in (card.hint, plain(card.footer), card.link) if text]
    return "\n".join(lines)


def label(control: Control) -> str:
    """A control in brackets: `[Approve]`, or `[Severity: SEV1 | SEV2]` for a menu."""
    match control:
        case Button():
            return f"[{control.label}]"
        case Select():
            return f"[{control.label}: {' | '.join(name for name, _ in control.options)}]"
        case _:
            assert_never(control)


def bar(done: int, total: int) -> str:
    """A bar of twelve blocks, never shorter than nothing and never longer than full."""
    filled = 0 if total <= 0 else max(0, min(_BAR, round(_BAR * done / total)))
    return "▰" * filled + "▱" * (_BAR - filled)


def _part(part: Part) -> list[str]:
    match part:
        case Text():
            return [plain(part.line)]
        case Image():
            return [f"[picture: {part.alt}]"]
        case Rule():
            return ["-" * 24]
        case Progress():
            return [f"{bar(part.done, part.total)} {part.done} of {part.total} {part.label}".rstrip()]
        case _:
            return list(_lines(part))


def _lines(part: Fields | Quote | Literal_ | Steps | Table) -> Iterator[str]:
    match part:
        case Fields():
            yield from (f"{name}: {plain(value)}" for name, value in part.items)
        case Quote():
            yield part.label
            yield from (f"> {text}" for text in part.text.splitlines())
        case Literal_():
            yield from (f"    {text}" for text in part.text.splitlines())
        case Steps():
            yield from (f"{MARKS[s.mark]} {s.name} {plain(s.detail)}".rstrip() for s in part.items)
        case Table():
            yield from _table(part)
        case _:
            assert_never(part)


def _table(table: Table) -> Iterator[str]:
    cells = [[plain(cell) for cell in row] for row in table.rows]
    if table.head:
        cells.insert(0, list(table.head))
    columns = max((len(row) for row in cells), default=0)
    widths = [max(len(row[i]) for row in cells if i < len(row)) for i in range(columns)]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
