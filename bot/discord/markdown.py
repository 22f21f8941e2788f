"""Spans as Discord's markdown. Nothing foreign becomes markup, a link or a mention of anybody."""

import re
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import assert_never

from core.text import clean, one_line
from handlers.cards.card import Bold, Code, Line, Link, Plain, Span, When, Who

_MARKUP = re.compile(r"([\\*_~`|<>\[\]])")
_LINE_START = re.compile(r"(?m)^(\s*)([#+-]|\d+(?=[.)](?:\s|$)))")
# An invisible joiner after the sign keeps the words readable and the mention dead, in code spans as well.
_AT = re.compile(r"@(?=everyone|here|[!&]?\d)", re.IGNORECASE)
# Discord calls an address without a dot in its host, such as localhost, not well formed.
_WEB = re.compile(r"^https?://[^\s/?#.]+\.[^\s/?#]+([/?#]\S*)?\Z")
_ID = re.compile(r"^[0-9]{1,20}\Z")
_HIDDEN = ("Cc", "Cf", "Cs", "Co")
_STYLES = {"time": "t", "date_time": "f", "relative": "R"}


def width(text: str) -> int:
    """How long Discord thinks a text is, counting as carefully as it could."""
    return len(text.encode("utf-16-le", "ignore")) // 2


def escape(text: str) -> str:
    """Foreign words, shown exactly as they are."""
    marked = _MARKUP.sub(r"\\\1", _disarm(clean(text)))
    return _LINE_START.sub(_guard, marked)


def bold(text: str) -> str:
    """Foreign words with emphasis, on one line."""
    words = escape(" ".join(clean(text).split()))
    return f"**{words}**" if words else ""


def code(text: str) -> str:
    """A literal on one line."""
    words = " ".join(_disarm(clean(text)).replace("`", "ˋ").split())
    return f"`{words}`" if words else ""


def fence(text: str) -> str:
    """Preformatted lines; tabs and leading blanks stay."""
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _HIDDEN)
    kept = _disarm(kept).replace("`", "ˋ").strip("\n")
    return f"```\n{kept}\n```" if kept.strip() else ""


def quote(text: str) -> str:
    """What somebody wrote, each line marked as quoted."""
    words = escape(text)
    return "\n".join(f"> {row}" for row in words.split("\n")) if words else ""


def small(text: str) -> str:
    """What one reads last, in small letters, on one line; `text` is markdown already."""
    words = " ".join(text.split())
    return f"-# {words}" if words else ""


def is_web(url: str, limit: int = 512) -> bool:
    """Whether Discord takes this as a link or picture."""
    return bool(_WEB.match(url)) and len(url) <= limit


def short(text: str, limit: int) -> str:
    """Foreign words for a label: on one line, nothing escaped, at most `limit` characters."""
    return fit(one_line(text, limit), str, limit)


def fit(raw: str, style: Callable[[str], str], limit: int) -> str:
    """`raw` in this style, cut with an ellipsis so that the result has at most `limit` characters."""
    whole = style(raw[: limit + 1])
    if len(raw) <= limit and width(whole) <= limit:
        return whole
    low, high = 0, min(len(raw), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if width(style(raw[:middle] + "…")) <= limit:
            low = middle
        else:
            high = middle - 1
    cut = style(raw[:low] + "…")
    return cut if width(cut) <= limit else ""


def span(piece: Span, limit: int) -> str:
    """One span as markdown of at most `limit` characters; empty if not even its beginning fits."""
    match piece:
        case Plain(text=text):
            return fit(text, partial(_spaced, escape), limit)
        case Bold(text=text):
            return fit(text, partial(_spaced, bold), limit)
        case Code(text=text):
            return fit(text, partial(_spaced, code), limit)
        case Link(text=text, url=url):
            return _link(text, url, limit)
        case When(at=at, style=style, ago=ago):
            stamp = int(at.timestamp())
            return _whole(f"<t:{stamp}:{_STYLES[style]}>" + (f" (<t:{stamp}:R>)" if ago else ""), limit)
        case Who():
            return _who(piece, limit)
        case _:
            assert_never(piece)


def line(spans: Line, limit: int) -> str:
    """A line as markdown of at most `limit` characters."""
    text = ""
    for piece in spans:
        more = span(piece, limit - width(text))
        if not more and not _is_empty(piece):
            break
        text += more
    return text.strip()


def account(who: Who) -> str:
    """The person's Discord id, if it is one."""
    number = who.ids.get("discord", "")
    return number if _ID.match(number) else ""


def _who(who: Who, limit: int) -> str:
    number = account(who)
    return _whole(f"<@{number}>", limit) if number else fit(who.name, bold, limit)


def _link(text: str, url: str, limit: int) -> str:
    if not is_web(url):
        return fit(text, escape, limit)
    target = url.translate({ord("("): "%28", ord(")"): "%29", ord("<"): "%3C", ord(">"): "%3E"})
    return fit(text, lambda words: f"[{escape(words) or '…'}]({target})", limit)


def _spaced(style: Callable[[str], str], text: str) -> str:
    # `clean` strips the ends, but between two spans the blank belongs to the sentence.
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return f"{before}{style(text)}{after}"


def _whole(text: str, limit: int) -> str:
    return text if width(text) <= limit else ""


def _is_empty(piece: Span) -> bool:
    return isinstance(piece, Plain | Bold | Code | Link) and not clean(piece.text)


def _disarm(text: str) -> str:
    return _AT.sub("@\u200b", text)


def _guard(match: re.Match[str]) -> str:
    # "1. " would start a list, "1.4" would not; a digit cannot be escaped, what follows it can.
    sign = match[2]
    return f"{match[1]}{sign}\u200b" if sign.isdigit() else f"{match[1]}\\{sign}"
