"""What is frozen in a subject, as names and values for a card; an order has words of its own. Pure."""

from collections.abc import Mapping
from typing import Any

from handlers.cards import trade
from handlers.cards.card import Part


def values(subject: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Each name and value once, flat, the most important first where that is known."""
    if trade.is_order(subject):
        return trade.facts(subject)
    flat: dict[tuple[str, str], Any] = {}
    for name, value in subject.items():
        inner = value.items() if isinstance(value, dict) else [(name, value)]
        for key, each in inner:
            if each not in (None, "") and not isinstance(each, dict | list):
                flat[key.replace("_", " ").capitalize(), shown(each)] = each
    return [(name, value) for (name, _), value in flat.items()]


def tables(subject: Mapping[str, Any]) -> list[Part]:
    """What is best looked at in rows."""
    return trade.tables(subject) if trade.is_order(subject) else []


def shown(value: Any) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
