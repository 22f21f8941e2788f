from time import process_time

import pytest

from core.errors import Invalid
from core.incidents.severity import in_title, label, options, parse


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("SEV1", 1),
        ("sev2", 2),
        (" sev-3 ", 3),
        ("sev 4", 4),
        ("5", 5),
        ("P2", 2),
        ("high", 2),
        ("Critical", 1),
        ("minor", 4),
        ("info", 5),
    ],
)
def test_a_severity_is_understood_as_people_say_it(words: str, expected: int) -> None:
    assert parse(words) == expected


@pytest.mark.parametrize("number", range(1, 6))
def test_what_is_shown_can_be_typed_again(number: int) -> None:
    assert parse(label(number)) == number
    assert parse(options()[number - 1][1]) == number


@pytest.mark.parametrize(
    ("words", "meant"), [("hihg", "SEV2"), ("sev9", "SEV5"), ("0", "SEV1"), ("critcal", "SEV1")]
)
def test_a_wrong_one_is_told_with_the_nearest(words: str, meant: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(words)
    assert (
        f"“{words}” is not a severity. Choose SEV1 to SEV5. Did you mean {meant}" in refused.value.sentence()
    )


@pytest.mark.parametrize(
    ("title", "severity", "rest"),
    [
        ("customers cannot pay sev1", 1, "customers cannot pay"),
        ("checkout is down, SEV-2.", 2, "checkout is down"),
        ("search answers nothing (P3)", 3, "search answers nothing"),
        ("sev2: mails are late", 2, "mails are late"),
        ("[P1] login fails", 1, "login fails"),
        ("payments fails as a sev 2", 2, "payments fails"),
        ('latency of "checkout" sev2', 2, 'latency of "checkout"'),
        ('sev2: latency of "checkout"', 2, 'latency of "checkout"'),
        ("latency of **checkout**, sev2", 2, "latency of **checkout**"),
        ("the customers' sev2", 2, "the customers'"),
        ("checkout is down **sev2**", 2, "checkout is down"),
        ('checkout is down ("sev2")', 2, "checkout is down"),
        ('"sev2: checkout is down"', 2, "checkout is down"),
        ("**checkout is down, sev2**", 2, "checkout is down"),
        ("checkout fails sev1 since the deploy", 1, "checkout fails sev1 since the deploy"),
        ("api fails SEV-2 today", 2, "api fails SEV-2 today"),
        ("is it a sev2 or sev1 now that all fails", 1, "is it a sev2 or sev1 now that all fails"),
    ],
)
def test_a_severity_at_an_end_of_a_title_is_one(title: str, severity: int, rest: str) -> None:
    assert (severity, rest) == in_title(title)


@pytest.mark.parametrize(
    "title",
    [
        "sev1",
        "p5 cluster is down",
        "disk full on db-p1",
        "p1-db-03 is down",
        "checkout is down on p2",
        "slow since upgrade to p5",
        "sev-1-host is down",
        "the p2p network fails",
        "high latency",
        "sev9 of it",
        "checkout fails like the sev1 last week",
        "slow, but not a sev1 for now",
        "nobody can open sev1 incidents today",
        "checkout is no longer sev1 but slow",
        "it was a sev1 yesterday, slow now",
        "it isn't quite a sev1 today",
        "",
        "step 1",
    ],
)
def test_a_title_without_one_stays_as_it_is(title: str) -> None:
    assert (None, title) == in_title(title)


def test_a_title_of_many_grades_is_read_at_once() -> None:
    began = process_time()
    assert 1 == in_title(f"x {'sev1 ' * 4_000}y")[0]
    assert process_time() - began < 0.5
