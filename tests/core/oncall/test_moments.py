from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.oncall.moments import moment, span

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday, 13:00 in Berlin
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "2026-03-04T12:00"),
        ("18:00", "2026-03-04T17:00"),
        ("09:00", "2026-03-05T08:00"),
        ("tomorrow", "2026-03-05T08:00"),
        ("Saturday 10:30", "2026-03-07T09:30"),
        ("mon 09:00", "2026-03-09T08:00"),
        ("2026-07-01T09:00", "2026-07-01T07:00"),
        ("2026-07-01T09:00Z", "2026-07-01T09:00"),
    ],
)
def test_moments_are_read_as_people_type_them(text: str, expected: str) -> None:
    assert datetime.fromisoformat(expected).replace(tzinfo=UTC) == moment(text, NOW, BERLIN)


@pytest.mark.parametrize(
    ("text", "begins", "hours"),
    [
        ("8h", "2026-03-04T12:00", 8),
        ("18:00/22:00", "2026-03-04T17:00", 4),
        ("fri 22:00/06:00", "2026-03-06T21:00", 8),
    ],
)
def test_spans_are_from_now_or_from_a_moment_on(text: str, begins: str, hours: int) -> None:
    start = datetime.fromisoformat(begins).replace(tzinfo=UTC)
    assert (start, start + timedelta(hours=hours)) == span(text, NOW, BERLIN)


@pytest.mark.parametrize(
    "text", ["soon", "25:00", "sat 9", "8", "0h", "2026-13-01", "9999-12-31T23:00", "1w/8d/9d"]
)
def test_what_is_no_span_is_refused_in_words(text: str) -> None:
    with pytest.raises(Invalid):
        span(text, NOW, BERLIN)


@given(st.text(max_size=30))
def test_reading_never_fails_in_another_way(text: str) -> None:
    for read in (moment, span):
        try:
            read(text, NOW, BERLIN)
        except Invalid:
            continue
