"""Foreign values as numbers, moments and names: what cannot be read is told by its path, and never guessed."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

Row = TypeVar("Row")

MISSING = "is missing"
UNKNOWN = "UNKNOWN"
"""The sector of what has none."""

# Enough for any price, quantity or fund, and too little to make a number that takes long to write out.
_LONGEST = 64
_LARGEST = 18
_MOST_ROWS = 500
_BEYOND = 10**_LARGEST
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
        if isinstance(value, dict | Mapping):
            return Reading(self.path(name), value, self.troubles)
        if value is not None:
            self.trouble(name, "is no mapping")
        return Reading(self.path(name), {}, self.troubles)

    def rows(
        self,
        name: str,
        fields: tuple[str, ...],
        known: Callable[[tuple[str, ...]], Row | None],
        otherwise: Callable[["Reading"], Row],
    ) -> Iterator[Row]:
        """What the mappings in a list say.

        A row whose `fields` are all short texts is `known` by them alone; where that says None, and for every other
        row, `otherwise` reads it and tells its troubles.
        """
        value = self.data.get(name)
        if value is None:
            self.trouble(name, MISSING)
            return
        if not isinstance(value, list | tuple):
            self.trouble(name, "is no list")
            return
        path = self.path(name)
        if len(value) > _MOST_ROWS:
            self.trouble(name, f"has {len(value)} rows, and may have {_MOST_ROWS}")
        for number, item in enumerate(value[:_MOST_ROWS]):
            if not isinstance(item, dict | Mapping):
                self.trouble(f"{name}[{number}]", "is no mapping")
                continue
            texts = _texts(item, fields)
            yield (texts and known(texts)) or otherwise(Reading(f"{path}[{number}]", item, self.troubles))

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
        return self._word(name, _as_name, "is no name")

    def symbol(self, name: str = "symbol") -> str:
        """A symbol, a currency or the like, in capitals; empty where there is none."""
        return self._word(name, _as_symbol, "is no symbol")

    def sector(self) -> str:
        """The sector in capitals. One that is missing, or cannot be read, is the unknown one, with its own limit."""
        value = self.data.get("sector")
        return (_as_sector(value) if type(value) is str and len(value) <= _LONGEST else "") or UNKNOWN

    def _word(self, name: str, known: Callable[[str], str], otherwise: str) -> str:
        value = self.data.get(name)
        if type(value) is str and len(value) <= _LONGEST:
            word = known(value)
            if word:
                return word
        self.trouble(name, MISSING if value is None or value == "" else otherwise)
        return ""

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


def _texts(row: Mapping[str, Any], fields: tuple[str, ...]) -> tuple[str, ...] | None:
    """The values of these fields, if each is a text and together they are short."""
    values: tuple[Any, ...] = tuple(map(row.get, fields))
    try:
        length = len("".join(values))
    except TypeError:
        return None
    return values if length <= _LONGEST * len(fields) else None


def decimal(value: Any) -> Decimal | None:
    """A number of at most eighteen digits before the point; None if it is no number, or not finite."""
    kind = type(value)
    if kind is str:
        return _as_number(value) if len(value) <= _LONGEST else None
    if kind is float:
        return _as_number(repr(value))
    if kind is int:
        return Decimal(value) if -_BEYOND < value < _BEYOND else None
    return _bounded(value) if kind is Decimal else None


# The same rows of a book are read with every order; so are their numbers and names.
@lru_cache(maxsize=16_384)
def _as_number(text: str) -> Decimal | None:
    try:
        return _bounded(Decimal(text))
    except ArithmeticError:
        return None


def _bounded(number: Decimal) -> Decimal | None:
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


@lru_cache(maxsize=1_024)
def _as_sector(text: str) -> str:
    return text.strip().upper()
