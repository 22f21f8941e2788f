"""Whether the world has moved away from what was approved: the subject as it was, and as it is now. Pure.

Numbers may differ by a share (1 % unless the policy says otherwise), also when they are written as text; all else must be
the same. Moments are left out: that time has passed is no drift. Only what both have is compared, so that what is
new about a subject, such as today's price next to yesterday's, may be sent along.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

_DEEPEST = 20


def drifted(before: Mapping[str, Any], now: Mapping[str, Any], share: float) -> list[str]:
    """What has moved further than `share`, in words; nothing if all is as it was."""
    return _compare("", before, now, Decimal(str(share)), 0)


def _compare(path: str, before: Any, now: Any, share: Decimal, depth: int) -> list[str]:
    if depth > _DEEPEST:
        return [f"{path} is nested too deep to be compared"]
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        return [
            told
            for key in before
            if key in now
            for told in _compare(f"{path}.{key}".lstrip("."), before[key], now[key], share, depth + 1)
        ]
    if isinstance(before, list | tuple) and isinstance(now, list | tuple):
        if len(before) != len(now):
            return [f"{path} had {len(before)} parts and has {len(now)}"]
        pairs = enumerate(zip(before, now, strict=True))
        return [t for i, (a, b) in pairs for t in _compare(f"{path}[{i}]", a, b, share, depth + 1)]
    return _one(path, before, now, share)


def _one(path: str, before: Any, now: Any, share: Decimal) -> list[str]:
    if before == now or (_is_moment(before) and _is_moment(now)):
        return []
    was, is_now = _number(before), _number(now)
    if was is None or is_now is None:
        return [f"{path} was {_cut(before)} and is {_cut(now)}"]
    moved = abs(is_now - was)
    if moved <= abs(was) * share:
        return []
    part = f", {moved / abs(was) * 100:.1f} % away" if was else ""
    return [f"{path} was {was} and is {is_now}{part}"]


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _is_moment(value: Any) -> bool:
    if isinstance(value, datetime):
        return True
    if not isinstance(value, str) or len(value) < len("2026-01-01T00:00"):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _cut(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004 - what fits in a sentence
