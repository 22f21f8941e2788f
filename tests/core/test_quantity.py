import contextlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from core.quantity import Duration, Fraction, parse_duration


class Part(BaseModel):
    wait: Duration = timedelta()
    at: Fraction = 1.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1),
        ("15m", 900),
        ("12h", 43_200),
        ("1h30m", 5_400),
        ("2d", 172_800),
        ("500ms", 0.5),
        ("1.5 H", 5_400),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "15", "m", "-5m", "5 minutes", "9999999w", "1e3s", "５m"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_duration(text)
    with pytest.raises(ValidationError, match="is not a duration"):
        Part.model_validate({"wait": text})


@pytest.mark.parametrize(
    ("text", "value"), [("75%", 0.75), (0.5, 0.5), ("100%", 1), (1, 1), ("12.5%", 0.125)]
)
def test_fractions_are_percentages_or_numbers_up_to_one(text: object, value: float) -> None:
    assert Part.model_validate({"at": text}).at == value


@pytest.mark.parametrize("text", ["0%", "101%", 2, -1, "half", True, None, "0.75"])
def test_what_is_no_fraction_is_refused(text: object) -> None:
    with pytest.raises(ValidationError, match="part of a whole"):
        Part.model_validate({"at": text})


@given(st.text())
def test_any_text_is_a_duration_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert parse_duration(text) >= timedelta()
