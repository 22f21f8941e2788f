"""A trade with what the book says in place of what its agent says, and where the two differ. Pure.

Source: rule 17: a snapshot that is a whole of its own, with the moment of each of its parts or the word that it is missing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.trading.reading import decimal

PARTS = ("market", "statistics", "agent", "portfolio", "activity")
OURS = ("risk", "book", "told")
"""What is written here and by nobody else: an agent that sends it is not heard."""
_MOST_TOLD = 50
# Who asks is known by the token, and moments differ by nature.
_LEFT_OUT = frozenset({"agent.id", "agent.owner"})


def stripped(told: Mapping[str, Any]) -> dict[str, Any]:
    """What the agent tells, without what is not its to tell."""
    return {name: value for name, value in told.items() if name not in OURS}


def completed(told: Mapping[str, Any], parts: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The subject with the book's `parts`, and `told`: what the agent says otherwise."""
    own = {name: value for name, value in stripped(told).items() if name not in PARTS}
    parts = {**parts, "market": _in_session(parts.get("market") or {}, now)}
    return {**own, **parts, "book": {"answered": True}, "told": list(_differences(told, parts))[:_MOST_TOLD]}


def unanswered(told: Mapping[str, Any], why: str) -> dict[str, Any]:
    """The subject where the book does not answer: what the agent says does not stand in for it."""
    own = {name: value for name, value in stripped(told).items() if name not in PARTS}
    return {**own, "book": {"answered": False, "why": why[:300]}}


def _in_session(market: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The market with the session of its calendar that is now, or else the next; without the calendar."""
    found = {name: value for name, value in market.items() if name != "calendar"}
    calendar = market.get("calendar")
    if isinstance(calendar, Sequence) and not isinstance(calendar, str):
        session = _session(calendar, now)
        if session is not None:
            found["session"] = session
    return found


def _session(calendar: Sequence[Any], now: datetime) -> dict[str, str] | None:
    known = []
    for row in calendar:
        opens, closes = (
            (_moment(row.get(name)) for name in ("opens", "closes"))
            if isinstance(row, Mapping)
            else (None, None)
        )
        if opens is not None and closes is not None and closes > now:
            known.append((opens, closes))
    if not known:
        return None
    opens, closes = min(known)
    return {"opens": opens.isoformat(), "closes": closes.isoformat()}


def _moment(value: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo is not None else None


def _differences(told: Mapping[str, Any], parts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for part in PARTS:
        said, known = told.get(part), parts.get(part)
        if isinstance(said, Mapping) and isinstance(known, Mapping):
            yield from _differing(part, said, known)


def _differing(at: str, said: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name in said:
        path, one = f"{at}.{name}"[:80], said[name]
        if path in _LEFT_OUT or name in ("as_of", "since", "session", "calendar", "orders"):
            continue
        other = known.get(name)
        if name == "positions":
            yield from _differing(path, _by_symbol(one), _by_symbol(other))
        elif isinstance(one, Mapping):
            yield from _differing(path, one, other if isinstance(other, Mapping) else {})
        elif one is not None and not _same(one, other):
            yield {"path": path, "told": _cut(one), "known": _cut(other)}


def _by_symbol(rows: Any) -> dict[str, Any]:
    if not isinstance(rows, Iterable) or isinstance(rows, str | Mapping):
        return {}
    held = (row for row in rows if isinstance(row, Mapping))
    return {str(row.get("symbol"))[:32]: row.get("quantity") for row in held}


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    first, second = decimal(one), decimal(other)
    if first is not None and second is not None:
        return first == second
    if isinstance(one, str) and isinstance(other, str):
        return one.strip().casefold() == other.strip().casefold()
    return bool(one == other)


def _cut(value: Any) -> str | None:
    return None if value is None else str(value)[:80]
