"""What is frozen in a subject, as names and values for a card; an order has words of its own. Pure."""

from collections.abc import Mapping
from typing import Any

import orjson

from core.text import one_line
from handlers.cards import trade
from handlers.cards.card import Bold, Code, Line, Part, Table, line

_STEPS = 30


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
    """What is best looked at in rows: of an order its parts, of a run what exactly each step would do."""
    if trade.is_order(subject):
        return trade.tables(subject)
    steps = subject.get("steps")
    rows = (
        tuple(_step(one) for one in steps[:_STEPS] if isinstance(one, dict))
        if isinstance(steps, list)
        else ()
    )
    return [Table(head=("Step", "What", ""), rows=rows)] if rows else []


def _step(step: Mapping[str, Any]) -> tuple[Line, ...]:
    told = step.get("with")
    given: Mapping[str, Any] = told if isinstance(told, dict) else {}
    said = given.get("argv") or given.get("url") or given.get("text") or given or step.get("reason") or ""
    words = " ".join(map(str, said)) if isinstance(said, list) else said
    text = words if isinstance(words, str) else orjson.dumps(words, default=str).decode()
    does = str(step.get("action") or step.get("runbook") or step.get("kind") or "")
    name = one_line(str(step.get("name") or step.get("id") or ""), 60)
    what = (
        line(f"{one_line(does, 60)} ", Code(text=one_line(text, 160))) if text else line(one_line(does, 60))
    )
    return line(Bold(text=name)), what, line("changes things" if step.get("destructive") else "")


def shown(value: Any) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
