"""What is picked from a list by its place alone."""

import pytest

from core.language.leaning.choosing import is_place, picked


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("the second", "staging"),
        ("second please", "staging"),
        ("I mean the 2nd one", "staging"),
        ("number two", "staging"),
        ("2", "staging"),
        ("the last", "dev"),
        ("the fourth", ""),
        ("staging", ""),
        ("the second run failed", ""),
        ("wait a second", ""),
        ("", ""),
    ],
)
def test_words_that_say_nothing_but_a_place_pick_what_stands_there(words: str, what: str) -> None:
    assert what == picked(words, ("production", "staging", "dev"))


def test_a_value_that_is_offered_is_no_place() -> None:
    assert picked("2", ("1", "2", "3")) == ""
    assert is_place("the second")
    assert not is_place("since the second of march")
