"""Conditions are bounded before they run and closed when they fail."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cel import compile as condition
from core.errors import Invalid

NAMES = frozenset({"subject", "params", "l"})


def test_a_condition_over_nested_values_holds_or_does_not() -> None:
    program = condition('subject.environment == "production" && subject.destructive', NAMES)
    assert program.holds({"subject": {"environment": "production", "destructive": True}}) is True
    assert program.holds({"subject": {"environment": "staging", "destructive": True}}) is False


def test_paths_are_known_before_anything_runs_and_strings_and_walked_names_are_not_paths() -> None:
    program = condition("subject.a.b > 1 && l.exists(x, x.y == 'params.z')", NAMES)
    assert program.paths == (("subject", "a", "b"), ("l", "exists"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("subjet.x > 1", "did you mean subject"),
        ("size(", "no CEL expression: it ends too early, at character 6"),
        ("subject.x >>> 1", "“>” is not expected at character 12$"),
        ("subject.x = 1", "“=” is not expected at character 11; to compare, write ==$"),
        ("subject.x > 10_000", "“_000” is not expected at character 15$"),
        ("launch(1)", "no function “launch”"),
        ("l.exists(a, l.exists(b, l.exists(c, true)))", "at most 2 walks"),
        ("(" * 40 + "1" + ")" * 40, "nested more than 30"),
        ("1 + " * 1_000 + "1", "2,000 is the most"),
    ],
)
def test_a_text_that_cannot_be_trusted_is_refused_when_it_is_loaded(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        condition(text, NAMES)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("params.x > 1", {"params": {}}),
        ("params.x > 1", {}),
        ("params.x > 1", {"params": {"x": "many"}}),
        ("params.x > 1.0", {"params": {"x": float("nan")}}),
        ("params.x > 1.0", {"params": {"x": Decimal("Infinity")}}),
        ("params.x > 1", {"params": {"x": 2**70}}),
        ("l.exists(x, x > 1)", {"l": list(range(501))}),
        ("l.exists(x, true)", {"l": object()}),
        ("params.x / 0 > 1", {"params": {"x": 1}}),
        ("params.x", {"params": {"x": 1}}),
    ],
)
def test_whatever_goes_wrong_is_an_error_and_never_an_answer(text: str, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        condition(text, NAMES).holds(values)


def test_whole_and_broken_numbers_compare() -> None:
    assert condition("params.x <= params.y", NAMES).holds({"params": {"x": 4.5, "y": 5}})
    assert condition("params.x == 2", NAMES).holds({"params": {"x": Decimal("2.0")}})


@given(st.text(max_size=200))
def test_no_text_breaks_the_compiler(text: str) -> None:
    with suppress(ValueError):
        condition(text, NAMES)
