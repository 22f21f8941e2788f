"""Which words say that an incident is over, and which only say how it goes on."""

import pytest

from handlers.talk.resolving import cause_of, is_over


@pytest.mark.parametrize(
    "text",
    [
        "resolve INC-4: some pods were still stale",
        "please close the incident, it was a false alarm",
        "can you close INC-4",
        "end INC-4",
        "INC-4 is resolved",
        "INC-4 is fixed, it was a bad deploy",
        "INC-4: it is over now",
        "INC-4 is over",
        "INC-4: all clear",
        "INC-4: everything is back to normal",
        "we fixed the bug in INC-4",
        "update INC-4: resolved, it was a bad certificate",
        "update INC-4 to resolved",
    ],
)
def test_words_that_end_an_incident(text: str) -> None:
    assert is_over(text)


@pytest.mark.parametrize(
    "text",
    [
        "INC-4: we are failing over now",
        "update INC-4: failing over to the replica",
        "post an update: failing over",
        "update INC-4: error rate is back to normal for most users, one region still over the limit",
        "INC-4: error rate is over 5 %",
        "INC-4: the front end is slow",
        "INC-4: we are close to a fix",
        "INC-4: fixed the first of two replicas",
        "INC-4: will be fixed in ten minutes",
        "INC-4 is not resolved yet",
        "update INC-4: the vendor says it is fixed, we are checking",
        "INC-4: payments is back to normal, checkout is still down",
    ],
)
def test_words_that_only_say_how_it_goes_on(text: str) -> None:
    assert not is_over(text)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("INC-4 is fixed, it was a bad deploy", "a bad deploy"),
        ("INC-4 resolved, root cause was a full disk.", "a full disk"),
        ("please close INC-4, caused by an expired certificate", "an expired certificate"),
        ("close INC-4", ""),
    ],
)
def test_what_is_said_to_have_been_the_cause_is_kept(text: str, cause: str) -> None:
    assert cause == cause_of(text)
