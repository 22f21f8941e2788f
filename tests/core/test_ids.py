"""Ids that say when they were made."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import made_at, new_id


@given(st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001 - made UTC below
def test_a_row_id_says_when_it_was_made(at: datetime) -> None:
    at = at.replace(tzinfo=UTC)
    for key in (new_id(at), f"{new_id(at)}.7"):
        made = made_at(key)
        assert made is not None
        assert abs(made - at) < timedelta(milliseconds=2)


@pytest.mark.parametrize("key", ["", "local:1", "U" * 24, "é" * 24])
def test_another_key_says_nothing(key: str) -> None:
    assert made_at(key) is None
