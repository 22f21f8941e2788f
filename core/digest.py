"""The digest of a frozen thing: equal things, equal digests; a changed letter, another digest."""

import hashlib
from typing import Any

import orjson

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z


def canonical(value: Any) -> bytes:
    """Canonical JSON of `value`: sorted keys, no spaces, times in UTC, Decimals as strings."""
    return orjson.dumps(value, default=str, option=_OPTIONS)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def short(full: str) -> str:
    """The first eight digits, which cards show and carry."""
    return full[:8]
