"""Values of texts: found among the words of an answer, and never made of words that hold none."""

import pytest

from core.runbooks import told, worded
from core.runbooks.definition import Param
from tests.core.runbooks.house import NAMES, book

PATTERN = Param(required=True, pattern="[0-9A-Za-z][0-9A-Za-z.+_-]{0,40}")
ANY = Param(required=True)
TICKET = Param(required=True, pattern="[A-Z]+-[0-9]+")
DEPLOY = book(
    "name: deploy\nparams:\n  service: {type: service, required: true}\n  version: {required: true}\n"
    "  environment: {type: environment, default: staging}\n  ticket: {pattern: '[A-Z]+-[0-9]+'}\n  reason: {required: true}\n"
    "steps: [{id: a, action: do, with: {x: '${{ params.version }}${{ params.ticket }}${{ params.reason }}'}}]\n"
)


@pytest.mark.parametrize("param", [PATTERN, ANY])
@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("hm, 1.4.2 should be fine I think", "1.4.2"),
        ("v2.0.0-rc1 please", "v2.0.0-rc1"),
        ("let's take the latest", "latest"),
        ("main", "main"),
        ("build 77", "77"),
        ("a3f9c2e sounds good", "a3f9c2e"),
        ("tell me a joke", ""),
        ("SELECT * FROM users", ""),
        ("how is checkout doing", ""),
        ("lovely weather", ""),
        ("1.4.2 or 1.4.3", ""),
    ],
)
def test_a_version_is_found_among_its_words(param: Param, said: str, version: str) -> None:
    assert version == worded.value(said, "version", param)


@pytest.mark.parametrize(
    ("said", "name", "param", "found"),
    [
        ("it is OPS-12 I think", "ticket", TICKET, "OPS-12"),
        ("OPS-12 and OPS-13", "ticket", TICKET, ""),
        ("use db-1.internal please", "host", ANY, "db-1.internal"),
        ("tell me a joke", "host", ANY, ""),
        ("rm -rf /; echo $HOME", "host", ANY, ""),
        ("because it leaks memory since noon", "reason", ANY, "because it leaks memory since noon"),
        ("v1.6.0", "version", Param(pattern=r"\d+\.\d+\.\d+"), "1.6.0"),
    ],
)
def test_a_text_is_what_fits_it(said: str, name: str, param: Param, found: str) -> None:
    assert found == worded.value(said, name, param)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("payments please", "service"),
        ("it's payments", "service"),
        ("hm, payments in prod I think", "service"),
        ("no, I meant payments, sorry", "service"),
        ("staging is fine for now", "environment"),
        ("hm, 1.4.2 in production should be fine I think", "version"),
        ("version=1.4.2", "version"),
        ("because my dog ate it", "reason"),
    ],
)
def test_values_and_small_words_are_an_answer(text: str, asked: str) -> None:
    assert told.says_only(text, DEPLOY, NAMES, asked)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("my dog ate payments", "service"),
        ("I think payments is the culprit", "service"),
        ("payments is fine", "service"),
        ("the password for user-db is hunter2", "service"),
        ("scale user-db to 5", "service"),
        ("bounce payments", "service"),
        ("we had 1.4.2 on monday and it was bad", "version"),
        ("it broke in production", "environment"),
    ],
)
def test_a_sentence_that_names_a_value_is_no_answer(text: str, asked: str) -> None:
    assert not told.says_only(text, DEPLOY, NAMES, asked)


@pytest.mark.parametrize(
    ("text", "asked", "says"),
    [
        (
            "deploy checkout 1.6.0 to staging",
            "",
            {"service": "checkout", "version": "1.6.0", "environment": "staging"},
        ),
        ("ship v1.6 of payments, OPS-7", "", {"service": "payments", "version": "v1.6", "ticket": "OPS-7"}),
        ("1.4.2 in production", "version", {"version": "1.4.2", "environment": "production"}),
        ("staging is broken", "reason", {"reason": "staging is broken"}),
        ("tell me a joke", "version", {}),
    ],
)
def test_what_has_a_shape_of_its_own_needs_no_question(text: str, asked: str, says: dict[str, str]) -> None:
    assert says == told.read(text, DEPLOY, NAMES, asked)
