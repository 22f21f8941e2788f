"""Foreign text made safe to keep and to show: cleaned, capped, never interpreted."""

import re
import unicodedata
from datetime import UTC, datetime

from core.errors import Invalid

MESSAGE_LIMIT = 8_000
MOMENT = re.compile(r"(\b\d{4}-\d\d-\d\d \d\d:\d\d UTC\b)")
"""How a moment is written in a sentence; cards show it by the reader's own clock."""

_REASON = 500
_MOMENT = "%Y-%m-%d %H:%M UTC"
_SPACES = re.compile(r"[ \t\f\v\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
# Bidirectional controls can make a card show other words than the ones that are stored.
_BIDI = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])

ADDRESS = re.compile(
    r"((?:[a-z][a-z0-9+.-]{1,20}://|www\.|(?<![\w./@-])(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}(?=[/?#]))[^\s)>\]]+)",
    re.IGNORECASE,
)
"""What a chat may make a link of by itself, also without a scheme; splitting by it gives words and addresses in turn."""

# Forms of secrets that are never written down.
SECRETS = re.compile(
    r"x(?:ox[a-z]|app)-[A-Za-z0-9-]+"  # Slack
    r"|(?<![\w-])[MNO][\w-]{23,}\.[\w-]{6}\.[\w-]{27,}"  # Discord
    r"|\bwr_[A-Za-z0-9_-]{20,}"  # ours
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # user:password@host
    r"|(?i:bearer|bot)\s+[A-Za-z0-9._~+/-]{16,}=*"
    r"|(?<=/services/)[A-Za-z0-9/]{20,}|(?<=[?&]k=)[0-9a-f]{16,}"
)


def clean(text: str) -> str:
    """`text` without control characters, bidirectional marks and lone surrogates; lines kept.

    The result is NFC-normalised, runs of blanks are one blank, and the ends are stripped.
    """
    lines = (_SPACES.sub(" ", line).strip() for line in laid_out(text).split("\n"))
    return "\n".join(lines).strip()


def laid_out(text: str) -> str:
    """`text` cleaned in the same way, with its blanks as they are: for what is laid out by them, such as YAML."""
    text = text.encode("utf-8", "ignore").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    text = text.translate(_BIDI)
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Co"))
    return unicodedata.normalize("NFC", "".join(kept))


def one_line(text: str, limit: int = 200) -> str:
    """`text` cleaned, on one line, cut to `limit` characters with an ellipsis."""
    return cut(" ".join(clean(text).split()), limit)


def cut(text: str, limit: int) -> str:
    """`text`, or its beginning and an ellipsis, never longer than `limit`."""
    return text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + "…"


def as_reason(text: str) -> str:
    """Why somebody does something, as it is kept: cleaned, and at most 500 characters."""
    return cut(clean(text), _REASON)


def moment(at: datetime) -> str:
    """A moment for a sentence that may be read anywhere: with its day, in UTC."""
    return f"{at.astimezone(UTC):{_MOMENT}}"


def read_moment(text: str) -> datetime | None:
    """The moment that `moment` has written; None if it is something else."""
    try:
        return datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None


def nth(number: int) -> str:
    """`2nd`, `3rd`, `11th`."""
    is_teen = number // 10 % 10 == 1
    return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def message(text: str) -> str:
    """A person's message, cleaned.

    Raises:
        Invalid: if it is longer than 8,000 characters.
    """
    if len(text) > MESSAGE_LIMIT:
        raise Invalid(
            f"That message has {len(text):,} characters; {MESSAGE_LIMIT:,} is the most I read.",
            "Say it shorter, or attach the long part to the thread.",
        )
    return clean(text)


def inert(text: str) -> str:
    """The same without anything that could end the place between marks that a model reads it in."""
    return text.replace("<", "‹").replace(">", "›")
