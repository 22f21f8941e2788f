"""The plain words of a chat message: markup, entities and emoji of Slack and Discord decoded, invisible signs removed. Pure."""

import re
import unicodedata
from datetime import UTC, datetime

from core.language.tokens import LONGEST

_BLOCK = re.compile(r"```(?:[a-z0-9+-]{1,20}\n)?(.{0,4000}?)(?:```|\Z)", re.DOTALL)
_CODE = re.compile(r"(`{1,2})([^`\n]{1,1000})\1")
_LINK = re.compile(r"<((?:https?|mailto|tel):[^|<>\s]{1,2000})(?:\|([^<>]{1,500}))?>")
_MARKDOWN_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\(<?https?://[^\s()<>]{1,1000}>?\)")
_PERSON = re.compile(r"<@!?([A-Za-z0-9]{1,32})(?:\|[^<>]{0,200})?>")
_SPECIAL = re.compile(r"<!(here|channel|everyone)(?:\|[^<>]{0,80})?>")
_GROUP = re.compile(r"<!subteam\^([A-Z0-9]{1,32})(?:\|[^<>]{0,80})?>")
_SLACK_DATE = re.compile(r"<!date\^(\d{1,11})\^[^|<>]{0,300}(?:\|([^<>]{0,200}))?>")
_DISCORD_TIME = re.compile(r"<t:(\d{1,11})(?::[a-zA-Z])?>")
_DISCORD_EMOJI = re.compile(r"<a?:\w{1,40}:\d{1,22}>")
_SHORTCODE = re.compile(r"(?<![\w:]):[a-z+-][\w+-]{0,50}:(?::skin-tone-\d:)?(?!\w)", re.IGNORECASE)
_STRUCK = re.compile(r"(?<![\w~])~~?([^\s~](?:[^~\n]{0,300}[^\s~])?)~~?(?![\w~])")
_MARKED = tuple(
    re.compile(rf"(?<![\w{sign}]){mark}(?=\S)([^{sign}\n]{{1,1000}})(?<=\S){mark}(?![\w{sign}])")
    for sign, mark in ((r"*", r"\*{1,3}"), (r"_", r"_{1,2}"), (r"|", r"\|\|"))
)
_QUOTE = re.compile(r"^\s{0,3}(?:>|&gt;)+ ?.*$", re.MULTILINE)
_HEADING = re.compile(r"^\s{0,3}#{1,3}\s+", re.MULTILINE)
_TYPED_MARK = re.compile(r"&lt;(?=[@#!:t])")
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ`´", "'"), **dict.fromkeys("“”„‟″«»", '"'), **dict.fromkeys("‐‑‒−", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u034f", None),
        **dict.fromkeys("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f", None),
        **{chr(code): " " for code in (*range(9), *range(11, 32), 127)},
    }
)  # fmt: skip
_SPACES = re.compile(r"[ \t]{2,}")


def decode(text: str, platform: str = "") -> str:
    """The words that a person sees, of the first `LONGEST` characters, on one platform (`slack`, `discord`) or any.

    Mentions stay as `<@U123>` and `<#C123|ops>`, so that they are found as what they are; what somebody only typed to
    look like one does not. Pasted blocks, quoted lines and struck words are not what is asked for: they go, unless
    nothing else is there. Times of the platforms become timestamps. Never raises.
    """
    kept = text[:LONGEST].replace("\r\n", "\n")
    said = _without_quotes(_BLOCK.sub(" ", kept))
    if not said.strip():
        said = _without_quotes(_BLOCK.sub(r" \1 ", kept)) or kept
    said = _mentions(said)
    if platform != "discord":
        said = _unescaped(said)
    return _plain(_unmarked(said))[:LONGEST]


def _without_quotes(text: str) -> str:
    rest = _QUOTE.sub("", text)
    return (
        rest if rest.strip() else _QUOTE.sub(lambda line: line.group().lstrip("> ").replace("&gt;", ""), text)
    )


def _mentions(text: str) -> str:
    """Links by their words, people without the name that they had, times as timestamps, emoji gone."""
    text = _LINK.sub(lambda link: link.group(2) or link.group(1).removeprefix("mailto:"), text)
    text = _MARKDOWN_LINK.sub(r"\1", text)
    text = _PERSON.sub(r"<@\1>", text)
    text = _SPECIAL.sub(r"@\1", text)
    text = _GROUP.sub(r"<!subteam^\1>", text)
    text = _SLACK_DATE.sub(lambda date: _stamp(date.group(1)), text)
    text = _DISCORD_TIME.sub(lambda date: _stamp(date.group(1)), text)
    return _SHORTCODE.sub(" ", _DISCORD_EMOJI.sub(" ", text))


def _stamp(seconds: str) -> str:
    return (
        datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if len(seconds) < 11 else ""
    )


def _unescaped(text: str) -> str:
    """`&lt;` and the like as the signs that they stand for; a mention that was typed stays no mention."""
    text = _TYPED_MARK.sub("< ", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unmarked(text: str) -> str:
    """Without the signs for bold, italic, code, spoilers and headings, and without what is struck out."""
    rest = _STRUCK.sub(" ", text)
    text = rest if rest.strip() else _STRUCK.sub(r"\1", text)
    text = _CODE.sub(r"\2", _HEADING.sub("", text))
    for _ in range(2):  # bold inside italic
        for pattern in _MARKED:
            text = pattern.sub(r"\1", text)
    return text


def _plain(text: str) -> str:
    """With plain quotes and dashes, compatible letters, and no signs that nobody sees."""
    text = text.translate(_SIGNS)
    if text.isascii():
        return _SPACES.sub(" ", text).strip()
    text = unicodedata.normalize("NFKC", text)
    shown = "".join(" " if unicodedata.category(sign) in {"So", "Cs", "Co"} else sign for sign in text)
    return _SPACES.sub(" ", shown).strip()
