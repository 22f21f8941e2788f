"""Spans as Slack's mrkdwn. Nothing foreign becomes markup, a link or a mention of anybody."""

import re
from collections.abc import Callable
from datetime import UTC
from typing import assert_never

from core.text import clean, one_line
from handlers.cards.card import Bold, Code, Line, Link, Plain, Span, When, Who

_USER = re.compile(r"^[UW][A-Z0-9]{1,20}\Z")
_WEB = re.compile(r"^https?://[^\s<>|]+\Z")
# An invisible joiner after the sign keeps the words readable and the mark-up dead.
_MARKS = re.compile(r"(?<![\w])([*_~`])(?=\S)|(?<=\S)([*_~`])(?![\w])")
_LINE_START = re.compile(r"(?m)^(\s*)(&gt;)")
_BROADCAST = re.compile(r"@(?=everyone|here|channel)", re.IGNORECASE)
_JOINER = "\u2060"
_DATES = {"time": "{time}", "date_time": "{date_short_pretty} {time}", "relative": "{ago}"}
_FALLBACK = {True: "%H:%M UTC", False: "%Y-%m-%d %H:%M UTC"}


def escape(text: str) -> str:
    """Foreign words, shown exactly as they are."""
    words = entities(_BROADCAST.sub(f"@{_JOINER}", clean(text)))
    words = _MARKS.sub(lambda found: f"{_JOINER}{found.group()}{_JOINER}", words)
    return _LINE_START.sub(rf"\1{_JOINER}\2", words)


def entities(text: str) -> str:
    """The three signs that mean something to Slack everywhere, as signs."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def bold(text: str) -> str:
    """Foreign words with emphasis, on one line."""
    words = " ".join(entities(clean(text)).replace("*", "∗").split())
    return f"*{words}*" if words else ""


def code(text: str) -> str:
    """A literal on one line."""
    words = " ".join(entities(clean(text)).replace("`", "ˋ").split())
    return f"`{words}`" if words else ""


def fence(text: str) -> str:
    """Preformatted lines."""
    kept = entities("\n".join(clean(row) if not row[:1].isspace() else row for row in text.split("\n")))
    kept = kept.replace("`", "ˋ").strip("\n")
    return f"```\n{kept}\n```" if kept.strip() else ""


def quote(text: str) -> str:
    """What somebody wrote, each line marked as quoted."""
    words = escape(text)
    return "\n".join(f">{row}" for row in words.split("\n")) if words else ""


def short(text: str, limit: int) -> str:
    """Foreign words for plain text, such as a label: on one line, at most `limit` characters."""
    return one_line(text, limit)


def is_web(url: str, limit: int = 3_000) -> bool:
    """Whether Slack takes this as a link or picture."""
    return bool(_WEB.match(url)) and len(url) <= limit


def fit(raw: str, style: Callable[[str], str], limit: int) -> str:
    """`raw` in this style, cut with an ellipsis so that the result has at most `limit` characters."""
    whole = style(raw[: limit + 1])
    if len(raw) <= limit and len(whole) <= limit:
        return whole
    low, high = 0, min(len(raw), max(limit, 0))
    while low < high:
        middle = (low + high + 1) // 2
        if len(style(raw[:middle] + "…")) <= limit:
            low = middle
        else:
            high = middle - 1
    cut = style(raw[:low] + "…")
    return cut if len(cut) <= limit else ""


def span(piece: Span, limit: int) -> str:
    """One span as mrkdwn of at most `limit` characters; empty if not even its beginning fits."""
    match piece:
        case Plain(text=text):
            return fit(text, lambda raw: _spaced(escape, raw), limit)
        case Bold(text=text):
            return fit(text, lambda raw: _spaced(bold, raw), limit)
        case Code(text=text):
            return fit(text, lambda raw: _spaced(code, raw), limit)
        case Link(text=text, url=url):
            return _link(text, url, limit)
        case When():
            return _whole(moment(piece), limit)
        case Who():
            user = account(piece)
            return _whole(f"<@{user}>", limit) if user else fit(piece.name, bold, limit)
        case _:
            assert_never(piece)


def line(spans: Line, limit: int) -> str:
    """A line as mrkdwn of at most `limit` characters."""
    text = ""
    for piece in spans:
        more = span(piece, limit - len(text))
        if not more and not _is_empty(piece):
            break
        text += more
    return text.strip()


def moment(when: When) -> str:
    """A moment in the reader's own zone, with UTC for readers that cannot."""
    at = when.at.astimezone(UTC)
    shown = _DATES[when.style] + (" ({ago})" if when.ago else "")
    return f"<!date^{int(at.timestamp())}^{shown}|{at.strftime(_FALLBACK[when.clock_alone])}>"


def account(who: Who) -> str:
    """The person's Slack id, if it is one."""
    user = who.ids.get("slack", "")
    return user if _USER.match(user) else ""


def _link(text: str, url: str, limit: int) -> str:
    if not is_web(url):
        return fit(text, escape, limit)
    return fit(text, lambda words: f"<{url}|{entities(clean(words)).replace('|', '¦') or '…'}>", limit)


def _spaced(style: Callable[[str], str], text: str) -> str:
    # `clean` strips the ends, but between two spans the blank belongs to the sentence.
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return f"{before}{style(text)}{after}"


def _whole(text: str, limit: int) -> str:
    return text if len(text) <= limit else ""


def _is_empty(piece: Span) -> bool:
    return isinstance(piece, Plain | Bold | Code | Link) and not clean(piece.text)
