"""Sentences from patterns: `(a|b)` one of them, `[a]` or nothing, `{S}` a slot, `\\{` the character itself."""

import random
from collections.abc import Callable

Fill = Callable[[str], str]
Node = Callable[[random.Random, Fill], str]


def parse(pattern: str) -> Node:
    """What makes a sentence of this pattern, another one each time."""
    node, rest = _choice(pattern, 0)
    if rest != len(pattern):
        raise ValueError(f"{pattern!r}: what is {pattern[rest:]!r} for?")
    return node


def _choice(text: str, at: int) -> tuple[Node, int]:
    ways = []
    while True:
        node, at = _sequence(text, at)
        ways.append(node)
        if at < len(text) and text[at] == "|":
            at += 1
            continue
        break
    return (ways[0] if len(ways) == 1 else lambda dice, fill: dice.choice(ways)(dice, fill)), at


def _sequence(text: str, at: int) -> tuple[Node, int]:
    parts: list[Node] = []
    while at < len(text) and text[at] not in "|)]":
        node, at = _part(text, at)
        parts.append(node)
    return (lambda dice, fill: "".join(part(dice, fill) for part in parts)), at


def _part(text: str, at: int) -> tuple[Node, int]:
    match text[at]:
        case "(" | "[" as opened:
            inner, end = _choice(text, at + 1)
            if end >= len(text):
                raise ValueError(f"{text!r}: {opened} is not closed")
            if opened == "(":
                return inner, end + 1
            return (lambda dice, fill: inner(dice, fill) if dice.random() < 0.5 else ""), end + 1
        case "{":
            end = text.index("}", at)
            name = text[at + 1 : end]
            return (lambda _dice, fill: fill(name)), end + 1
        case "\\":
            return (lambda _dice, _fill, said=text[at + 1]: said), at + 2
        case said:
            return (lambda _dice, _fill: said), at + 1
