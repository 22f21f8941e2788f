"""What Slack sends is understood, keyed by what was said or pressed, and never trusted."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.slack import parse
from handlers.inbound import Command, Message

BOT = "U0BOT"


def event(**more: Any) -> dict[str, Any]:
    said = {"type": "message", "channel": "C0OPS", "user": "U0DEV", "text": "hi", "ts": "10.1"}
    return {"team_id": "T0ACME", "event_id": "Ev1", "event": said | {"channel_type": "channel"} | more}


def heard(**more: Any) -> Message:
    message = parse.message(event(**more), BOT, {})
    assert isinstance(message, Message)
    return message


def test_a_mention_that_arrives_twice_has_one_key() -> None:
    text = f"<@{BOT}> restart checkout"
    one, other = heard(text=text), heard(text=text, type="app_mention")
    assert one.key == other.key == "slack:T0ACME:C0OPS:10.1"
    assert one.addressed
    assert other.addressed
    assert "restart checkout" == one.text


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed"},
        {"subtype": "channel_join"},
        {"bot_id": "B9"},
        {"user": BOT},
        {"user": None},
    ],
)
def test_bots_edits_and_joins_are_not_heard(more: dict[str, Any]) -> None:
    assert parse.message(event(**more), BOT, {}) is None


def test_words_to_nobody_are_not_addressed_and_replies_under_ours_are() -> None:
    assert not heard().addressed
    assert heard(channel="D1", channel_type="im").addressed
    reply = heard(thread_ts="9.1", parent_user_id=BOT)
    assert (reply.addressed, reply.named) == (True, False)
    assert heard(thread_ts="9.1", parent_user_id=BOT, text=f"<@{BOT}> why?").named
    assert ("9.1", "10.1") == (reply.place.thread, reply.place.message)
    assert not heard(thread_ts="9.1", parent_user_id="U0ANA").addressed


def test_the_signs_that_slack_escapes_are_signs_again() -> None:
    assert "a < b & c > d" == heard(text="a &lt; b &amp; c &gt; d").text


def test_a_slash_after_a_mention_is_a_command() -> None:
    command = parse.message(event(text=f"<@{BOT}> /rb run x"), BOT, {"rb": "runbook"})
    assert isinstance(command, Command)
    assert ("runbook", "run x") == (command.area, command.text)


def test_a_renamed_command_is_still_ours() -> None:
    body = {
        "command": "/inc",
        "text": "list",
        "team_id": "T",
        "user_id": "U",
        "channel_id": "D1",
        "trigger_id": "1",
    }
    command = parse.command(body, {"inc": "incident"})
    assert ("incident", "list", True) == (command.area, command.text, command.place.direct)


def test_a_click_on_ones_own_page_is_answered_directly() -> None:
    body = {
        "team": {"id": "T"},
        "user": {"id": "U0ANA"},
        "container": {"type": "view", "view_id": "V1"},
        "view": {"id": "V1"},
        "actions": [{"action_id": "approval.show~1", "value": "1|AP-1|0||", "action_ts": "5.5"}],
    }
    click = parse.click(body)
    assert ("U0ANA", True, None) == (click.place.channel, click.place.direct, click.place.message)


def test_a_click_on_a_private_line_has_no_message_to_answer_under() -> None:
    body = {
        "team": {"id": "T"},
        "user": {"id": "U0ANA"},
        "channel": {"id": "C0OPS"},
        "container": {"type": "message", "message_ts": "7.7", "channel_id": "C0OPS", "is_ephemeral": True},
        "actions": [{"action_id": "runbook.run~1", "value": "1||0|abc|runbook=x", "action_ts": "5.5"}],
    }
    assert parse.click(body).place.message is None


@pytest.mark.parametrize("value", ["", "2|AP-1|0||", "AP-1", "1|AP-1|x||", "1|2"])
def test_a_button_that_was_never_ours_is_no_click(value: str) -> None:
    body = {
        "user": {"id": "U"},
        "channel": {"id": "C"},
        "actions": [{"action_id": "approval.approve~1", "value": value, "action_ts": "1.1"}],
    }
    with pytest.raises(ValueError):
        parse.click(body)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(
    ["user", "team", "channel", "actions", "container", "view", "message", "event", "command"]
)


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(KEYS, ANY, max_size=6))
def test_nonsense_raises_what_the_receiver_expects(body: dict[str, Any]) -> None:
    for read in (parse.click, parse.submit, parse.shortcut, parse.home):
        try:
            read(body)
        except parse.NOT_OURS:
            continue
