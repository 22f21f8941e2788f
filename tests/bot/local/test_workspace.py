"""What people do in the simulated workspace, through its real server and socket."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.platform import Gone, Refused, Wish
from core.errors import Unavailable
from core.place import Actor, Place
from handlers.cards.card import say
from handlers.inbound import Click, Command, Message, Submit, encode
from tests.bot.local.conftest import Page
from tests.bot.local.house import Workspace, approval, workspace

OPS = Place(platform="local", channel="ops")


def said(text: str, frame_id: str = "a1", **more: str) -> dict[str, str]:
    return {"t": "say", "id": frame_id, "channel": "ops", "text": text, **more}


async def test_words_in_a_channel_are_seen_by_all_and_offered_to_the_house(
    place: Workspace, dev: Page, ana: Page
) -> None:
    answer = await dev.asks(**said("restart checkout in production"))
    assert (answer["ok"], answer["working"]) == (True, False)
    assert (await ana.next_message())["text"] == "restart checkout in production"
    (message,) = place.house.received
    assert isinstance(message, Message)
    assert (message.key, message.addressed, message.actor.user) == ("local:a1", False, "dev")
    assert message.place.thread is None
    assert message.place.message


@pytest.mark.parametrize(
    ("text", "where", "heard"),
    [
        ("@wardroom who is on call?", {}, "who is on call?"),
        ("what do you think, @Wardroom?", {}, "what do you think, @Wardroom?"),
        ("hello", {"channel": "@dev"}, "hello"),
    ],
)
async def test_the_bot_is_addressed_by_name_and_in_its_own_conversation(
    place: Workspace, dev: Page, text: str, where: dict[str, str], heard: str
) -> None:
    await dev.asks(**said(text, **where))
    (message,) = place.house.received
    assert isinstance(message, Message)
    assert (message.addressed, message.text) == (True, heard)
    assert message.place.direct == bool(where)


async def test_a_reply_where_the_bot_has_spoken_is_addressed_and_elsewhere_is_not(
    place: Workspace, dev: Page
) -> None:
    theirs = await place.posts(approval())
    await dev.asks(**said("just us", "own"))
    mine = (await dev.until(lambda f: f.get("t") == "change" and f["message"]["author"] == "dev"))["message"][
        "id"
    ]
    await dev.asks(**said("why?", "b", thread=theirs))
    await dev.asks(**said("hm", "c", thread=mine))
    assert [one.addressed for one in place.house.received if isinstance(one, Message)] == [False, True, False]


async def test_a_slash_makes_a_command_that_only_its_writer_sees(
    place: Workspace, dev: Page, ana: Page
) -> None:
    await dev.asks(**said("/runbook run restart-service service=checkout"))
    await place.posts(say("after"))
    assert (await dev.next_message())["only"] == "dev"
    assert (await ana.next_message())["summary"] == "after"
    (command,) = place.house.received
    assert isinstance(command, Command)
    assert (command.area, command.text) == ("runbook", "run restart-service service=checkout")


async def test_a_path_is_not_a_command(place: Workspace, dev: Page) -> None:
    await dev.asks(**said("/var/log is full"))
    assert isinstance(place.house.received[0], Message)


async def test_a_repeated_message_and_a_repeated_click_have_one_effect(place: Workspace, dev: Page) -> None:
    card = await place.posts(approval())
    press = {
        "t": "press",
        "id": "p1",
        "message": card,
        "verb": "approval.approve",
        "value": encode("AP-1", 3, "9f3c2a11", {}),
    }
    for _ in range(2):
        await dev.asks(**said("hello"))
        await dev.asks(**press)
    assert [type(one) for one in place.house.received] == [Message, Click]
    click = place.house.received[1]
    assert isinstance(click, Click)
    assert (click.object, click.revision, click.digest) == ("AP-1", 3, "9f3c2a11")
    assert (click.place.message, click.place.thread) == (card, None)
    fresh = await dev.hello("dev")
    assert len([one for one in fresh["messages"] if one["kind"] == "text"]) == 1


async def test_a_choice_in_a_menu_comes_as_the_value_of_the_click(place: Workspace, dev: Page) -> None:
    card = await place.posts(approval())
    await dev.asks(
        t="press",
        id="s",
        message=card,
        verb="incident.severity",
        value=encode("INC-1", 0, "", {}),
        choice="2",
    )
    click = place.house.received[0]
    assert isinstance(click, Click)
    assert click.args == {"value": "2"}


async def test_a_verb_with_a_form_opens_it_and_its_submission_is_the_event(
    place: Workspace, dev: Page
) -> None:
    card = await place.posts(approval())
    value = encode("AP-1", 0, "9f3c2a11", {})
    answer = await dev.asks(t="press", id="r", message=card, verb="approval.reject", value=value)
    assert place.house.received == []
    form = answer["form"]
    assert 'name="reason"' in form["html"]
    carry = form["carry"]
    send = {
        "t": "send",
        "id": "r2",
        "channel": "ops",
        "message": card,
        "fields": {"reason": "not today"},
        **carry,
    }
    for _ in range(2):
        assert (await dev.asks(**send))["ok"]
    (submit,) = place.house.received
    assert isinstance(submit, Submit)
    assert (submit.verb, submit.object, submit.fields) == ("approval.reject", "AP-1", {"reason": "not today"})


async def test_a_command_with_a_form_opens_it(place: Workspace, dev: Page) -> None:
    answer = await dev.asks(**said("/incident declare"))
    assert answer["form"]["title"] == "Declare an incident"
    assert place.house.received == []


async def test_a_whisper_is_seen_by_one_person_alone_even_after_coming_back(
    place: Workspace, dev: Page, ana: Page
) -> None:
    await place.platform.whisper(Actor(platform="local", user="dev"), OPS, say("psst"), place.key(), "")
    await place.posts(say("for all"))
    assert (await dev.next_message())["only"] == "dev"
    assert (await ana.next_message())["summary"] == "for all"
    assert [one["summary"] for one in (await ana.hello("ana"))["messages"]] == ["for all"]
    assert len((await dev.hello("dev"))["messages"]) == 2


async def test_a_page_that_comes_back_gets_only_what_changed(place: Workspace, dev: Page) -> None:
    first = await place.posts(approval())
    await place.posts(say("second"))
    snapshot = await dev.hello("dev")
    await place.platform.update(OPS.at(first), approval(1))
    again = await dev.hello("dev", since=snapshot["change"], epoch=snapshot["epoch"])
    assert (again["reset"], [one["id"] for one in again["messages"]]) == (False, [first])
    other = await dev.hello("dev", since=snapshot["change"], epoch="another world")
    assert (other["reset"], len(other["messages"])) == (True, 2)


async def test_a_room_is_made_once_for_a_wish_whatever_it_would_be_called_by_now(tmp_path: Path) -> None:
    wish = Wish(OPS, "inc-1-checkout-fails", "INC-1", "checkout", say("INC-1"), (), "k" * 24)
    async with workspace(tmp_path) as before:
        made = await before.platform.open_room(wish)
        assert f"{wish.name}-2" == (await before.platform.open_room(replace(wish, key="l" * 24))).name
    async with workspace(tmp_path) as after:
        assert made == await after.platform.open_room(replace(wish, name="inc-1-payments-fail"))
        assert made == await after.platform.open_room(replace(wish, room=made.place, key="m" * 24))


async def test_the_same_key_posts_once_and_is_found_again_after_a_restart(tmp_path: Path) -> None:
    async with workspace(tmp_path) as place:
        first = await place.platform.post(OPS, say("once"), "k" * 24)
        assert await place.platform.post(OPS, say("once"), "k" * 24) == first
    async with workspace(tmp_path) as place:
        assert await place.platform.find_sent(OPS, "k" * 24) == first
        assert await place.platform.find_sent(OPS, "x" * 24) is None


async def test_what_cannot_be_sent_says_so(place: Workspace) -> None:
    with pytest.raises(Refused, match="no channel"):
        await place.platform.post(Place(platform="local", channel="nowhere"), say("x"), place.key())
    with pytest.raises(Refused, match="no such thread"):
        await place.platform.post(OPS.under("nowhere"), say("x"), place.key())
    with pytest.raises(Gone):
        await place.platform.update(OPS.at("nowhere"), say("x"))
    with pytest.raises(Gone):
        await place.platform.open_thread(OPS.at("nowhere"), "x")


async def test_a_thread_is_named_after_its_first_message(place: Workspace) -> None:
    root = await place.posts(say("root"))
    reply = await place.posts(say("reply"), thread=root)
    assert await place.platform.open_thread(OPS.at(root), "x") == root
    assert await place.platform.open_thread(OPS.at(reply), "x") == root


async def test_each_persona_has_a_page_of_their_own_that_is_replaced(
    place: Workspace, dev: Page, ana: Page
) -> None:
    await dev.asks(t="home", id="h")
    (command,) = place.house.received
    assert isinstance(command, Command)
    assert (command.area, command.text, command.place.channel) == ("wardroom", "home", "@dev")
    for text in ("one", "two"):
        await place.platform.publish_home(Actor(platform="local", user="dev"), say(text))
    kept = [one["summary"] for one in (await dev.hello("dev"))["messages"] if one["kind"] == "home"]
    assert kept == ["two"]
    assert (await ana.hello("ana"))["messages"] == []


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (said(" \u202e\u0000 "), "nothing to send"),
        (said("hi", channel="@ana"), "no channel"),
        (said("hi", thread="nope"), "no such thread"),
        ({"t": "press", "id": "z", "message": "nope", "verb": "a.b", "value": "x"}, "not here any more"),
        ({"t": "preview", "id": "z", "message": "nope"}, "not here any more"),
    ],
)
async def test_what_cannot_be_done_is_told_in_words(dev: Page, frame: dict[str, Any], words: str) -> None:
    answer = await dev.asks(**frame)
    assert not answer["ok"]
    assert words in answer["error"]


async def test_a_button_that_was_never_ours_is_refused(place: Workspace, dev: Page) -> None:
    card = await place.posts(approval())
    answer = await dev.asks(t="press", id="z", message=card, verb="approval.approve", value="9|x")
    assert "do not know that button" in answer["error"]
    assert place.house.received == []


async def test_when_the_store_cannot_write_the_person_is_told_and_the_retry_works(
    place: Workspace, dev: Page
) -> None:
    place.house.fails = Unavailable("The database is locked.", "Try again.")
    answer = await dev.asks(**said("hello"))
    assert (answer["ok"], answer["error"]) == (False, "The database is locked. Try again.")
    place.house.fails = None
    assert (await dev.asks(**said("hello")))["ok"]
    assert len(place.house.received) == 1


async def test_frames_that_cannot_be_read_do_not_end_the_conversation(dev: Page) -> None:
    for text in ("{", '{"t":"say"}', '{"t":"nonsense","id":"a"}', "[]"):
        await dev.socket.send_str(text)
        assert "cannot read" in (await dev.until(lambda frame: frame.get("t") == "problem"))["error"]
    assert (await dev.asks(**said("still here")))["ok"]


async def test_nobody_can_be_somebody_who_does_not_exist(dev: Page) -> None:
    answer = await dev.hello("mallory")
    assert "nobody called" in answer["error"]


async def test_suggestions_and_the_menu_come_from_the_house(dev: Page) -> None:
    commands = {one["command"]: one for one in dev.snapshot["commands"]}
    assert commands["/runbook run"]["choices"] == ["service"]
    answer = await dev.asks(t="suggest", id="q", verb="runbook.run", argument="service", typed="pay")
    assert answer["choices"] == [["payments", "payments"]]


async def test_the_same_card_can_be_seen_as_other_platforms_get_it(place: Workspace, dev: Page) -> None:
    card = await place.posts(approval())
    answer = await dev.asks(t="preview", id="v", message=card)
    assert list(answer["previews"]) == ["Slack", "Discord"]
