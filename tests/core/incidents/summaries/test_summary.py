from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.incidents.incident import Incident, State
from core.incidents.summaries.summary import Audience, Facts, in_words, summary

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
INCIDENT = Incident(
    id="INC-4",
    title="checkout-db is out of disk",
    severity=1,
    state=State.MITIGATING,
    service="checkout",
    declared_by="ana",
    declared_name="Ana Ruiz",
    lead="bo",
    lead_name="Bo Lindqvist",
    update="failing over\nto db-2",
    update_by="Bo Lindqvist",
    updated=BEGAN + timedelta(minutes=20),
    created=BEGAN,
)
FACTS = Facts(
    incident=INCIDENT,
    now=BEGAN + timedelta(minutes=41),
    says="the shop",
    team="platform",
    category="availability",
    reach=("shop", "mails"),
    users=120_000,
    causes=("the disk of db-1 is full (confirmed; Ana says so)",),
    firing=3,
    runs=("RUN-7 (failover): running",),
    open_tasks=("2. order disks (Ana Ruiz)",),
    tasks=2,
    next_update=BEGAN + timedelta(minutes=50),
)


def told(audience: Audience, **changes: Any) -> list[str]:
    incident = INCIDENT.model_copy(update=changes)
    facts = {name: getattr(FACTS, name) for name in FACTS.__dataclass_fields__}
    return summary(Facts(**(facts | {"incident": incident})), audience).split("\n")


def test_responders_get_everything_that_they_work_with() -> None:
    assert told(Audience.RESPONDERS) == [
        "INC-4 SEV1 (critical): checkout-db is out of disk",
        "State: mitigating. It began 02 March 09:00 UTC; it lasts for 41m now.",
        "Commander: Bo Lindqvist, communications: nobody, scribe: nobody. Team: platform.",
        "Service: checkout; may reach shop, mails. Category: availability.",
        "Alerts that are not over: 3.",
        "Cause: the disk of db-1 is full (confirmed; Ana says so)",
        "Run: RUN-7 (failover): running",
        "Newest, Bo Lindqvist: failing over to db-2",
        "To do: 2. order disks (Ana Ruiz)",
        "Next update: 02 March 09:50 UTC.",
    ]


def test_managers_get_what_it_means_and_who_answers_for_it() -> None:
    assert told(Audience.MANAGERS) == [
        "checkout-db is out of disk (critical, INC-4)",
        "It began 02 March 09:00 UTC; it lasts for 41m now: people work on a remedy.",
        "Up to 120,000 people depend on what is hit.",
        "Other services that may feel it: 2.",
        "It is led by Bo Lindqvist; it belongs to team platform.",
        "Newest: failing over to db-2",
        "Tasks: 1 of 2 done.",
        "You hear more by 02 March 09:50 UTC.",
    ]


def test_managers_are_not_told_that_nobody_has_it_where_somebody_leads() -> None:
    words = told(Audience.MANAGERS, state=State.OPEN)
    assert "it is in hand, and the cause is not known yet" in words[1]
    assert "nobody has taken it on yet" in told(Audience.MANAGERS, state=State.OPEN, lead="", lead_name="")[1]


def test_the_public_gets_what_it_notices_and_when_it_hears_more() -> None:
    assert told(Audience.PUBLIC) == [
        "Since 02 March 09:00 UTC the shop may be unavailable.",
        "We know where to work, and are working on it.",
        "We will say more by 02 March 09:50 UTC.",
    ]


def test_what_is_over_says_how_long_it_lasted_and_what_came_of_it() -> None:
    ended = {
        "state": State.RESOLVED,
        "resolved": BEGAN + timedelta(minutes=41),
        "cause": "a full disk",
        "resolution": "failed over",
        "follow_ups": "watch disks",
    }
    assert told(Audience.PUBLIC, **ended) == [
        "Since 02 March 09:41 UTC the shop works as usual again.",
        "It was disturbed from 02 March 09:00 UTC on, for 41 minutes. We are sorry for that.",
    ]
    assert told(Audience.MANAGERS, **ended)[-3:] == [
        "Why: a full disk",
        "What was done: failed over",
        "What follows: watch disks",
    ]


WORD = st.text("abcdefghij", min_size=12, max_size=14)


@given(st.sampled_from(State), st.lists(WORD, min_size=12, max_size=12, unique=True), st.integers(1, 5))
def test_nothing_internal_is_told_to_the_public_and_the_same_state_gives_the_same_words(
    state: State, words: list[str], severity: int
) -> None:
    title, service, lead, update, cause, fix, later, team, reach, guess, run, task = words
    incident = INCIDENT.model_copy(
        update={
            "state": state,
            "severity": severity,
            "title": title,
            "service": service,
            "lead_name": lead,
            "comms_name": lead,
            "declared_name": lead,
            "owner_name": lead,
            "update": update,
            "cause": cause,
            "resolution": fix,
            "follow_ups": later,
        }
    )
    facts = Facts(
        incident,
        FACTS.now,
        "",
        team,
        "availability",
        (reach,),
        9_999,
        (guess,),
        77,
        (run,),
        (task,),
        3,
        FACTS.next_update,
    )
    public = summary(facts, Audience.PUBLIC)
    assert not [word for word in (*words, "INC-4", "9,999", "77", "SEV") if word in public]
    assert public == summary(facts, Audience.PUBLIC)


@pytest.mark.parametrize("category", ["latency", "errors", "data", "security", "other"])
def test_no_category_is_named_to_the_public(category: str) -> None:
    facts = {name: getattr(FACTS, name) for name in FACTS.__dataclass_fields__}
    words = summary(Facts(**(facts | {"category": category, "says": ""})), Audience.PUBLIC)
    assert words.startswith("Since 02 March 09:00 UTC our service may ")
    assert category == "errors" or category not in words


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (timedelta(seconds=3), "one minute"),
        (timedelta(minutes=12, seconds=40), "12 minutes"),
        (timedelta(hours=1), "one hour"),
        (timedelta(hours=1, minutes=1), "1 hour 1 minute"),
        (timedelta(hours=2, minutes=5), "2 hours 5 minutes"),
        (timedelta(days=1), "one day"),
        (timedelta(days=2, hours=1, minutes=30), "2 days 1 hour"),
    ],
)
def test_how_long_is_told_to_people_outside_in_words(time: timedelta, said: str) -> None:
    assert said == in_words(time)


@pytest.mark.parametrize(
    ("zone", "since"),
    [
        ("Europe/Berlin", "02 March 10:00 CET"),
        ("UTC", "02 March 09:00 UTC"),
        ("Asia/Dubai", "02 March 13:00 UTC+04"),
    ],
)
def test_people_outside_and_managers_read_times_by_the_clock_of_the_house(zone: str, since: str) -> None:
    assert f"It began {since};" in summary(replace(FACTS, zone=zone), Audience.MANAGERS)
    assert f"Since {since} the shop may be unavailable." in summary(
        replace(FACTS, zone=zone), Audience.PUBLIC
    )
    assert "09:00 UTC" in summary(replace(FACTS, zone=zone), Audience.RESPONDERS)
