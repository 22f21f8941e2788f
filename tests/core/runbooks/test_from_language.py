"""Words about runbooks, whatever they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.runbooks import from_language, told
from tests.core.runbooks.house import NAMES, book, example

BOOKS = {name: example(name) for name in ("restart-service", "database-failover")}
SCALE = book(
    "name: scale\nparams:\n  service: {type: service, required: true}\n  replicas: {type: integer, required: true}\n"
    "  environment: {type: environment, required: true}\n  pace: {type: choice, choices: [slow, very fast]}\n"
    "  note: {required: true}\n"
    "steps: [{id: a, action: do, with: {x: '${{ params.replicas }}${{ params.pace }}${{ params.note }}'}}]\n"
)
PLAIN = BOOKS | {
    "deploy": book("name: deploy\nsteps: [{id: a, action: do, with: {x: y}}]\n"),
}
WORDS = st.lists(
    st.sampled_from(
        ["no,", "in", "staging", "checkout", "user", "db", "note=x", "=", "to", "4", "-", "restart", "scale"]
    )
    | st.text(max_size=12),
    max_size=12,
).map(" ".join)


@given(text=WORDS, asked=st.sampled_from(["", "note", "service", "replicas"]))
def test_whatever_is_said_only_parameters_are_filled_and_nothing_fails(text: str, asked: str) -> None:
    found = told.read(text, SCALE, NAMES, asked)
    assert set(found) <= set(SCALE.params)
    assert all(isinstance(value, str) for value in found.values())
    from_language.question(SCALE, found, NAMES)
    from_language.matching(BOOKS, text)
    from_language.alike(BOOKS, text)
    from_language.candidates(BOOKS, text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("to 4 in stg", {"replicas": "4", "environment": "stg"}),
        ("user db, very fast", {"service": "user db", "pace": "very fast"}),
        ("in stagng for chekout", {"environment": "stagng", "service": "chekout"}),
        ('note="two words" replicas=3', {"note": "two words", "replicas": "3"}),
        ("no, I meant payments", {"service": "payments"}),
        ("sorry, make it 5", {"replicas": "5"}),
        ("whatever", {}),
    ],
)
def test_what_a_sentence_tells_a_runbook(text: str, says: dict[str, str]) -> None:
    assert says == told.read(text, SCALE, NAMES)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("run the database failover for user-db", ["database-failover"]),
        ("please do the restart-service thing", ["restart-service"]),
        ("could you restart checkout", ["restart-service"]),
        ("how do I restart checkout", []),
        ("a", []),
        ("", []),
    ],
)
def test_which_runbooks_a_sentence_is_about(text: str, names: list[str]) -> None:
    assert names == [one.name for one in from_language.matching(BOOKS, text)]


@pytest.mark.parametrize(
    "text",
    [
        "INC-1 is fixed, it was a bad deploy",
        "INC-2 resolved, cause was a bad deploy",
        "the deploy of checkout broke payments",
        "INC-4: we rolled back the deploy of checkout",
        "bad deploy, rolled back",
        "deploy of checkout failed",
        "yesterday's deploy was slow",
        "the restart of checkout failed",
    ],
)
def test_what_was_done_is_no_wish_for_it(text: str) -> None:
    assert [] == from_language.matching(PLAIN, text)


@pytest.mark.parametrize(
    "text",
    [
        "deploy",
        "the deploy",
        "deploy checkout",
        "run the deploy of checkout",
        "please start another deploy for checkout",
        "we need a new deploy of checkout",
        "could you deploy checkout, the last one broke payments",
        "deploy of checkout to staging",
    ],
)
def test_the_same_word_where_it_is_wished_for(text: str) -> None:
    assert ["deploy"] == [one.name for one in from_language.matching(PLAIN, text)]


@pytest.mark.parametrize(
    "text", ["no, in staging", "nope", "Actually payments", "i meant payments", "sorry - stg"]
)
def test_words_that_take_something_back(text: str) -> None:
    assert from_language.corrects(text)


@pytest.mark.parametrize(
    "text", ["nothing works", "note=x", "november", "in staging", "actuality", "waiting"]
)
def test_words_that_take_nothing_back(text: str) -> None:
    assert not from_language.corrects(text)


@pytest.mark.parametrize(
    ("text", "two"),
    [
        ("scale checkout and payments", ("checkout", "payments")),
        ("scale checkout, payments to 4", ("checkout", "payments")),
        ("scale payments in staging, then checkout", ("payments", "checkout")),
        ("scale payments in staging and then checkout in staging", ("payments", "checkout")),
        ("scale checkout in staging and in production", ("staging", "production")),
        ("scale payments, then payments in staging", None),
        ("scale checkout in staging, not in production", None),
        ("scale checkout and then restart payments", None),
        ("scale checkout because payments is slow", None),
        ("scale checkout in staging to 4", None),
        ("scale checkout in staging, payments is fine", None),
    ],
)
def test_two_that_are_named_together(text: str, two: tuple[str, str] | None) -> None:
    assert two == told.several(text, SCALE, NAMES)
