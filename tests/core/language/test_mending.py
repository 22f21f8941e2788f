"""Words that put another value in the place of one that was taken."""

import pytest

from core.language.leaning.mending import Mend, mended


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("INC-2", "INC-2"),
        ("INC-2 please", "INC-2"),
        ("no, INC-2", "INC-2"),
        ("I meant INC-2", "INC-2"),
        ("not INC-1 but INC-2", "INC-2"),
        ("INC-2, not INC-1", "INC-2"),
        ("INC-2 instead of INC-1", "INC-2"),
        ("not in prod, in staging", "staging"),
        ("yes, but in staging", "staging"),
        ("sorry, it should be bo", "bo"),
        ("make it 2 hours", "2 hours"),
        ("no, payments in staging", "payments staging"),
    ],
)
def test_a_correction_says_what_is_meant_instead(text: str, value: str) -> None:
    found = mended(text)
    assert found is not None
    assert value == found.value


@pytest.mark.parametrize("text", ["the other one", "no, the other one", "I meant the other incident"])
def test_of_two_the_other_one_may_be_meant(text: str) -> None:
    assert Mend(is_other=True, corrects=True) == mended(text)


@pytest.mark.parametrize("text", ["wrong one", "not that one", "not INC-1", "that's not what I meant"])
def test_words_may_only_refuse(text: str) -> None:
    assert Mend(corrects=True) == mended(text)


@pytest.mark.parametrize(
    "text", ["INC-2?", "sorry", "actually", "instead", "", "what about the other one?", "x " * 60]
)
def test_what_asks_or_says_nothing_or_much_corrects_nothing(text: str) -> None:
    assert mended(text) is None
