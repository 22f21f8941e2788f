"""Foreign values as numbers, moments and names: what cannot be read is told by its path, and never guessed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

MISSING = "is missing"
# Enough for any price, quantity or fund, and too little to make a number that takes long to write out.
_LONGEST = 64
_LARGEST = 18
_BEYOND = 10**_LARGEST
_NUMBERS = frozenset({str, int, float, Decimal})
_SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9.:/^=+_-]{0,31}")


@dataclass
class Reading:
    """One part of a subject while it is read; `troubles` gathers what is wrong, by path.

    A value that is wrong reads as None, like one that is missing.
    """

    part: str
    data: Mapping[str, Any]
    troubles: dict[str, str] = field(default_factory=dict)

    def below(self, name: str) -> "Reading":
        """The part within this one; empty where there is none."""
        value = self.data.get(name)
        if value is not None and not isinstance(value, Mapping):
            self.trouble(name, "is no mapping")
        return Reading(self.path(name), value if isinstance(value, Mapping) else {}, self.troubles)

    def items(self, name: str) -> Iterator["Reading"]:
        """The mappings in a list."""
        value = self.data.get(name)
        if value is None:
            self.trouble(name, MISSING)
            return
        if not isinstance(value, list | tuple):
            self.trouble(name, "is no list")
            return
        path = self.path(name)
        for number, item in enumerate(value):
            if isinstance(item, Mapping):
                yield Reading(f"{path}[{number}]", item, self.troubles)
            else:
                self.trouble(f"{name}[{number}]", "is no mapping")

    def number(self, name: str, least: Decimal | None = None, most: Decimal | None = None) -> Decimal | None:
        """A finite number from `least` to `most`."""
        value = self.data.get(name)
        if value is None:
            self.trouble(name, MISSING)
            return None
        number = decimal(value)
        if number is None:
            self.trouble(name, "is no number")
        elif (least is not None and number < least) or (most is not None and number > most):
            self.trouble(name, f"is {number}, which cannot be")
            return None
        return number

    def positive(self, name: str) -> Decimal | None:
        """A number above zero."""
        number = self.number(name)
        if number is not None and number <= 0:
            self.trouble(name, f"is {number}, and must be above 0")
            return None
        return number

    def moment(self, name: str) -> datetime | None:
        """A moment with a zone."""
        value = self.data.get(name)
        if value is None:
            self.trouble(name, MISSING)
            return None
        try:
            at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except (TypeError, ValueError):
            self.trouble(name, "is no moment")
            return None
        if at.tzinfo is None:
            self.trouble(name, "is a moment without a zone")
            return None
        return at

    def truth(self, name: str) -> bool | None:
        """True or false, and nothing that merely looks like it."""
        value = self.data.get(name)
        if value is None or isinstance(value, bool):
            if value is None:
                self.trouble(name, MISSING)
            return value
        self.trouble(name, "is neither true nor false")
        return None

    def name(self, name: str) -> str:
        """The id of something, without blanks around it and in small letters; empty where there is none."""
        value = self.data.get(name)
        if value is None or value == "":
            self.trouble(name, MISSING)
            return ""
        known = _as_name(value) if isinstance(value, str) and len(value) <= _LONGEST else ""
        if not known:
            self.trouble(name, "is no name")
        return known

    def symbol(self, name: str = "symbol") -> str:
        """A symbol, a currency or the like, in capitals; empty where there is none."""
        value = self.data.get(name)
        if value is None or value == "":
            self.trouble(name, MISSING)
            return ""
        symbol = _as_symbol(value) if isinstance(value, str) and len(value) <= _LONGEST else ""
        if not symbol:
            self.trouble(name, "is no symbol")
            return ""
        return symbol

    def symbols(self) -> Iterator[str]:
        """The keys, where they are symbols in capitals."""
        for key in self.data:
            if isinstance(key, str) and len(key) <= _LONGEST and key == _as_symbol(key):
                yield key
            else:
                self.troubles[self.part] = "has a key that is no symbol in capitals"

    def whole(self, name: str) -> bool:
        """Whether everything at and below this name could be read."""
        path = self.path(name)
        return not any(trouble.startswith(path) for trouble in self.troubles)

    def trouble(self, name: str, why: str) -> None:
        """Note what is wrong with one value."""
        self.troubles[self.path(name)] = why

    def path(self, name: str) -> str:
        """Where the value stands in the subject."""
        return f"{self.part}.{name}" if self.part else name


def decimal(value: Any) -> Decimal | None:
    """A number of at most eighteen digits before the point; None if it is no number, or not finite."""
    kind = type(value)
    if (
        kind not in _NUMBERS
        or (kind is str and len(value) > _LONGEST)
        or (kind is int and not -_BEYOND < value < _BEYOND)
    ):
        return None
    try:
        number = Decimal(repr(value) if kind is float else value)
    except ArithmeticError:
        return None
    if number.is_finite() and -_LARGEST <= number.adjusted() < _LARGEST:
        return number
    # A zero may have an exponent that would take long to write out.
    return Decimal(0) if number.is_finite() and not number else None


@lru_cache(maxsize=4_096)
def _as_name(text: str) -> str:
    return text.strip().casefold()


@lru_cache(maxsize=4_096)
def _as_symbol(text: str) -> str:
    symbol = text.strip().upper()
    # Other letters than these look like others: what is forbidden would pass under a name of its own.
    return symbol if _SYMBOL.fullmatch(symbol) else ""
