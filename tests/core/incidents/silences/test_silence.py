from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.incidents.config import WindowConfig
from core.incidents.silences.silence import Matcher, Silence, end_of, parse, window_of
from tests.stores import START

LABELS = {"service": "checkout", "alertname": "HighErrors", "env": "prod"}


def silence(text: str) -> Silence:
    return Silence("SIL-1", parse(text)[0], START, START + timedelta(hours=1), "ana", "Ana")


@pytest.mark.parametrize(
    ("text", "covers"),
    [
        ("service=checkout", True),
        ("service=checkout alertname=High*", True),
        ("service=check", False),
        ("service=checkout env!=prod", False),
        ("service=checkout region!=eu", True),
        ('alertname="HighErrors"', True),
        ("alertname=[H]igh*", False),
        ("alertname=HighErro?s", False),
    ],
)
def test_every_label_that_is_named_has_to_fit(text: str, covers: bool) -> None:
    assert covers is silence(text).covers(LABELS)


def test_words_after_the_labels_are_the_reason() -> None:
    matchers, rest = parse('service="user db" env!=dev we move it = now')
    assert matchers == (Matcher("service", "user db"), Matcher("env", "dev", negated=True))
    assert rest == "we move it = now"
    assert [str(one) for one in matchers] == ['service="user db"', "env!=dev"]


@pytest.mark.parametrize("text", ["", "please", "service=*", "env!=prod", "a=** b=?"])
def test_nobody_silences_everything_by_mistake(text: str) -> None:
    with pytest.raises(Invalid):
        parse(text)


@given(st.text(max_size=200))
def test_whatever_is_typed_gives_matchers_or_is_refused(text: str) -> None:
    try:
        matchers, _ = parse(text)
    except Invalid:
        return
    assert 1 <= len(matchers) <= 10


def test_it_counts_from_its_beginning_to_its_end() -> None:
    one = silence("service=checkout")
    assert [False, True, False] == [
        one.is_active(START + timedelta(minutes=minutes)) for minutes in (-1, 0, 60)
    ]


def test_a_window_of_the_file_is_open_by_date_in_its_zone() -> None:
    window = WindowConfig.model_validate(
        {
            "name": "move",
            "match": 'labels.service == "checkout"',
            "from": "2026-03-02T10:00",
            "to": "2026-03-02T11:00",
        }
    )
    facts = {"labels": LABELS, "annotations": {}, "source": "grafana", "status": "firing"}
    ends = datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert window_of([window], "Europe/Berlin", START, facts) == ("window:move", ends)
    assert window_of([window], "UTC", START, facts) is None
    assert window_of([window], "Europe/Berlin", START, facts | {"labels": {}}) is None


def test_a_window_of_the_file_is_open_by_hours_of_the_week() -> None:
    hours = {"days": "mon", "from": "08:00", "to": "10:00"}
    window = WindowConfig.model_validate({"name": "weekly", "match": 'source == "grafana"', "hours": hours})
    assert end_of(window, "UTC", START) == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert end_of(window, "UTC", START + timedelta(days=1)) is None


@pytest.mark.parametrize(
    "times",
    [
        {},
        {"from": "2026-03-02T10:00"},
        {"from": "2026-03-02T10:00", "to": "2026-03-02T11:00", "hours": {"from": "08:00", "to": "10:00"}},
    ],
)
def test_a_window_has_either_dates_or_hours(times: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="either"):
        WindowConfig.model_validate({"name": "x", "match": "true", **times})
