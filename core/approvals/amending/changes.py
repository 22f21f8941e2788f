"""What differs between two subjects, which of it people may change, and how they write a value. Pure.

A path names a value: `quantity`, or `params.version` for one inside another. Only single values have a path that can
be listed, so that nobody changes a list or a whole part by a word.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from core.approvals.change import Change
from core.errors import Invalid
from core.text import clean, one_line

LONGEST = 500
_LARGEST = 2**53
_YES, _NO = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})


def merged(subject: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """The subject with what `patch` replaces (RFC 7396): parts are merged, and null takes a value away."""
    made = dict(subject)
    for name, value in patch.items():
        if value is None:
            made.pop(name, None)
        elif isinstance(value, Mapping):
            before = made.get(name)
            made[name] = merged(before if isinstance(before, Mapping) else {}, value)
        else:
            made[name] = value
    return made


def placed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by their paths as a patch: `{"params.version": "2"}` becomes `{"params": {"version": "2"}}`."""
    patch: dict[str, Any] = {}
    for path, value in values.items():
        *outer, last = path.split(".")
        at = patch
        for part in outer:
            at = at.setdefault(part, {})
        at[last] = value
    return patch


def differences(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """Every value that differs, by its path; what is not single differs as a whole."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            # A name with a dot in it is no path, and so it is on nobody's list.
            inner = f"{path}.{name}".lstrip(".") if "." not in name else f"{path}[{name}]"
            yield from differences(before.get(name), after.get(name), inner)
    elif type(before) is not type(after) or before != after:
        yield Change(path=path, before=before, after=after)


def values_at(subject: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """The single values that these paths name, in their order; what is none is left out."""
    found: dict[str, Any] = {}
    for path in paths:
        value: Any = subject
        for part in path.split("."):
            value = value[part] if isinstance(value, Mapping) and part in value else ...
        if value is None or isinstance(value, str | int | float | bool):
            found[path] = value
    return found


def refuse_unlisted(changes: Iterable[Change], changeable: Iterable[str]) -> None:
    """Check that only what may be changed was, each into a value of its kind.

    Raises:
        Invalid: something else was changed; says what may be.
    """
    listed = list(changeable)
    mend = f"What may be changed: {', '.join(listed)}." if listed else "Nothing in it may be changed."
    for change in changes:
        if change.path not in listed:
            raise Invalid(f"{one_line(change.path, 80)} may not be changed.", mend)
        _check(change)


def parse(path: str, before: Any, text: str) -> Any:
    """A value as somebody wrote it, of the kind that it was before.

    Raises:
        Invalid: it is no such value.
    """
    text = clean(text)
    if isinstance(before, bool):
        if text.casefold() in _YES | _NO:
            return text.casefold() in _YES
        raise Invalid(f"{path} is true or false, and “{one_line(text, 40)}” is neither.")
    if isinstance(before, int | float):
        return _number(path, before, text)
    return text


def _number(path: str, before: float, text: str) -> float:
    bare = text.replace(",", "").replace("_", "")
    for kind in (int, float):
        try:
            number: float = kind(bare)
        except ValueError:
            continue
        # A price of 41.0 stays such a number, so that writing it again changes nothing.
        return float(number) if isinstance(before, float) else number
    raise Invalid(f"{path} is a number, and “{one_line(text, 40)}” is none.")


def _check(change: Change) -> None:
    before, after = change.before, change.after
    fits = before is None or _kind(before) == _kind(after)
    if not fits or not isinstance(after, str | int | float | bool):
        raise Invalid(f"{change.path} was {_kind(before)}, and the new value is {_kind(after)}.")
    if isinstance(after, str) and len(after) > LONGEST:
        raise Invalid(f"{change.path} would have {len(after):,} characters.", f"{LONGEST} are the most.")
    if isinstance(after, int | float) and not (math.isfinite(after) and abs(after) <= _LARGEST):
        raise Invalid(f"{change.path} is too large a number.")


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case None:
            return "nothing"
        case _:
            return "several values"
