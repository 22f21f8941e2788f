"""The sentences that order a run without naming the bot, where it listens to all that is said."""

import re

import pytest

from handlers.runbooks.sentences import RUN


def is_an_order(text: str) -> bool:
    return any(re.fullmatch(pattern, text, re.IGNORECASE) for pattern in RUN)


@pytest.mark.parametrize(
    "text",
    [
        "deploy checkout",
        "restart checkout in staging",
        "deploy checkout 1.9.0 to staging",
        "deploy checkout to staging please",
        "deploy 1.9.0 of checkout to the staging environment",
        "please deploy v1.9.0 to checkout",
        "run restart-service for checkout",
    ],
)
def test_a_whole_order_is_heard(text: str) -> None:
    assert is_an_order(text)


@pytest.mark.parametrize(
    "text",
    [
        "deploy checkout to fix the bug",
        "restart checkout and payments",
        "I restart checkout in staging",
        "scale checkout to 5",
        "we deploy checkout 1.9.0 to staging tomorrow",
    ],
)
def test_what_people_say_to_each_other_is_not(text: str) -> None:
    assert not is_an_order(text)
