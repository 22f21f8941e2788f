"""What a PromQL expression asks for, found without understanding all of it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.condition import Condition, parse

OPERATORS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
INNER = st.recursive(
    st.sampled_from(
        [
            "up",
            "1",
            'up{job="<>"}',
            'rate(x{a=~"1|2",b!="\\"("}[5m])',
            "x{le=`<`}",
            "(a < 1)",
            "sum by (a) (b or c)",
        ]
    ),
    lambda inner: (
        st.builds("{0}({1})".format, st.sampled_from(["sum", "max by (le) ", "abs"]), inner)
        | st.builds("{0} {1} {2}".format, inner, st.sampled_from(["+", "-", "*", "/"]), inner)
    ),
    max_leaves=5,
)


@given(INNER, OPERATORS, INNER)
def test_a_comparison_is_asked_with_bool_wherever_it_stands(left: str, operator: str, right: str) -> None:
    wanted = Condition(f"{left} {operator} bool {right}", left, f"{operator} {right}")
    assert wanted == parse(f"{left} {operator} {right}")
    assert wanted == parse(f"({left} {operator} {right})")
    assert wanted == parse(f"  {left} {operator} bool {right}\n")


@given(INNER)
def test_what_is_no_comparison_is_asked_as_it_stands(text: str) -> None:
    asked = parse(text)
    if text != "(a < 1)":
        assert Condition(text) == asked


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a < 1 and b > 2", "joined to something else"),
        ("a < b < c", "joined to something else"),
        ("up or a > 1", "joined to something else"),
        ("(a", "brackets"),
        ("a)", "brackets"),
        ("a)(", "brackets"),
        ('up{a="b}', "a quote is not closed"),
    ],
)
def test_what_cannot_be_judged_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse(text)


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("a == on(x) group_left b", "a == bool on(x) group_left b"),
        ("(a or vector(0)) < 1", "(a or vector(0)) < bool 1"),
        ("(a) < (b)", "(a) < bool (b)"),
        ("a # < 1", "a # < 1"),
        ("a and b", "a and b"),
        ("android < 1", "android < bool 1"),
    ],
)
def test_what_is_asked(text: str, ask: str) -> None:
    assert ask == parse(text).ask


@given(st.text(max_size=80))
def test_whatever_is_written_it_is_parsed_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert parse(text).ask.count("bool") <= text.count("bool") + 1
