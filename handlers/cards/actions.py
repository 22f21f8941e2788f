"""What steps of runbooks can do, as a card: each action with what it must be told, its nature and where it is from. Pure."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import product
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from core.runbooks.action import ActionSpec, Offer
from core.text import one_line
from handlers.cards.card import Bold, Card, Code, Line, Table, Text, line

_OURS = "Wardroom"
_MOST = 64
_WORDS = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    timedelta: "a duration",
    list: "a list",
    tuple: "a list",
    dict: "a mapping",
    Any: "anything",
}
_NATURES = {
    "idempotent": "done again",
    "at_most_once": "a person is asked",
    "resumable": "asked how far it is",
}


def listing(offers: Mapping[str, Offer]) -> Card:
    """Every action, one a row."""
    if not offers:
        words = "No action is known here."
        return Card(title="Actions", parts=(Text(line=line(words)),), summary=words)
    rows = tuple(_row(offers[name]) for name in sorted(offers))
    note = "After a crash in the middle of a step its nature says what happens; a step may say another with `nature`."
    undo = "What changes something is taken back by the `rollback` that its step names."
    return Card(
        title="Actions",
        parts=(
            Table(head=("Action", "With", "Nature", "Undo", "From"), rows=rows),
            Text(line=line(note, " ", undo), small=True),
        ),
        summary=f"{len(rows)} actions: {', '.join(sorted(offers))}.",
        hint="/runbook actions shell",
    )


def detail(offer: Offer) -> Card:
    """One action with everything that it can be told."""
    spec = offer.spec
    rows = tuple(
        (line(Code(text=name)), line(_kind(field)), line("required" if field.is_required() else _else(field)))
        for name, field in _fields(spec)
    )
    facts = line(Bold(text="Nature: "), _natures(spec), " · ", Bold(text="undo: "), _undo(spec))
    return Card(
        title=spec.name,
        parts=(
            Text(line=line(one_line(spec.args.__doc__ or "", 300))),
            Table(head=("With", "What", ""), rows=rows),
            Text(line=facts),
        ),
        footer=line(f"from {offer.origin or _OURS}"),
        summary=f"{spec.name}: {one_line(spec.args.__doc__ or '', 200)}",
        hint="/runbook actions",
    )


def _row(offer: Offer) -> tuple[Line, ...]:
    spec = offer.spec
    names = [f"{name}*" if field.is_required() else name for name, field in _fields(spec)]
    with_ = one_line(", ".join(names), 160)
    return (
        line(Bold(text=spec.name)),
        line(with_),
        line(_natures(spec)),
        line(_undo(spec)),
        line(offer.origin or _OURS),
    )


def _fields(spec: ActionSpec) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in spec.args.model_fields.items():
        yield field.alias or name, field


def _natures(spec: ActionSpec) -> str:
    found = dict.fromkeys(spec.nature(given) for given in _ways(spec))
    return ", or ".join(f"{nature} ({_NATURES[nature]})" for nature in found)


def _undo(spec: ActionSpec) -> str:
    found = {spec.changes(given) for given in _ways(spec)}
    if found == {False}:
        return "changes nothing"
    return "as its step says" if found == {True} else "as its step says, where it changes something"


def _ways(spec: ActionSpec) -> Iterator[dict[str, Any]]:
    """What it can be told where there is a choice of words: nature and changes may depend on it."""
    chosen = {
        name: get_args(field.annotation)
        for name, field in _fields(spec)
        if get_origin(field.annotation) is Literal
    }
    yield {}
    for number, values in enumerate(product(*chosen.values())):
        if number == _MOST:
            return
        yield dict(zip(chosen, values, strict=True))


def _kind(field: FieldInfo) -> str:
    annotation: Any = field.annotation
    if get_origin(annotation) is Literal:
        return f"one of {', '.join(word for word in map(str, get_args(annotation)) if word)}"
    kinds = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    named = (_WORDS.get(get_origin(kind) or kind, "text") for kind in kinds if kind is not NoneType)
    return " or ".join(dict.fromkeys(named))


def _else(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True, validated_data={})
    return f"else {default}" if default not in (None, "", (), [], {}) else ""
