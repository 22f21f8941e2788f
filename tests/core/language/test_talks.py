"""Talks: questions that stay open, answers with words around them, places in a list, times told by other times."""

import json
from typing import Any

import pytest

from bench.language import SETS, Score, world
from core.language.entity import Entity, EntityType
from core.language.leaning.choosing import chosen, offered
from core.language.leaning.turns import Turn
from core.language.understand import understand
from tests.core.language.scoring import NAMES, NOW


def talk(*said: str) -> tuple[str, dict[str, Any]]:
    """The intent and the values of the last of these messages; what begins with `>` is the bot's."""
    history: list[Turn] = []
    for text in said:
        if text.startswith(">"):
            history.append(Turn("bot", text[1:].strip()))
            continue
        meant = understand(text, now=NOW, names=NAMES, history=history)
        history.append(Turn("user", text, meant.intent.value, meant.entities))
    return history[-1].intent, {str(one.type): one.value for one in history[-1].entities}


@pytest.mark.parametrize(
    "answer", ["production then, go", "ok, let's take prod", "well, production I'm afraid"]
)
def test_a_question_stays_open_over_what_is_asked_in_between(answer: str) -> None:
    before = ("deploy search 8.2.0", "> Which environment?", "what's its error rate in staging?", "> 0.2 %")
    assert talk(*before, answer) == (
        "DEPLOY",
        {"service": "search", "version": "8.2.0", "environment": "production"},
    )
    intent, named = talk(*before, "and in production?")
    assert ("METRIC_QUERY", "production") == (intent, named["environment"])


def test_another_order_or_a_refusal_ends_a_question() -> None:
    asked = ("deploy search 8.2.0", "> Which environment?")
    assert "SCALE" == talk(*asked, "scale payments to 5 in dev", "> Done.", "staging")[0]
    assert "CLARIFICATION" == talk("hi", "never mind", "yes, do it")[0]
    which = ("deploy", "> Which service? search, payments")
    assert "RUNBOOK_EXECUTE" == talk(*which, "hmm restart payments in dev")[0]
    assert "INCIDENT_START" == talk(*which, "declare an incident, payments is down")[0]
    assert ("DEPLOY", {"service": "payments"}) == talk(*which, "payments please")


@pytest.mark.parametrize(
    ("answer", "severity"),
    [
        ("high I would say", "high"),
        ("uh let's go with critical, customers are screaming", "critical"),
        ("medium should do", "medium"),
        ("the second one please", "high"),
    ],
)
def test_an_answer_may_have_words_around_it(answer: str, severity: str) -> None:
    asked = ("open an incident for search", "> Which severity? 1. critical 2. high 3. medium")
    assert ("INCIDENT_START", severity) == (talk(*asked, answer)[0], talk(*asked, answer)[1]["severity"])


def test_a_number_in_words_counts_what_was_asked_for_and_the_prod_one_counts_nothing() -> None:
    asked = ("scale up user-db", "> How many replicas?")
    assert 3 == talk(*asked, "three should be enough")[1]["replica_count"]
    named = talk("scale up user-db to 3", "> In which environment?", "just the prod one please")[1]
    assert (3, "production") == (named["replica_count"], named["environment"])


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("Which one?  1. deploy-pipeline  2. nightly-batch", ("deploy-pipeline", "nightly-batch")),
        ("Where? 1) dev 2) staging", ("dev", "staging")),
        ("Which node? • node-3 • node-7", ("node-3", "node-7")),
        ("Which run? [WF-301] [WF-302] [Never mind]", ("WF-301", "WF-302")),
        ("Which service do you mean: checkout, payments or search?", ("checkout", "payments", "search")),
        ("Unit tests or integration tests?", ("Unit tests", "integration tests")),
        ("Update an incident: which incident? INC-2, INC-1", ("INC-2", "INC-1")),
        ("Which environment should it go to?", ()),
        ("Version 2.4.1 is out. Where to?", ()),
    ],
)
def test_what_a_question_offers_is_read(text: str, options: tuple[str, ...]) -> None:
    assert options == offered(text)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("the second one please", "fraud-model"),
        ("2", "fraud-model"),
        ("option 1", "sentiment-model"),
        ("the sentiment one", "sentiment-model"),
        ("the last", "both"),
        ("number nine", None),
        ("the model", None),
        ("run the tests first", None),
        ("over the last 3 hours", None),
    ],
)
def test_one_of_what_was_offered_is_chosen(text: str, choice: str | None) -> None:
    found = chosen(text, ("sentiment-model", "fraud-model", "both"))
    assert choice == (found.text if found else None)


@pytest.mark.parametrize(
    ("first", "then", "start", "end"),
    [
        ("yesterday", "the day before?", "16T00:00", "17T00:00"),
        ("today", "and the day before", "17T00:00", "18T00:00"),
        ("between 10:00 and 11:00", "and an hour earlier?", "18T09:00", "18T10:00"),
        ("between 10:00 and 11:00", "half an hour later?", "18T10:30", "18T11:30"),
        ("in the last hour", "what about the hour before that", "18T12:30", "18T13:30"),
        ("from 9:00 to 9:30", "same time yesterday?", "17T09:00", "17T09:30"),
        ("from 9:00 to 9:30", "same time last week", "11T09:00", "11T09:30"),
        ("this week", "and the week before", "09T00:00", "16T00:00"),
        ("on March 10", "and the next day?", "11T00:00", "12T00:00"),
    ],
)
def test_a_time_may_be_told_by_the_one_before(first: str, then: str, start: str, end: str) -> None:
    intent, named = talk(f"latency of payments {first}", "> 90 ms", then)
    assert ("METRIC_QUERY", "payments") == (intent, named["service"])
    assert {"start": f"2026-03-{start}:00Z", "end": f"2026-03-{end}:00Z"} == named["time_range"]


def test_a_month_before_a_month_is_a_whole_one() -> None:
    named = talk("availability of checkout last month", "> 99 %", "previous month?")[1]
    assert {"start": "2026-01-01T00:00:00Z", "end": "2026-02-01T00:00:00Z"} == named["time_range"]


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        (("is checkout ok in production", "> It is degraded.", "hm ok and why is it degraded?"), "EXPLAIN"),
        (("write tests for checkout in production", "> I wrote 14.", "run them"), "TEST_EXECUTE"),
        (("why is checkout slow in production", "> A bad release.", "ok and roll it back then"), "DEPLOY"),
        (("should I restart checkout in production?", "> Yes.", "do it"), "RUNBOOK_EXECUTE"),
        (
            (
                "what about checkout in production, it is slow, what should we do",
                "> Scale it to 8.",
                "ok do that",
            ),
            "SCALE",
        ),
    ],
)
def test_an_order_about_it_keeps_service_and_environment(said: tuple[str, ...], intent: str) -> None:
    found, named = talk(*said)
    assert (intent, "checkout", "production") == (found, named["service"], named["environment"])


@pytest.mark.parametrize(
    ("order", "intent"),
    [
        ("its timeline", "STATUS_QUERY"),
        ("close it", "INCIDENT_UPDATE"),
        ("assign it to @bob", "INCIDENT_UPDATE"),
    ],
)
def test_an_incident_that_the_bot_opened_is_it(order: str, intent: str) -> None:
    found, named = talk("open an incident for payments", "> INC-141 was opened.", order)
    assert (intent, "INC-141") == (found, named["incident_id"])


def test_a_run_that_the_bot_started_is_it_by_its_id() -> None:
    started = ("start nightly-batch", "> Started as WF-512.")
    assert ("WORKFLOW_STATUS", {"execution_id": "WF-512"}) == talk(*started, "how far along is it?")
    assert ("WORKFLOW_CANCEL", {"execution_id": "WF-512"}) == talk(*started, "thanks", "kill it")
    assert ("WORKFLOW_STATUS", {"execution_id": "WF-91"}) == talk("how is WF-90 doing", "> done", "and 91?")


def test_a_correction_keeps_what_came_in_between() -> None:
    before = ("cpu of search", "> 44 %", "in production", "> 71 %")
    assert talk(*before, "no, I meant payments") == (
        "METRIC_QUERY",
        {"metric": "cpu", "service": "payments", "environment": "production"},
    )
    scale = ("scale payments to 12 in production", "> Scale payments (production) to 12?")
    for words, changed in (
        ("staging, sorry", {"environment": "staging"}),
        ("scratch that, 5 replicas", {"replica_count": 5}),
        ("I said canary", {"environment": "canary"}),
    ):
        wanted = {"service": "payments", "replica_count": 12, "environment": "production"} | changed
        assert ("SCALE", wanted) == talk(*scale, words)
    assert 0.95 == talk("p99 of search in staging", "> 1 s", "not p99, p95")[1]["quantile"]


@pytest.mark.parametrize("text", ["the second one please", "yes, do it", "no, I meant checkout", "make it 5"])
def test_with_nothing_to_lean_on_it_has_to_be_clarified(text: str) -> None:
    assert "CLARIFICATION" == talk(text)[0] == talk("good morning", "> Good morning!", text)[0]


def test_a_place_in_a_list_that_the_bot_told_is_a_thing() -> None:
    told = ("which services are degraded in production?", "> Three: search, cache, user-db.")
    found, named = talk(*told, "restart the second one")
    assert ("RUNBOOK_EXECUTE", "cache", "production") == (found, named["service"], named["environment"])
    listed = ("which incidents are open?", "> 1. INC-40 slow  2. INC-42 evictions  3. INC-43 certs")
    assert ("INCIDENT_UPDATE", {"incident_id": "INC-43", "user": "omar"}) == talk(
        *listed, "assign the third to @omar"
    )


def test_a_number_alone_is_of_what_was_numbered_and_a_word_alone_of_what_was_begun() -> None:
    assert "node-13" == talk("drain node-12", "> Drain node-12?", "13 sorry")[1]["instance"]
    started = ("trigger canary-release for checkout", "> OK, WF-900 runs.")
    assert ("WORKFLOW_STATUS", "WF-900") == (
        talk(*started, "status?")[0],
        talk(*started, "status?")[1]["execution_id"],
    )
    assert ("WORKFLOW_CANCEL", "WF-900") == (
        talk(*started, "abort")[0],
        talk(*started, "abort")[1]["execution_id"],
    )


def test_a_yes_to_what_the_bot_offers_is_that_and_not_the_request_before() -> None:
    offered_run = ("cancel WF-12", "> WF-12 is cancelled. Shall I start nightly-batch now?")
    assert ("WORKFLOW_START", {"workflow": "nightly-batch"}) == talk(*offered_run, "yes")
    assert (
        "SCALE" == talk("scale out search by 3", "> That makes 8 replicas. Proceed?", "ouch. yes, proceed")[0]
    )
    assert (
        "SCALE"
        != talk("scale out search by 3", "> That makes 8 replicas. Proceed?", "please don't proceed")[0]
    )


def test_who_asks_for_patience_is_still_asked() -> None:
    asked = ("scale fraud-model in staging", "> How many instances do you need?", "let me think")
    assert "NONE" == talk(*asked)[0]
    assert ("SCALE", 12) == (
        talk(*asked, "a dozen or so")[0],
        talk(*asked, "a dozen or so")[1]["replica_count"],
    )


def test_two_ids_in_a_sentence_are_a_choice() -> None:
    asked = (
        "cancel my workflow",
        "> You have two: WF-61 (nightly-batch) and WF-64 (model-retrain). Which of them?",
    )
    assert "WF-64" == talk(*asked, "the latter")[1]["execution_id"]


@pytest.mark.parametrize(("name", "least"), [("dialogues_tuned", 0.94), ("dialogues_held_out", 0.9)])
def test_whole_dialogues_are_followed_from_the_words_alone(name: str, least: float) -> None:
    score = Score()
    for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        score.talk(json.loads(line)["turns"], world(SETS / "world.json"), NOW, "UTC")
    assert score.turns[1] >= least * score.turns[0], score.wrong


def test_an_id_that_was_told_twice_is_no_list() -> None:
    told = (
        "close INC-2",
        "> INC-2 is resolved. Keep the cause: /incident timeline INC-2",
        "how is checkout?",
        "> Fine.",
    )
    assert "CLARIFICATION" == talk(*told, "the first one")[0]


def test_it_is_none_of_several() -> None:
    told = ("what is open?", "> Two incidents: INC-70 (payments) and INC-71 (cache).")
    assert "incident_id" not in talk(*told, "close it")[1]


@pytest.mark.parametrize("then", ["999 months earlier?", "the month before?", "a week earlier?"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "nowhere/at all"])
def test_a_time_that_no_calendar_has_is_none(then: str, zone: str) -> None:
    when = Entity(
        EntityType.TIME_RANGE, {"start": "0001-01-02T00:00:00Z", "end": "0001-01-03T00:00:00Z"}, "then", 0, 4
    )
    before = (Turn("user", "latency then", "METRIC_QUERY", (when,)), Turn("bot", "90 ms"))
    told = understand(then, now=NOW, zone=zone, names=NAMES, history=before).entities
    assert all(str(one.value["start"]) < "0002" for one in told if isinstance(one.value, dict))


@pytest.mark.parametrize("words", ["ok thanks", "ok, I will look first", "yes but wait", "sure, later"])
def test_small_words_do_not_order_what_was_proposed(words: str) -> None:
    said = talk("why is checkout slow in production?", "> Its pods are out of memory. Restart it?", words)
    assert "RUNBOOK_EXECUTE" != said[0]
