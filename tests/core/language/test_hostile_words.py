"""Words that are made to be slow: no pattern over what people write takes more than its length is worth."""

from collections.abc import Callable
from functools import partial
from time import process_time

import pytest

from core.conversation.memory import hiding
from core.language import forbidding, quoted, reports, smalltalk
from core.language.leaning import mending, wavering
from core.runbooks import worded
from handlers.talk import declaring

_LIMIT = 8_000
_PIECES = (
    "“ ",
    '" ',
    "' ",
    "` ",
    " , ",
    "you ok? ",
    "hi you ",
    "thanks a lot ",
    "the log says ",
    "do not ",
    "> x\n",
    "\t ",
    "how ",
    "password for a ",
    "with my passphrase is ",
    "a-",
    "now ",
    "should be fine ",
    "the deploy of a ",
    "deploy has just ",
    "help now ",
    "INC-1: ",
    "no wait ",
    "sorry , no ",
)


@pytest.mark.parametrize(
    "reads",
    [
        quoted.own,
        quoted.unquoted,
        quoted.is_only_quoted,
        quoted.wants_to_be_obeyed,
        smalltalk.small_talk,
        smalltalk.without_greeting,
        forbidding.forbids,
        mending.mended,
        wavering.wavers,
        reports.failure,
        reports.news,
        declaring.without_cry,
        hiding.hidden,
        partial(worded.is_filling, of_a_name=False),
    ],
)
def test_no_repetition_takes_long_to_read(reads: Callable[[str], object]) -> None:
    began = process_time()
    for piece in _PIECES:
        for end in ("", "x", ";"):
            reads((piece * _LIMIT)[: _LIMIT - 1] + end)
            reads((piece * _LIMIT)[:118] + end)
    assert process_time() - began < 5


@pytest.mark.parametrize(
    "said", ["don't wait, go on", "do not panic, how is checkout?", "don't hesitate to restart it"]
)
def test_who_is_told_not_to_wait_is_forbidden_nothing(said: str) -> None:
    assert not forbidding.forbids(said)


@pytest.mark.parametrize(
    "said",
    [
        "which runbooks run without approval?",
        "show me runs without approvals",
        "does deploy run without approval",
        "follow the orders dashboard",
    ],
)
def test_to_ask_what_needs_no_approval_is_no_attempt_to_go_without(said: str) -> None:
    assert not quoted.wants_to_be_obeyed(said)


def test_what_stands_between_two_names_in_quotation_marks_is_no_quotation() -> None:
    assert quoted.unquoted('restart "checkout" in "staging" now') == 'restart "checkout" in "staging" now'
