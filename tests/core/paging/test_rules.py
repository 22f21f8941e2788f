"""Who is next and when, and by which ways: the pure rules."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hours import Hours
from core.paging import course
from core.paging.config import Attached, PagingConfig, plan_for, urgency_of, usual
from core.paging.page import Plan, Position, Step
from core.people.contact import (
    WAYS,
    Contact,
    Rung,
    Urgency,
    ladder,
    parse_quiet,
    parse_rungs,
    starts,
    written,
)
from core.people.team import Team

MINUTE = timedelta(minutes=1)
plans = st.builds(
    Plan,
    steps=st.lists(
        st.builds(Step, people=st.just(("ana",)), wait=st.timedeltas(MINUTE, 60 * MINUTE)),
        min_size=1,
        max_size=4,
    ).map(tuple),
    repeat=st.integers(0, 3),
    final=st.none() | st.just(Step(people=("eve",))),
)


@given(plans)
def test_every_step_comes_once_each_time_and_then_the_final_one(plan: Plan) -> None:
    at, seen = None, []
    while at is None or not course.is_final(plan, at):
        at = course.following(plan, at)
        seen.append((at.round, at.step))
    rounds = [(number, step) for number in range(plan.repeat + 1) for step in range(len(plan.steps))]
    assert [*rounds, (plan.repeat, len(plan.steps))] == seen


@given(plans, st.integers(0, 30))
def test_it_never_ends_by_itself_and_never_waits_without_end(plan: Plan, steps: int) -> None:
    at = course.following(plan, None)
    for _ in range(steps):
        before, at = at, course.following(plan, at)
        assert (before.round, before.step) < (at.round, at.step)
        assert timedelta(0) < course.patience(plan, at) <= 60 * MINUTE


def test_after_everybody_was_called_in_vain_it_waits_longer_and_begins_anew() -> None:
    plan = Plan(steps=(Step(people=("ana",)),), repeat=0, again=30 * MINUTE)
    final = course.following(plan, Position())
    assert course.is_final(plan, final)
    assert 30 * MINUTE == course.patience(plan, final)
    assert Position(round=1, step=0) == course.following(plan, final)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("slack, sms 2m, email 5m", "slack, sms 2m, email 5m"),
        ("SMS after 10m, mail, discord 1m30s", "email, discord 1m30s, sms 10m"),
    ],
)
def test_ways_are_read_as_people_say_them(text: str, expected: str) -> None:
    assert expected == written(parse_rungs(text))
    assert parse_rungs(text) == parse_rungs(expected)


@pytest.mark.parametrize(
    "text", ["", ",", "pigeon", "slack slack", "slack, slack", "sms 3w", "sms soon", "email -1m"]
)
def test_what_is_no_way_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_rungs(text)


@given(st.text(max_size=40))
def test_reading_never_fails_in_another_way(text: str) -> None:
    for read in (parse_rungs, parse_quiet):
        try:
            read(text)
        except ValueError:
            continue


rungs = st.lists(
    st.builds(Rung, way=st.sampled_from(WAYS), after=st.timedeltas(timedelta(0), 60 * MINUTE)), max_size=5
).map(tuple)


@given(rungs, st.sampled_from(Urgency), st.sets(st.sampled_from(WAYS)))
def test_whoever_can_be_reached_at_all_is_called(
    wanted: tuple[Rung, ...], urgency: Urgency, there: set[str]
) -> None:
    found = ladder(wanted, urgency, there)
    assert bool(there) == bool(found)
    assert {one.way for one in found} <= there


def test_quiet_hours_hold_back_what_can_wait_and_nothing_else() -> None:
    night, morning = datetime(2026, 3, 2, 2, tzinfo=UTC), datetime(2026, 3, 2, 6, tzinfo=UTC)
    quiet = Hours(opens=time(22), closes=time(7))
    assert night == starts(quiet, Urgency.HIGH, night, "Europe/Berlin")
    assert morning == starts(quiet, Urgency.LOW, night, "Europe/Berlin")
    assert morning == starts(quiet, Urgency.LOW, morning, "Europe/Berlin")


def test_what_one_says_oneself_goes_before_the_file() -> None:
    mine, file = (
        Contact(high=parse_rungs("sms")),
        Contact(high=parse_rungs("email"), low=parse_rungs("slack")),
    )
    assert Contact(high=parse_rungs("sms"), low=parse_rungs("slack")) == mine.over(file)


def test_an_escalation_is_looked_for_from_the_nearest_to_the_farthest() -> None:
    known = {
        name: Plan(name=name, steps=(Step(people=("ana",)),))
        for name in ("route", "grave", "own", "team", "all")
    }
    config = PagingConfig.model_validate({"severities": {"critical": "grave"}, "escalation": "all"})
    team = Team(name="platform", escalation="team", schedule="primary")

    def chosen(severity: int, attached: Attached) -> str:
        found = plan_for(config, known, severity, attached)
        return found.name if found else ""

    assert "route" == chosen(1, Attached("route", "own", team))
    assert "grave" == chosen(1, Attached("", "own", team))
    assert "own" == chosen(2, Attached("", "own", team))
    assert "team" == chosen(2, Attached("", "", team))
    bare = team.model_copy(update={"escalation": None})
    assert usual(bare) == plan_for(config, known, 2, Attached("", "", bare))
    assert "all" == chosen(2, Attached())


def test_the_grave_wakes_people_and_the_small_calls_nobody() -> None:
    config = PagingConfig.model_validate({"urgency": {"medium": "none"}})
    assert [Urgency.HIGH, Urgency.HIGH, None, None, None] == [
        urgency_of(config, grade) for grade in range(1, 6)
    ]
    assert Urgency.LOW is urgency_of(PagingConfig(), 3)


@pytest.mark.parametrize(
    ("before", "who", "to", "expected"),
    [
        ({}, "ana", "bo", {"ana": "bo"}),
        ({"ana": "bo"}, "bo", "eve", {"ana": "eve", "bo": "eve"}),
        ({"ana": "bo"}, "bo", "ana", {"bo": "ana"}),
        ({"ana": "bo"}, "eve", "bo", {"ana": "bo", "eve": "bo"}),
        ({"ana": "bo"}, "eve", "ana", {"eve": "ana"}),
    ],
)
def test_whoever_is_named_is_called_under_their_own_name(
    before: dict[str, str], who: str, to: str, expected: dict[str, str]
) -> None:
    assert expected == course.passed_on(before, who, to)


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")).filter(lambda one: one[0] != one[1]))
)
def test_nobody_is_called_in_a_place_that_was_passed_on_itself(named: list[tuple[str, str]]) -> None:
    instead: dict[str, str] = {}
    for who, to in named:
        instead = course.passed_on(instead, who, to)
        assert instead[who] == to
    assert not set(instead) & set(instead.values())
