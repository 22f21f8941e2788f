"""Which service or environment somebody means by a word."""

import re
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from core.errors import Invalid
from core.source import nearest, suggestion
from core.text import one_line

_SEPARATORS = re.compile(r"[\s_-]+")
_SHORT = {"database": "db"}


class Named(Protocol):
    """Something with a name and other names."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def aliases(self) -> tuple[str, ...]:
        """What else it is called."""
        ...


N = TypeVar("N", bound=Named)


def plain(word: str) -> str:
    """`word` as it is compared: `User DB`, `user_db` and `user-db` are one."""
    return _SEPARATORS.sub("-", word.strip().casefold())


def resolve(text: str, known: Mapping[str, N], kind: str = "name") -> N:
    """The one of `known` whose name or alias `text` is, whatever its case and separators.

    A near miss is never taken for the real thing, since what is done to a service cannot be taken back: it is
    offered instead, as `data["nearest"]`.

    Raises:
        Invalid: nobody has that name; says which is nearest.
    """
    wanted = plain(text)
    for thing in known.values():
        if wanted in _names(thing):
            return thing
    close = nearest_name(text, known.values())
    raise Invalid(
        f"I know no {kind} “{one_line(text, 60)}”.",
        suggestion(close or text, known).replace("`", "“", 1).replace("`", "”", 1),
        nearest=close,
    )


def nearest_name(text: str, things: Iterable[Named]) -> str | None:
    """The name of the one that is spelt most like `text`, by name or alias, if any is close; else of the only one it is a part of."""
    names = {alias: thing.name for thing in things for alias in (thing.name, *thing.aliases)}
    found = nearest(plain(text), names)
    if found:
        return names[found]
    said = _parts(text)
    having = {name for alias, name in names.items() if said and said <= _parts(alias)}
    return having.pop() if len(having) == 1 else None


def _parts(name: str) -> set[str]:
    """The words of a name, alike whether they are written in short: a database is a `db`."""
    return {_SHORT.get(part, part) for part in plain(name).split("-") if part}


def _names(thing: Named) -> set[str]:
    return {plain(name) for name in (thing.name, *thing.aliases)}
