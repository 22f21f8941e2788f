import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.language import times
from tests.core.language.scoring import NOW, right_time, rows
from tests.house import ROOT

_WORDS = [
    "last",
    "past",
    "next",
    "this",
    "the",
    "a",
    "an",
    "two",
    "three",
    "5",
    "14",
    "14:30",
    "9am",
    "pm",
    "hour",
    "hours",
    "days",
    "week",
    "month",
    "year",
    "quarter",
    "monday",
    "friday",
    "march",
    "may",
    "2026",
    "2026-03-14",
    "3/14",
    "14.3.",
    "since",
    "until",
    "between",
    "and",
    "to",
    "-",
    "from",
    "at",
    "on",
    "in",
    "of",
    "for",
    "ago",
    "before",
    "after",
    "around",
    "yesterday",
    "today",
    "tomorrow",
    "morning",
    "night",
    "noon",
    "half",
    "first",
    "end",
    "early",
    "q1",
    "weekend",
    "christmas",
    "utc",
    "cet",
    "+02:00",
    "hundred",
    ",",
    ".",
    "late",
    "second",
    "99999999999",
    "0",
    "week",
    "53",
    "30",
    "31",
    "february",
]
_ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Mars/Base",
]
_MOMENTS = st.integers(-15_000_000, 15_000_000).map(lambda minutes: NOW + timedelta(minutes=minutes))


_SENTENCES = (
    "Show me the error logs of checkout {}.",
    "{}: latency of search",
    "what happened to payments {} in staging?",
    "memory ({}) of user-db",
)


def _one(text: str, *, zone: str = "UTC", now: datetime = NOW, forward: bool = False) -> tuple[str, str]:
    (found,) = times.find(text, now=now, zone=zone, forward=forward)
    return found.start.strftime("%m-%d %H:%M"), found.end.strftime("%m-%d %H:%M")


def test_times_are_understood_as_people_write_them() -> None:
    wrong = [row["text"] for row in rows("times") if not right_time(row)]
    assert len(wrong) <= 0.02 * len(rows("times")), wrong


def test_times_that_nobody_tuned_on_are_understood() -> None:
    held_out = rows("times_held_out")
    wrong = [row["text"] for row in held_out if not right_time(row)]
    assert len(held_out) >= 400
    assert len(wrong) <= 0.08 * len(held_out), wrong


@pytest.mark.parametrize("sentence", _SENTENCES)
def test_times_are_found_wherever_they_stand_in_a_sentence(sentence: str) -> None:
    known = [row for row in rows("times") if not row.get("none") and not row.get("forward")]
    wrong = [row["text"] for row in known if not right_time({**row, "text": sentence.format(row["text"])})]
    assert len(wrong) <= 0.02 * len(known), wrong


def test_the_examples_of_the_documents_are_understood() -> None:
    page = (ROOT / "docs" / "how-to" / "times.md").read_text()
    said = [
        words
        for line in page.splitlines()
        if line.startswith("| `")
        for words in re.findall(r"`([^`]+)`", line)
    ]
    assert len(said) > 50
    assert [] == [words for words in said if len(times.find(f"errors on {words}", now=NOW)) != 1]


def test_days_are_those_of_whoever_speaks() -> None:
    late = datetime(2026, 3, 18, 23, 30, tzinfo=UTC)  # half past midnight of the 19th in Berlin
    assert _one("yesterday", now=late, zone="Europe/Berlin") == ("03-17 23:00", "03-18 23:00")
    assert _one("since 9am", zone="America/New_York") == ("03-18 13:00", "03-18 14:30")


def test_a_day_has_23_or_25_hours_when_clocks_change() -> None:
    spring = datetime(2026, 3, 30, 12, tzinfo=UTC)
    assert _one("yesterday", now=spring, zone="Europe/Berlin") == ("03-28 23:00", "03-29 22:00")
    autumn = datetime(2026, 10, 26, 12, tzinfo=UTC)
    assert _one("yesterday", now=autumn, zone="Europe/Berlin") == ("10-24 22:00", "10-25 23:00")


def test_rolling_hours_do_not_care_about_clocks() -> None:
    spring = datetime(2026, 3, 29, 3, tzinfo=UTC)
    assert _one("last 4 hours", now=spring, zone="Europe/Berlin") == ("03-28 23:00", "03-29 03:00")


def test_an_hour_that_is_skipped_is_the_one_after_it() -> None:
    spring = datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert _one("at 02:30", now=spring, zone="Europe/Berlin") == ("03-29 01:30", "03-29 01:30")


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    autumn = datetime(2026, 10, 25, 12, tzinfo=UTC)
    assert _one("at 02:30", now=autumn, zone="Europe/Berlin") == ("10-25 00:30", "10-25 00:30")


def test_a_clock_time_is_the_latest_in_a_question_and_the_next_in_a_command() -> None:
    assert _one("at 18:00") == ("03-17 18:00", "03-17 18:00")
    assert _one("at 18:00", forward=True) == ("03-18 18:00", "03-18 18:00")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("errors since the last deploy", ("03-18 11:00", "03-18 14:30")),
        ("since the deployment finished", ("03-18 11:12", "03-18 14:30")),
        ("during the outage", ("03-17 22:00", "03-18 01:00")),
        ("before the incident began", ("03-17 00:00", "03-17 22:00")),
        ("since INC-104 was resolved", ("03-16 10:00", "03-18 14:30")),
    ],
)
def test_what_happened_stands_for_its_time(text: str, wanted: tuple[str, str]) -> None:
    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 3, day, hour, minute, tzinfo=UTC)

    facts = {
        "deploy": (at(18, 11), at(18, 11, 12)),
        "incident": (at(17, 22), at(18, 1)),
        "INC-104": (at(16, 9), at(16, 10)),
    }
    (found,) = times.find(text, now=NOW, facts=facts)
    assert (found.start.strftime("%m-%d %H:%M"), found.end.strftime("%m-%d %H:%M")) == wanted


def test_what_nobody_knows_of_has_no_time() -> None:
    assert times.find("errors since the last deploy", now=NOW) == ()


def test_the_words_are_those_of_the_text() -> None:
    text = "Latency of checkout since 9am, please"
    (found,) = times.find(text, now=NOW)
    assert "since 9am" == found.text == text[found.begin : found.finish]


@given(
    st.lists(st.sampled_from(_WORDS), max_size=12).map(" ".join),
    _MOMENTS,
    st.sampled_from(_ZONES),
    st.booleans(),
)
def test_times_never_end_before_they_begin(text: str, now: datetime, zone: str, forward: bool) -> None:
    found = times.find(text, now=now, zone=zone, forward=forward)
    assert all(one.start <= one.end for one in found)
    assert all(one.text == text[one.begin : one.finish] for one in found)
    assert all(one.finish <= other.begin for one, other in pairwise(found))


@given(st.text(max_size=200))
def test_any_text_can_be_looked_through(text: str) -> None:
    assert all(one.start <= one.end for one in times.find(text, now=NOW))


@pytest.mark.parametrize(
    "piece",
    [
        "9",
        "1:",
        "last ",
        "a hundred ",
        "1 to ",
        "early late ",
        "the 3rd of ",
        "2 hours and ",
        "12/",
        "since ",
        "-",
        "first 2 ",
        "from 9999-01-01 to monday ",
        "500 business days ago ",
        "from 0001-01-01 to march 3 ",
        "half ",
    ],
)
def test_hostile_text_takes_no_longer(piece: str) -> None:
    began = process_time()
    times.find(piece * (10_000 // len(piece)), now=NOW)
    assert process_time() - began < 1


@given(st.integers(1, 5000), st.sampled_from(["minutes", "hours", "days"]))
def test_the_last_of_something_ends_now_and_lasts_so_long(count: int, unit: str) -> None:
    (found,) = times.find(f"in the last {count} {unit}", now=NOW)
    assert (timedelta(**{unit: count}), NOW) == (found.end - found.start, found.end)
