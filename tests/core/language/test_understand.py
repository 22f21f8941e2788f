"""What a message means as a whole: intent, what it names, what is missing, what else it asks for."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.language import SETS, world
from core.language.clarify import MEANINGS, NEEDS, QUESTIONS
from core.language.entity import EntityType, Names
from core.language.intent import Intent
from core.language.leaning.turns import Turn
from core.language.understand import Guess, Understanding, as_intent, opined, understand

NAMES = world(SETS / "world.json")
NOW = datetime(2026, 3, 18, 14, 30, tzinfo=UTC)


def meant(text: str, *, addressed: bool = True) -> Understanding:
    """What it means in the world of the sets."""
    return understand(text, now=NOW, names=NAMES, addressed=addressed)


def named(found: Understanding) -> set[tuple[str, str]]:
    """What it names."""
    return {(str(one.type), str(one.value)) for one in found.entities}


def test_the_example_of_the_docstring_works() -> None:
    names = Names(services={"checkout": ("cart",)}, environments={"production": ("prod",)})
    found = understand("p95 of cart in prod, last 2 hours", now=NOW, names=names)
    assert Intent.METRIC_QUERY is found.intent
    times = {"start": "2026-03-18T12:30:00Z", "end": "2026-03-18T14:30:00Z"}
    wanted = {
        ("service", "checkout"),
        ("environment", "production"),
        ("quantile", "0.95"),
        ("time_range", str(times)),
    }
    assert wanted <= named(found)


@pytest.mark.parametrize(
    "text",
    ["restart payments in prod", "cancel WF-31", "please resolve INC-104", "INC-104 state please", "help"],
)
def test_a_plain_order_is_surer_than_the_classifier_need_be(text: str) -> None:
    assert 0.95 <= meant(text).confidence


@pytest.mark.parametrize(
    "text",
    ["what's going on with payments?", "whats up with checkout in prod", "what is happening with search"],
)
def test_who_asks_what_goes_on_with_a_service_asks_how_it_is(text: str) -> None:
    assert (Intent.STATUS_QUERY, True) == (meant(text).intent, meant(text).is_sure)


@pytest.mark.parametrize(
    "text",
    [
        '```Traceback (most recent call last):\n  File "/opt/jobs/run.py", line 88, in main\nIndexError: pop from empty list```',
        "[FIRING:3] DiskAlmostFull payments (severity=warning)",
        "is the meeting still on monday?",
    ],
)
def test_what_is_pasted_and_what_people_plan_asks_for_nothing(text: str) -> None:
    assert Intent.NONE is meant(text).intent


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("roll back payments, it's buggy", Intent.DEPLOY),
        ("cancel everything that is rolling out in staging", Intent.WORKFLOW_CANCEL),
        ("list the errors of search since noon, customers complain", Intent.LOG_QUERY),
    ],
)
def test_what_is_told_after_the_request_does_not_hide_it(text: str, expected: Intent) -> None:
    assert expected is meant(text).intent


def test_the_first_request_is_done_and_the_others_are_told() -> None:
    found = meant("restart checkout in staging and then show me the error logs of payments")
    assert (Intent.RUNBOOK_EXECUTE, [Intent.LOG_QUERY]) == (
        found.intent,
        [one.intent for one in found.others],
    )
    assert ("service", "payments") not in named(found)
    assert "payments" in found.others[0].text


def test_what_follows_a_new_incident_tells_of_it() -> None:
    found = meant("new incident!! inference-cluster lost its gpu nodes, critical")
    assert (Intent.INCIDENT_START, ()) == (found.intent, found.others)
    assert {("service", "inference-cluster"), ("severity", "critical")} <= set(named(found))


def test_a_story_before_the_request_is_no_request() -> None:
    found = meant(
        "We deployed search this morning. Since then people complain. Show me the error logs of search."
    )
    assert (Intent.LOG_QUERY, ()) == (found.intent, found.others)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("deploy payments 2.4.1", [EntityType.ENVIRONMENT]),
        ("deploy payments 2.4.1 to staging", []),
        ("scale up", [EntityType.SERVICE, EntityType.REPLICA_COUNT]),
        ("resolve the incident", [EntityType.INCIDENT_ID]),
        ("p99 of checkout", []),
    ],
)
def test_what_is_missing_is_told_in_the_order_in_which_one_asks(text: str, missing: list[EntityType]) -> None:
    assert missing == list(meant(text).missing)


@pytest.mark.parametrize("text", ["hm payments again", "search slow for you too", "could be the database"])
def test_what_is_unsure_and_not_said_to_the_bot_is_not_for_it(text: str) -> None:
    assert Intent.NONE is meant(text, addressed=False).intent


def test_a_second_opinion_is_asked_only_where_the_classifier_is_unsure() -> None:
    asked: list[str] = []

    def llm(text: str, _guesses: object) -> Guess:
        asked.append(text)
        return Guess(Intent.EXPLAIN, 0.9)

    assert Intent.DEPLOY is understand("roll back payments", now=NOW, names=NAMES, llm=llm).intent
    assert [] == asked
    found = understand("checkout from the other day", now=NOW, names=NAMES, llm=llm)
    assert (Intent.EXPLAIN, True, 1) == (found.intent, found.advised, len(asked))


def test_an_opinion_chooses_the_intent_and_the_words_say_what_is_named() -> None:
    unsure = "checkout from the other day"
    found = understand(unsure, now=NOW, names=NAMES, llm=opined(Intent.SCALE))
    assert (Intent.SCALE, True, "checkout") == (found.intent, found.is_sure, found.value(EntityType.SERVICE))
    assert (EntityType.REPLICA_COUNT,) == found.missing
    assert found.guesses == understand(unsure, now=NOW, names=NAMES).guesses
    assert not understand("roll back payments", now=NOW, names=NAMES, llm=opined(Intent.SCALE)).advised


def test_what_was_chosen_is_not_weighed_again() -> None:
    found = as_intent("payments to 8", Intent.SCALE, now=NOW, names=NAMES)
    assert (Intent.SCALE, 1.0, ()) == (found.intent, found.confidence, found.missing)


def test_every_intent_has_words_and_every_need_a_question() -> None:
    assert set(Intent) == set(MEANINGS)
    assert {group[0] for groups in NEEDS.values() for group in groups} == set(QUESTIONS)


@given(st.text(max_size=300))
def test_any_text_means_something_or_nothing(text: str) -> None:
    found = meant(text)
    assert 0 <= found.confidence <= 1
    assert all(0 <= one.start <= one.end for one in found.entities)


@pytest.mark.parametrize(
    "text", ["scale fulfilment to 5 in staging", "p95 latency of fulfilment", "restart fulfilment"]
)
def test_a_name_that_nobody_knows_is_not_the_service_spoken_of_before(text: str) -> None:
    before = meant("error rate of payments in production")
    history = (Turn("user", "error rate of payments in production", str(before.intent), before.entities),)
    found = understand(text, now=NOW, names=NAMES, history=history)
    assert not any(one.type is EntityType.SERVICE for one in found.entities)
    again = understand("p95 latency in staging", now=NOW, names=NAMES, history=history)
    assert ("service", "payments") in named(again)


@pytest.mark.parametrize(
    ("text", "intent", "others"),
    [
        (
            "show me the status of payments and then restart it",
            Intent.STATUS_QUERY,
            [(Intent.RUNBOOK_EXECUTE, "restart payments")],
        ),
        (
            "how is INC-12 doing? then close it",
            Intent.STATUS_QUERY,
            [(Intent.INCIDENT_UPDATE, "close INC-12")],
        ),
        (
            "show errors of search, then scale it to 5",
            Intent.LOG_QUERY,
            [(Intent.SCALE, "scale search to 5")],
        ),
        ("how is payments doing? thanks a lot", Intent.STATUS_QUERY, []),
        (
            "resolve INC-7. Then show me the logs of payments",
            Intent.INCIDENT_UPDATE,
            [(Intent.LOG_QUERY, "show me the logs of payments")],
        ),
    ],
)
def test_a_later_request_may_say_it(text: str, intent: Intent, others: list[tuple[Intent, str]]) -> None:
    found = meant(text)
    assert (intent, others) == (found.intent, [(one.intent, one.text) for one in found.others])
