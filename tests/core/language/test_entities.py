from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.language import entities
from core.language.entity import EntityType, Names
from tests.core.language.scoring import NAMES, NOW, f1, rows

_WORDS = [
    "restart",
    "checkout",
    "chekout",
    "the",
    "auth",
    "gateway",
    "rec",
    "engine",
    "search",
    "for",
    "errors",
    "p99",
    "latency",
    "of",
    "v2.4.1",
    "1.4",
    "latest",
    "sev2",
    "critical",
    "incident",
    "INC-104",
    "WF-42",
    "@carol",
    "<@U123>",
    "<#C1|ops>",
    "#ops",
    "5%",
    "10",
    "replicas",
    "by",
    "2",
    "more",
    "pods",
    "from",
    "4",
    "to",
    "8",
    "double",
    "last",
    "2",
    "hours",
    "since",
    "yesterday",
    "prod",
    "staging",
    "live",
    "-",
    "_",
    "/",
    ":",
    "`",
    '"',
    "'",
    "(",
    "<https://x.y|z>",
    "worker-7",
    "checkout-6f7c9d-x2x4k",
    "750ms",
    "two",
    "dozen",
]
_INTENTS = ["", "METRIC_QUERY", "LOG_QUERY", "SCALE", "DEPLOY", "INCIDENT_START", "COMPARE", "NONE"]


def _found(text: str, intent: str | None = None, names: Names = NAMES) -> list[tuple[str, Any]]:
    return [(str(one.type), one.value) for one in entities.find(text, now=NOW, names=names, intent=intent)]


def test_what_messages_name_is_found() -> None:
    share, wrong = f1("entities")
    assert share >= 0.98, wrong


def test_what_messages_name_that_nobody_tuned_on_is_found() -> None:
    share, wrong = f1("entities_held_out")
    assert len(rows("entities_held_out")) >= 300
    assert share >= 0.97, wrong


@pytest.mark.parametrize(
    "text", ["what share of requests fails on search", "percentage of calls that failed, search"]
)
def test_a_share_of_requests_that_fail_is_a_rate_of_errors(text: str) -> None:
    assert ("metric", "error_rate") in _found(text, "METRIC_QUERY")


def test_a_number_before_what_was_released_is_a_version() -> None:
    assert ("version", "15.6") in _found("why does memory creep up since the 15.6 upgrade", "EXPLAIN")
    assert ("version", "99.5") not in _found("why was it 99.5 percent before the upgrade", "EXPLAIN")


def test_the_latest_of_a_service_is_a_version_where_it_is_to_be_deployed() -> None:
    assert ("version", "latest") in _found("we need latest search on dev", "DEPLOY")
    assert ("version", "latest") not in _found("get latest search logs", "LOG_QUERY")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("restart the auth gateway", "auth-gateway"),
        ("is AUTH_GATEWAY up", "auth-gateway"),
        ("authgateway is slow", "auth-gateway"),
        ("auth gatway is slow", "auth-gateway"),
        ("chekout is down", "checkout"),
        ("how is the rec engine", "recommendation-engine"),
        ("the user database is slow", "user-db"),
        ("errors in billing", "billing-api"),
        ("`payments` again", "payments"),
        ("payments' latency", "payments"),
    ],
)
def test_a_service_is_known_however_it_is_written(text: str, name: str) -> None:
    assert [name] == [value for kind, value in _found(text) if kind == "service"]


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("resolve INC-129. root cause was a cert", "INCIDENT_UPDATE", ("incident_id", "INC-129")),
        ("cancel WF-205.", "WORKFLOW_CANCEL", ("execution_id", "WF-205")),
        ("bounce checkout-0 in dev", "RUNBOOK_EXECUTE", ("instance", "checkout-0")),
        ("latest sentiment model into staging", "DEPLOY", ("version", "latest")),
        ("create an incident for search? medium should do", "INCIDENT_START", ("severity", "medium")),
        ("the number of requests by second of search", "METRIC_QUERY", ("metric", "throughput")),
    ],
)
def test_things_are_found_as_people_write_them(text: str, intent: str, expected: tuple[str, str]) -> None:
    assert expected in _found(text, intent)


def test_what_is_worked_on_was_gathered_before() -> None:
    found = entities.find(
        "retrain it with data from 3/1 to 3/15", now=NOW, names=NAMES, intent="WORKFLOW_START"
    )
    assert [{"start": "2026-03-01T00:00:00Z", "end": "2026-03-16T00:00:00Z"}] == [one.value for one in found]


def test_an_alias_stands_for_the_name() -> None:
    names = Names(services={"checkout": ("shop", "the till")})
    assert [("service", "checkout")] == _found("restart shop", names=names)


@pytest.mark.parametrize(
    "text",
    [
        "search for timeouts in payments",
        "can you search the logs of payments",
        "the cache hit ratio of payments",
        "search-index of payments",
    ],
)
def test_an_ordinary_word_is_no_service(text: str) -> None:
    assert ["payments"] == [value for kind, value in _found(text) if kind == "service"]


@pytest.mark.parametrize(
    "text", ["search is slow", "latency of search", "restart search", "a search request", "search latency"]
)
def test_the_same_word_is_a_service_where_it_is_used_as_one(text: str) -> None:
    assert ("service", "search") in _found(text)


def test_environments_are_called_by_their_usual_short_names() -> None:
    assert [("environment", "production"), ("environment", "staging")] == _found("prod vs stg")
    assert [("environment", "prod")] == _found("in production", names=Names(environments={"prod": ()}))


def test_where_nobody_is_live_nothing_is() -> None:
    assert ("environment", "production") not in _found("a live stream")


def test_the_bot_is_nobody() -> None:
    names = Names(bot=frozenset({"wardroom", "U0BOT"}))
    assert [("user", "U7")] == _found("<@U0BOT> page <@U7> @wardroom @here", names=names)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("scale checkout to 12", 12),
        ("give checkout three more pods", "+3"),
        ("shrink checkout by 2", "-2"),
        ("double checkout", "x2"),
        ("cut checkout in half", "x0.5"),
        ("scale checkout from 4 to 8", 8),
        ("another two replicas for checkout", "+2"),
    ],
)
def test_replicas_are_counted_as_they_are_asked_for(text: str, value: object) -> None:
    assert [("service", "checkout"), ("replica_count", value)] == sorted(_found(text, "SCALE"), reverse=True)


def test_what_people_say_to_each_other_names_nothing() -> None:
    assert [] == _found("I deployed checkout an hour ago", "NONE")


def test_a_clock_time_is_still_to_come_where_something_is_to_be_done() -> None:
    (_, _, command) = entities.find("deploy checkout 2.4.1 at 18:00", now=NOW, names=NAMES, intent="DEPLOY")
    (_, question) = entities.find(
        "latency of checkout at 18:00", now=NOW, names=NAMES, intent="METRIC_QUERY"
    )[-2:]
    assert {"start": "2026-03-18T18:00:00Z", "end": "2026-03-18T18:00:00Z"} == command.value
    assert {"start": "2026-03-17T18:00:00Z", "end": "2026-03-17T18:00:00Z"} == question.value


@given(
    st.lists(st.sampled_from(_WORDS), max_size=14), st.sampled_from([" ", "", "-"]), st.sampled_from(_INTENTS)
)
def test_what_is_found_stands_in_the_text(words: list[str], between: str, intent: str) -> None:
    text = between.join(words)
    for one in entities.find(text, now=NOW, names=NAMES, intent=intent):
        assert one.text == text[one.start : one.end] != ""
        assert 0 < one.confidence <= 1


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert all(one.type in EntityType for one in entities.find(text, now=NOW, names=NAMES))


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a-",
        "1.",
        "v1.",
        "<",
        "<@U1>",
        "@a",
        "#a ",
        "/a",
        "'",
        '"',
        "worker-1",
        "5% ",
        "checkout ",
        "-1",
        "inc 1 ",
        "p9",
        "sev",
        "x2 ",
        "\u0130 ",
    ],
)
def test_hostile_text_takes_no_longer(piece: str) -> None:
    # Once in a thousand a collection of garbage falls into it, which in a large process takes its time.
    assert min(_seconds(piece * (10_000 // len(piece))) for _ in range(2)) < 1.5


def _seconds(text: str) -> float:
    began = process_time()
    entities.find(text, now=NOW, names=NAMES, intent="SCALE")
    return process_time() - began


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("roll out checkout 2.4.1 to 10 % in production", {("version", "2.4.1"), ("percentage", "10")}),
        ("deploy search 8.2 with 10 % of traffic to canary", {("version", "8.2"), ("percentage", "10")}),
    ],
)
def test_a_share_after_a_version_is_no_version(text: str, wanted: set[tuple[str, str]]) -> None:
    found = {(kind, str(value)) for kind, value in _found(text, "DEPLOY")}
    assert wanted == {one for one in found if one[0] in {"version", "percentage"}}


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("errors of search in the last quarter of an hour", "14:15", "14:30"),
        ("logs of checkout 13:00 .. 13:20", "13:00", "13:20"),
        ("logs of checkout 13:00..13:20", "13:00", "13:20"),
    ],
)
def test_times_as_people_abbreviate_them(text: str, start: str, end: str) -> None:
    value = {"start": f"2026-03-18T{start}:00Z", "end": f"2026-03-18T{end}:00Z"}
    assert [value] == [value for kind, value in _found(text, "LOG_QUERY") if kind == "time_range"]
