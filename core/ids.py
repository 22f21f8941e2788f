"""Names of things: short numbered ids that people read out, and long ones for rows."""

import re
import secrets
from datetime import UTC, datetime

from core.errors import Invalid

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 24
_NUMBERED = re.compile(r"^([A-Z]{2,4})-([1-9][0-9]{0,11})$")


def numbered(prefix: str, number: int) -> str:
    """The id people use for the `number`-th thing of a kind: `AP-1042`, `INC-231`, `RUN-88`."""
    return f"{prefix}-{number}"


def parse_numbered(text: str, prefix: str) -> str:
    """The well-formed id meant by `text` (any case, with or without the prefix, `#` allowed).

    Raises:
        Invalid: if it cannot be an id of that kind.
    """
    cleaned = text.strip().upper().lstrip("#")
    if cleaned.isascii() and cleaned.isdigit():
        cleaned = f"{prefix}-{int(cleaned)}"
    match = _NUMBERED.match(cleaned)
    if match is None or match.group(1) != prefix:
        raise Invalid(f"“{text[:40]}” is not an id of this kind.", f"It looks like {prefix}-12.")
    return cleaned


def new_id(now: datetime) -> str:
    """A new row id: 24 characters, unique, sorting by time; fits a Discord nonce (25)."""
    value = (int(now.timestamp() * 1000) << 70) | secrets.randbits(70)
    return _base32(value, _LENGTH)


def made_at(key: str) -> datetime | None:
    """When the row id that this key begins with was made; None if it begins with none."""
    letters = key[:_LENGTH]
    if len(letters) != _LENGTH or not set(letters) <= set(_ALPHABET):
        return None
    value = 0
    for letter in letters:
        value = value * 32 + _ALPHABET.index(letter)
    try:
        return datetime.fromtimestamp((value >> 70) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def new_secret() -> str:
    """A new bearer secret of 256 bits, for tokens and keys."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A new one-time code of 40 bits that a person can type: `7f3k-22pm`."""
    return code_of(secrets.randbits(40))


def code_of(number: int) -> str:
    """The code that a number of 40 bits is typed as."""
    text = _base32(number, 8)
    return f"{text[:4]}-{text[4:]}"


def new_reference() -> str:
    """A short reference that ties what a person was told to what the log says."""
    text = _base32(secrets.randbits(30), 6)
    return f"{text[:4]}-{text[4:]}".upper()


def _base32(value: int, width: int) -> str:
    letters = []
    for _ in range(width):
        value, rest = divmod(value, 32)
        letters.append(_ALPHABET[rest])
    return "".join(reversed(letters))
