"""A card as Discord's Components V2: one container, at most 40 components and 4,000 characters.

It never fails: what does not fit is cut, and the last line says where the rest is.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import discord
from discord import ui

from bot.discord import markdown
from bot.discord.controls import Rows
from bot.discord.markdown import fit, is_web, short, width
from bot.discord.rows import Row, rows
from bot.discord.tags import Mode
from handlers.cards import card as words
from handlers.cards.card import Card, Line, Who

TEXT = 4_000
_NODES = 14  # groups of text, pictures and lines between title and footer
_TITLE, _FOOTER, _NOTICE = 256, 500, 300
_COLOURS = {
    "neutral": 0x5865F2,
    "waiting": 0xF0B232,
    "partial": 0xE67E22,
    "good": 0x2D9D5B,
    "bad": 0xDA373C,
    "ended": 0x80848E,
}


@dataclass(frozen=True)
class Rendered:
    """What to send: the components, and the only mentions that may ring."""

    view: ui.LayoutView
    mentions: discord.AllowedMentions
    files: tuple[discord.File, ...] = ()


def render(card: Card, key: str = "", mode: Mode = ":") -> Rendered:
    """The card as a message.

    `key` marks it invisibly, in the numbers of two of its components; `mode` is how a press on its buttons
    counts.
    """
    controls = Rows(card, mode)
    controls.fill()
    body = _Body(TEXT - _TITLE - _FOOTER - _NOTICE)
    for part in card.parts:
        body.add(part)
    children = [*_title(card), *body.done()]
    footer = markdown.small(markdown.line(card.footer, _FOOTER - 4))
    notice = _notice(card, controls.left_out, is_cut=body.is_cut)
    last = "\n".join(row for row in (footer, notice) if row)
    if not (children or last):
        last = fit(card.summary, markdown.escape, _FOOTER) or "(Nothing to show.)"
    if last:
        children.append(ui.TextDisplay(last))
    container: ui.Container[Any] = ui.Container(*children, *controls.rows, accent_colour=_COLOURS[card.tone])
    if key:
        container.id, children[0].id = marks(key)
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    return Rendered(view, _mentions(card), tuple(body.files))


def preview(card: Card) -> list[dict[str, Any]]:
    """The components of the message as Discord gets them, for eyes that want to see its form."""
    return [item.to_component_dict() for item in render(card).view.children]


def marks(key: str) -> tuple[int, int]:
    """The numbers that the first two components of a message with this key have."""
    value = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    # Small numbers are what Discord gives by itself.
    return (value >> 32) % 2_000_000_000 + 100_000, (value & 0xFFFFFFFF) % 2_000_000_000 + 99_999


class _Body:
    """The parts between title and footer, filled until there is no room."""

    def __init__(self, left: int) -> None:
        self.is_cut = False
        self.files: list[discord.File] = []
        self._left = left
        self._nodes: list[ui.Item[Any]] = []
        self._text: list[str] = []

    def add(self, part: words.Part) -> None:
        """Add one part, or as much of it as fits."""
        if isinstance(part, words.Rule):
            self._node(ui.Separator())
        elif isinstance(part, words.Image) and (part.data or is_web(part.url, 2_000)):
            address = self._attached(part) if part.data else part.url
            picture = discord.MediaGalleryItem(address, description=short(part.alt, 256) or None)
            self._node(ui.MediaGallery(picture))
        else:
            for write in rows(part):
                self._row(write)

    def done(self) -> list[ui.Item[Any]]:
        """All nodes, in order."""
        self._close()
        return self._nodes

    def _attached(self, part: words.Image) -> str:
        name = f"picture-{len(self.files) + 1}.png"
        self.files.append(discord.File(BytesIO(part.data), name))
        return f"attachment://{name}"

    def _row(self, write: Row) -> None:
        room = self._left - 1
        text = write(room) if room > 0 else ""
        self.is_cut = self.is_cut or text != write(TEXT + 1)
        if text.strip():
            self._text.append(text)
            self._left -= width(text) + 1

    def _node(self, node: ui.Item[Any]) -> None:
        if len(self._nodes) + bool(self._text) >= _NODES - 1:
            self.is_cut = True
            return
        self._close()
        self._nodes.append(node)

    def _close(self) -> None:
        if self._text:
            self._nodes.append(ui.TextDisplay("\n".join(self._text)))
            self._text = []


def _title(card: Card) -> list[ui.Item[Any]]:
    title = fit(card.title, _headline, _TITLE)
    if not title:
        return []
    if not is_web(card.link):
        return [ui.TextDisplay(title)]
    return [ui.Section(title, accessory=ui.Button(label="Open", url=card.link))]


def _headline(text: str) -> str:
    words_ = markdown.escape(" ".join(text.split()))
    return f"### {words_}" if words_ else ""


def _notice(card: Card, left_out: list[str], *, is_cut: bool) -> str:
    if not (is_cut or left_out):
        return ""
    told = f"Not shown here: {', '.join(left_out)}. " if left_out else "Shortened. "
    rest = fit(
        card.hint or ("" if is_web(card.link) else "Ask me for the details in words."), markdown.escape, 100
    )
    page = f" [Everything is here]({card.link})" if is_web(card.link, 150) else ""
    room = _NOTICE - width(rest) - width(page) - 4
    return markdown.small(fit(told, markdown.escape, room) + " " + rest + page)


def _mentions(card: Card) -> discord.AllowedMentions:
    rung = {markdown.account(who) for who in _people(card) if who.ping} - {""}
    users: list[discord.abc.Snowflake] = [discord.Object(int(number)) for number in sorted(rung)[:100]]
    return discord.AllowedMentions(everyone=False, roles=False, replied_user=False, users=users)


def _people(card: Card) -> list[Who]:
    lines: list[Line] = [card.footer]
    for part in card.parts:
        match part:
            case words.Text():
                lines.append(part.line)
            case words.Fields():
                lines += [value for _, value in part.items]
            case words.Steps():
                lines += [step.detail for step in part.items]
            case _:
                pass
    return [piece for spans in lines for piece in spans if isinstance(piece, Who)]
