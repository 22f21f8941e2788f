"""Durations and fractions as people write them in files: `1h30m`, `75%`."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,3})?(?:ms|[smhdw]))+")
_PART = re.compile(r"([0-9.]+)(ms|[smhdw])")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?) ?%")
_LONGEST = timedelta(days=3650)


def parse_duration(text: str) -> timedelta:
    """The duration that `text` writes with the units ms, s, m, h, d, w: `90s`, `1h30m`, `2d`.

    Raises:
        ValueError: if it is no duration, or longer than ten years.
    """
    cleaned = text.replace(" ", "").lower()
    if not _DURATION.fullmatch(cleaned):
        raise ValueError(text)
    duration = sum(
        (timedelta(**{_UNITS[unit]: float(number)}) for number, unit in _PART.findall(cleaned)), timedelta()
    )
    if duration > _LONGEST:
        raise ValueError(text)
    return duration


_SPOKEN = re.compile(r"([0-9])\s*(seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?)\b", re.IGNORECASE)


def spoken_duration(text: str) -> timedelta:
    """The same as people say how long from now: also `in 30 minutes`, `+2 hours`.

    Raises:
        ValueError: if it is no duration.
    """
    said = text.strip().lower().removeprefix("in ").removeprefix("+").strip()
    return parse_duration(_SPOKEN.sub(lambda found: found[1] + found[2][0], said))


def span(duration: timedelta) -> str:
    """A duration as `parse_duration` reads it, to the second: `1d2h`, `10h48m`, `0m`."""
    seconds = round(duration.total_seconds())
    parts = []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")):
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(f"{number}{unit}")
    return "".join(parts) or "0m"


def _duration(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    try:
        # Nothing is nothing in any unit.
        return timedelta() if str(value).strip() == "0" else parse_duration(str(value))
    except (ValueError, OverflowError):
        what = f"`{str(value)[:40]}` is not a duration."
        mend = "Write a number and a unit (ms, s, m, h, d, w), as in 90s, 15m, 1h30m."
        raise PydanticCustomError("wrong", "{what}", {"what": what, "mend": mend}) from None


def _fraction(value: Any) -> Any:
    match = _PERCENT.fullmatch(str(value).strip())
    fraction = float(match.group(1)) / 100 if match else value
    if isinstance(fraction, int | float) and not isinstance(fraction, bool) and 0 < fraction <= 1:
        return float(fraction)
    what = f"`{str(value)[:40]}` is not a part of a whole."
    raise PydanticCustomError(
        "wrong", "{what}", {"what": what, "mend": "Write it as 75% or 0.75; 100% is the most."}
    )


# What programs are told: somewhat less than is read, so that whatever fits is within ten years.
_PARTS = "[0-9]{1,7}(ms|s)|[0-9]{1,6}m|[0-9]{1,4}h|[0-9]{1,3}d|[0-9]{1,2}w"
_WRITTEN = {"type": "string", "pattern": f"^(0|({_PARTS}){{1,3}})$", "examples": ["90s", "1h30m"]}

Duration = Annotated[timedelta, BeforeValidator(_duration), WithJsonSchema(_WRITTEN)]
"""A field that takes `15m` and holds a timedelta."""

Fraction = Annotated[float, BeforeValidator(_fraction)]
"""A field that takes `75%` or `0.75` and holds a number above 0 and up to 1."""
