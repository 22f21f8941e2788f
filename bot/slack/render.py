"""A card as Block Kit: at most 50 blocks, every text within its limit, and the whole in plain words beside it.

It never fails: what does not fit is cut, and the last line says where the rest is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, assert_never

from bot.slack import mrkdwn
from bot.slack.controls import plain, rows
from bot.slack.mrkdwn import fit, is_web, short
from core.text import clean, cut
from handlers.cards.card import (
    Card,
    Fields,
    Image,
    Literal_,
    Part,
    Progress,
    Quote,
    Rule,
    Steps,
    Table,
    Text,
)
from handlers.cards.words import MARKS, bar, words

BLOCKS = 50
HEADER, SECTION, FIELD, FIELDS, TEXT = 150, 3_000, 2_000, 10, 4_000
_RESERVED = 5  # header, two rows of controls, footer, notice
_ALT = 2_000
_TONES = {"waiting": "🟡", "partial": "🔵", "good": "🟢", "bad": "🔴", "ended": "⚪", "neutral": ""}


@dataclass(frozen=True)
class Rendered:
    """What to send: blocks, and the message in plain words for notifications and screen readers."""

    blocks: list[dict[str, Any]]
    text: str


def render(card: Card) -> Rendered:
    """The card as a message."""
    body: list[dict[str, Any]] = []
    is_cut = False
    for part in card.parts:
        for block, fits in _blocks(part):
            if len(body) >= BLOCKS - _RESERVED:
                is_cut = True
                break
            body.append(block)
            is_cut = is_cut or not fits
    controls, left_out = rows(card)
    blocks = [*_header(card), *body, *controls, *_footer(card), *_notice(card, left_out, is_cut=is_cut)]
    if not blocks:
        blocks = [_section(fit(card.summary, mrkdwn.escape, SECTION) or "(Nothing to show.)")]
    told = fit(cut(clean(words(card)), TEXT), mrkdwn.entities, TEXT)
    return Rendered(blocks, told or "(Nothing to show.)")


def preview(card: Card) -> dict[str, Any]:
    """The message as Slack gets it, for eyes that want to see its form."""
    made = render(card)
    return {"text": made.text, "blocks": made.blocks}


def _blocks(part: Part) -> Iterator[tuple[dict[str, Any], bool]]:
    """The blocks of one part, each with whether all of it is there."""
    match part:
        case Fields():
            yield from _fields(part)
        case Image():
            yield from ((block, True) for block in _image(part))
        case Rule():
            yield {"type": "divider"}, True
        case Text(small=True):
            text = mrkdwn.line(part.line, FIELD)
            if text:
                yield _context(text), True
        case _:
            text, whole = _words(part)
            if text:
                yield _section(text), whole


def _image(part: Image) -> list[dict[str, Any]]:
    """The picture that was uploaded, or the one at an address; nothing if there is neither."""
    alt = short(part.alt, _ALT) or "picture"
    if part.file:
        return [{"type": "image", "slack_file": {"id": part.file}, "alt_text": alt}]
    return [{"type": "image", "image_url": part.url, "alt_text": alt}] if is_web(part.url) else []


def _words(part: Text | Quote | Literal_ | Progress | Steps | Table) -> tuple[str, bool]:
    match part:
        case Text():
            return _measured(partial(mrkdwn.line, part.line))
        case Quote():
            label = fit(part.label, mrkdwn.bold, 200)
            return _measured(
                lambda room: f"{label}\n{fit(part.text, mrkdwn.quote, room - len(label) - 1)}".strip()
            )
        case Literal_():
            return _measured(lambda room: fit(part.text, mrkdwn.fence, room))
        case Progress():
            label = fit(part.label, mrkdwn.escape, 500)
            return f"{bar(part.done, part.total)} {part.done} of {part.total} {label}".strip(), True
        case Steps():
            lines = [_step(step.mark, step.name, mrkdwn.line(step.detail, 300)) for step in part.items]
            return _lines(lines)
        case Table():
            return _table(part)
        case _:
            assert_never(part)


def _measured(write: Any) -> tuple[str, bool]:
    text: str = write(SECTION)
    return text, text == write(4 * SECTION)


def _step(mark: str, name: str, detail: str) -> str:
    return f"{MARKS[mark]} {fit(name, mrkdwn.escape, 300)}{f' · {detail}' if detail else ''}"


def _table(table: Table) -> tuple[str, bool]:
    lines = []
    if table.head:
        lines.append(" · ".join(fit(name, mrkdwn.bold, 100) for name in table.head))
    cells = ([mrkdwn.line(cell, 500) for cell in row] for row in table.rows)
    lines += [" · ".join(text for text in row if text) for row in cells]
    return _lines(lines)


def _lines(lines: list[str]) -> tuple[str, bool]:
    """As many whole lines as there is room for."""
    kept: list[str] = []
    room = SECTION - 40
    for number, text in enumerate(lines):
        room -= len(text) + 1
        if room < 0:
            return "\n".join([*kept, f"… {len(lines) - number} more"]), False
        kept.append(text)
    return "\n".join(kept), True


def _fields(part: Fields) -> Iterator[tuple[dict[str, Any], bool]]:
    made = []
    for label, value in part.items:
        name = fit(label, mrkdwn.bold, 300)
        text = mrkdwn.line(value, FIELD - len(name) - 1)
        if name or text:
            made.append(f"{name}\n{text}".strip())
    for start in range(0, len(made), FIELDS):
        fields = [{"type": "mrkdwn", "text": text} for text in made[start : start + FIELDS]]
        yield {"type": "section", "fields": fields}, True


def _header(card: Card) -> list[dict[str, Any]]:
    title = short(f"{_TONES[card.tone]} {card.title}" if card.title else "", HEADER).strip()
    return [{"type": "header", "text": plain(title)}] if title else []


def _footer(card: Card) -> list[dict[str, Any]]:
    text = mrkdwn.line(card.footer, 1_000)
    page = f"<{card.link}|Open the page>" if is_web(card.link, 1_500) else ""
    both = " · ".join(one for one in (text, page) if one)
    return [_context(both)] if both else []


def _notice(card: Card, left_out: list[str], *, is_cut: bool) -> list[dict[str, Any]]:
    if not (is_cut or left_out):
        return []
    told = f"Not shown here: {', '.join(left_out)}." if left_out else "Shortened."
    rest = card.hint or ("" if is_web(card.link) else "Ask me for the details in words.")
    return [_context(fit(f"{told} {rest}".strip(), mrkdwn.escape, 1_000))]


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}
