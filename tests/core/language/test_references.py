from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.language import entities
from core.language.entity import EntityType
from core.language.leaning.answering import as_asked
from core.language.leaning.said import Said
from core.language.leaning.turns import Turn, in_scope
from core.language.references import resolve
from tests.core.language.scoring import FINDER, NAMES, NOW, rows, turns


def _user(text: str, intent: str) -> Turn:
    return Turn("user", text, intent, entities.find(text, now=NOW, names=NAMES, intent=intent))


def _meant(text: str, intent: str, *before: Turn) -> tuple[str, list[tuple[str, Any]]]:
    meant = resolve(Said(text, intent, FINDER.find(text, intent)), before, FINDER)
    return meant.intent, sorted(
        (str(one.type), one.value) for one in meant.entities if one.type != "time_range"
    )


@pytest.mark.parametrize("guessed", [True, False])
def test_dialogues_are_followed(guessed: bool) -> None:
    outcomes = turns("dialogues", guessed=guessed)
    wrong = [text for right, text in outcomes if not right]
    assert len(wrong) <= 0.02 * len(outcomes), wrong


@pytest.mark.parametrize("guessed", [True, False])
def test_dialogues_that_nobody_tuned_on_are_followed(guessed: bool) -> None:
    outcomes = turns("dialogues_held_out", guessed=guessed)
    wrong = [text for right, text in outcomes if not right]
    assert len(rows("dialogues_held_out")) >= 60
    assert len(wrong) <= 0.07 * len(outcomes), wrong


_LATENCY = _user("p99 latency of checkout in production in the last hour", "METRIC_QUERY")
_SCALE = _user("scale payments to 10 replicas in staging", "SCALE")


@pytest.mark.parametrize("intent", ["CLARIFICATION", "METRIC_QUERY", "STATUS_QUERY", "NONE"])
def test_a_fragment_changes_one_value_and_keeps_the_rest(intent: str) -> None:
    wanted = [("environment", "staging"), ("metric", "latency"), ("quantile", 0.99), ("service", "checkout")]
    assert ("METRIC_QUERY", wanted) == _meant("and in staging?", intent, _LATENCY)


def test_another_kind_of_request_keeps_service_and_environment_only() -> None:
    wanted = [("environment", "production"), ("level", "warn"), ("service", "checkout")]
    assert ("LOG_QUERY", wanted) == _meant("show its warnings", "LOG_QUERY", _LATENCY)


def test_a_general_question_keeps_nothing() -> None:
    assert ("STATUS_QUERY", []) == _meant("which incidents are open?", "STATUS_QUERY", _LATENCY)
    assert ("HELP", []) == _meant("how do I start a runbook?", "HELP", _LATENCY)


def test_a_correction_replaces_one_value() -> None:
    wanted = [("environment", "staging"), ("replica_count", 10), ("service", "search")]
    assert ("SCALE", wanted) == _meant("no, I meant search", "CLARIFICATION", _SCALE)


def test_what_is_not_meant_goes() -> None:
    wanted = [("environment", "dev"), ("replica_count", 10), ("service", "payments")]
    assert ("SCALE", wanted) == _meant("not staging, dev", "CLARIFICATION", _SCALE)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("3", ["WF-3"]),
        ("the run 3", ["RUN-3"]),
        ("INC 1", ["INC-1"]),
        ("AP 1", []),
    ],
)
def test_a_number_of_something_else_is_no_run(said: str, named: list[str]) -> None:
    found = FINDER.find(said, "WORKFLOW_CANCEL")
    kinds = (EntityType.EXECUTION_ID,)
    values = [str(one.value) for one in as_asked(said, found, kinds)]
    assert named == [one for one in values if "-" in one]


@pytest.mark.parametrize(
    ("said", "runs"), [("cancel run 3", 1), ("RUN 17", 1), ("run 3 tests", 0), ("run 2 more", 0)]
)
def test_a_run_is_named_without_its_hyphen(said: str, runs: int) -> None:
    found = FINDER.find(said, "WORKFLOW_CANCEL")
    assert runs == sum(one.type is EntityType.EXECUTION_ID for one in found)


def test_a_corrected_number_counts_what_the_old_one_counted() -> None:
    wanted = [("environment", "staging"), ("replica_count", 8), ("service", "payments")]
    assert ("SCALE", wanted) == _meant("make that 8", "CLARIFICATION", _SCALE)


def test_an_answer_completes_what_was_asked_for() -> None:
    deploy = _user("deploy search 8.2.0", "DEPLOY")
    asked = Turn("bot", "In which environment?")
    wanted = [("environment", "production"), ("service", "search"), ("version", "8.2.0")]
    assert ("DEPLOY", wanted) == _meant("prod", "CLARIFICATION", deploy, asked)
    assert ("DEPLOY", wanted[1:]) == _meant("yes please", "CLARIFICATION", deploy, Turn("bot", "Go on?"))


@pytest.mark.parametrize(
    "words", ["forget that preference", "I prefer staging", "can you do the thing with checkout"]
)
def test_what_is_no_incident_is_no_part_of_the_one_that_was_declared(words: str) -> None:
    declared = _user("declare checkout is down", "INCIDENT_START")
    assert "INCIDENT_START" != _meant(words, "CLARIFICATION", declared)[0]


def test_thanks_are_no_request_and_end_none() -> None:
    run = _user("how far is WF-31?", "WORKFLOW_STATUS")
    thanks = _user("thank you", "NONE")
    assert ("NONE", []) == _meant("thank you", "NONE", run)
    assert ("WORKFLOW_CANCEL", [("execution_id", "WF-31")]) == _meant(
        "cancel it", "WORKFLOW_CANCEL", run, thanks
    )


def test_it_may_be_what_the_bot_spoke_of() -> None:
    opened = _user("open an incident", "INCIDENT_START")
    bot = Turn("bot", "INC-130 is open.")
    assert ("INCIDENT_UPDATE", [("incident_id", "INC-130"), ("user", "bob")]) == _meant(
        "assign it to @bob", "INCIDENT_UPDATE", opened, bot
    )


@pytest.mark.parametrize("guessed", ["INCIDENT_UPDATE", "CLARIFICATION", "STATUS_QUERY"])
def test_an_incident_that_was_looked_at_can_be_changed(guessed: str) -> None:
    looked = _user("how is INC-204?", "STATUS_QUERY")
    bot = Turn("bot", "INC-204 is open, severity medium.")
    wanted = [("incident_id", "INC-204"), ("severity", "high")]
    assert ("INCIDENT_UPDATE", wanted) == _meant("make it sev2", guessed, looked, bot)


@pytest.mark.parametrize(
    "text", ["I think staging", "staging I guess", "staging, probably", "lol staging ofc"]
)
def test_an_answer_may_be_given_with_some_doubt(text: str) -> None:
    deploy = _user("deploy search 8.2.0", "DEPLOY")
    wanted = [("environment", "staging"), ("service", "search"), ("version", "8.2.0")]
    asked = Turn("bot", "In which environment?")
    assert ("DEPLOY", wanted) == _meant(text, "CLARIFICATION", deploy, asked)


def test_the_other_one_is_the_one_that_was_spoken_of_before() -> None:
    first, second = (
        _user("error rate of payments", "METRIC_QUERY"),
        _user("error rate of search", "METRIC_QUERY"),
    )
    assert ("METRIC_QUERY", [("metric", "error_rate"), ("service", "payments")]) == _meant(
        "and the other one?", "CLARIFICATION", first, second
    )


def test_without_anything_before_it_a_fragment_stays_one() -> None:
    assert ("CLARIFICATION", [("environment", "staging")]) == _meant("and in staging?", "CLARIFICATION")


def test_in_a_channel_only_what_was_said_with_the_same_person_counts() -> None:
    ana = Turn("user", "a", "STATUS_QUERY", person="ana", channel="ops")
    chi = Turn("user", "b", "STATUS_QUERY", person="chi", channel="ops")
    thread = Turn("user", "c", "STATUS_QUERY", person="chi", channel="ops", thread="1")
    answer = Turn("bot", "d", person="ana", channel="ops", thread="1")
    turns = (ana, chi, thread, answer)
    assert (ana,) == in_scope(turns, person="ana", channel="ops")
    assert (thread, answer) == in_scope(turns, person="ana", channel="ops", thread="1")
    assert () == in_scope(turns, person="ana", channel="dev")


_PIECES = [
    "and",
    "in",
    "staging",
    "?",
    "no",
    ",",
    "I",
    "meant",
    "payments",
    "not",
    "checkout",
    "the",
    "other",
    "one",
    "same",
    "again",
    "it",
    "its",
    "yes",
    "5",
    "replicas",
    "p99",
    "since",
    "yesterday",
    "INC-104",
    "WF-42",
    "that",
    "one",
    "sec",
    "errors",
    "latency",
    "@bob",
    "first",
    "how",
    "all",
    "there",
    "make",
    "it",
    "instead",
]
_TEXTS = st.lists(st.sampled_from(_PIECES), max_size=8).map(" ".join)
_INTENTS = st.sampled_from(
    ["", "NONE", "HELP", "CLARIFICATION", "METRIC_QUERY", "SCALE", "STATUS_QUERY", "INCIDENT_UPDATE"]
)


@given(st.lists(st.tuples(st.booleans(), _TEXTS, _INTENTS), max_size=5), _TEXTS, _INTENTS)
def test_whatever_is_said_after_whatever_means_something(
    before: list[tuple[bool, str, str]], text: str, intent: str
) -> None:
    history = [Turn("bot", said) if bot else _user(said, asked) for bot, said, asked in before]

    meant = resolve(Said(text, intent, FINDER.find(text, intent)), history, FINDER)
    assert all(one.text == text[one.start : one.end] for one in meant.entities if one.text)
    assert all(0 < one.confidence <= 1 for one in meant.entities)
