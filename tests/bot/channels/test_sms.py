"""Notices by text message, against a server that speaks Twilio's interface."""

from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
from pydantic import SecretStr

from bot.channels.sms import words
from core.approvals.request import Ask
from core.notify.notice import Letter
from core.store.engine import Store
from tests.bot.channels.house import MAIL, PAGER, House, settings, world
from tests.platforms.smtp import MailServer
from tests.platforms.twilio import Twilio
from tests.stores import START


@pytest.fixture
def house(store: Store, twilio: Twilio, smtp: MailServer) -> House:
    return House(store, world(PAGER, MAIL), settings(twilio_api_url=twilio.url, smtp_url=smtp.url()))


async def test_a_text_is_short_and_carries_link_and_code(house: House, twilio: Twilio) -> None:
    request = await house.ask("pager")
    await house.settle()
    text = next(one for one in twilio.messages if one["to"] == "+491709999999")["body"]
    assert text.startswith(
        "Approval needed: restart checkout (AP-1). Status: PENDING. Until: 2026-03-02T13:00:00Z."
    )
    assert " Decide: https://wardroom.acme.test/c/" in text
    assert "hunter2" not in text
    assert "evil.test" not in text
    assert {one["from"] for one in twilio.messages} == {"+15550100"}
    assert {one.provider for one in await house.ledger(request)} == {one["sid"] for one in twilio.messages}


async def test_a_request_to_wait_is_obeyed_and_is_no_failure(house: House, twilio: Twilio) -> None:
    house.chance = 1.0
    twilio.answers.extend([(429, {"Retry-After": "90"}, {"code": 20429})] * 2)
    request = await house.ask("pager")
    await house.settle()
    assert {(one.state, one.attempts) for one in await house.ledger(request)} == {("QUEUED", 0)}
    await house.pass_time(seconds=89)
    assert twilio.messages == []
    await house.pass_time(seconds=1)
    assert await house.states(request) == ["ana pager sms ACCEPTED", "bob pager sms ACCEPTED"]
    assert {one.attempts for one in await house.ledger(request)} == {1}


async def test_a_fault_of_theirs_is_tried_again_after_5_10_and_20_seconds(
    store: Store, twilio: Twilio
) -> None:
    house = House(store, world(PAGER), settings(twilio_api_url=twilio.url))
    twilio.answers.extend([(500, {}, {})] * 99)
    await house.ask("pager")
    await house.settle()
    seen = []
    for _ in range(60):
        before = twilio.calls
        await house.pass_time(seconds=1)
        seen.append(twilio.calls - before)
    assert [second for second, calls in enumerate(seen, 1) if calls] == [5, 15, 35]
    assert sum(seen) == 6


async def test_waits_are_spread_by_a_third_at_most(store: Store, twilio: Twilio) -> None:
    house = House(store, world(PAGER), settings(twilio_api_url=twilio.url), chance=1.0)
    twilio.answers.extend([(500, {}, {})] * 2)
    await house.ask("pager")
    await house.settle()
    await house.pass_time(seconds=6.4)
    assert twilio.messages == []
    await house.pass_time(seconds=0.1)
    assert len(twilio.messages) == 2


async def test_a_number_that_is_none_goes_to_the_fallback_at_once(
    house: House, twilio: Twilio, smtp: MailServer
) -> None:
    twilio.answers.extend([(400, {}, {"code": 21211, "status": 400})] * 2)
    request = await house.ask("pager")
    await house.settle()
    assert await house.states(request) == [
        "ana mail email ACCEPTED",
        "ana pager sms FAILED",
        "bob mail email ACCEPTED",
        "bob pager sms FAILED",
    ]
    assert len(smtp.mail) == 2
    assert (
        "Told: 2 of 2; Ana by text message failed: no telephone has this number (21211)"
        in await house.told(request)
    )


async def test_the_fallback_comes_after_the_last_try_and_once(
    house: House, twilio: Twilio, smtp: MailServer
) -> None:
    twilio.answers.extend([(503, {}, {})] * 99)
    await house.ask("pager")
    await house.settle()
    await house.pass_time(seconds=5)
    await house.pass_time(seconds=10)
    assert smtp.mail == []
    await house.pass_time(seconds=20)
    assert len(smtp.mail) == 2
    await house.pass_time(seconds=60)
    assert len(smtp.mail) == 2


async def test_whoever_has_no_telephone_is_told_by_the_fallback(
    house: House, twilio: Twilio, smtp: MailServer
) -> None:
    await house.ask("pager", by="rex", ask=(Ask(role="manager"),))
    await house.settle()
    assert twilio.messages == []
    assert len(smtp.to("eve@acme.test")) == 1


async def test_a_wrong_token_is_permanent_and_never_shown(store: Store, twilio: Twilio) -> None:
    given = settings(twilio_api_url=twilio.url, twilio_auth_token=SecretStr("not-the-token"))
    house = House(store, world(PAGER), given)
    request = await house.ask("pager")
    await house.settle()
    assert {(one.state, one.detail) for one in await house.ledger(request)} == {
        ("FAILED", "Twilio does not accept the account's token (20003)")
    }
    assert twilio.calls == 2
    probe = await house.outlets["sms"].probe(PAGER)
    assert (probe.ok, "not-the-token" in repr(probe)) == (False, False)


async def test_the_probe_names_what_is_missing(house: House, store: Store) -> None:
    assert (await house.outlets["sms"].probe(PAGER)).detail == "Twilio answers for Acme"
    bare = PAGER.model_copy(update={"outlets": {"sms": {}}})
    probe = await house.outlets["sms"].probe(bare)
    assert (probe.ok, "Add `from:`" in probe.mend) == (True, True)
    unset = House(store, house.world, settings(twilio_account_sid=""))
    assert "not set" in (await unset.outlets["sms"].probe(PAGER)).detail


async def test_link_and_code_survive_the_longest_title(house: House, twilio: Twilio) -> None:
    await house.ask("pager")
    await house.settle()
    assert all(len(one["body"]) < 400 for one in twilio.messages)
    letter = Letter("k", "pager", "sms", "+1", "AP-1", "e", "x" * 9_000, {"why": "y" * 9_000}, START, {})
    text = words(replace(letter, link="https://w/c/1?k=2", code="7f3k-22pm"))
    assert len(text) <= 1_500
    assert text.endswith(" Decide: https://w/c/1?k=2 code 7f3k-22pm")


async def test_a_text_whose_answer_was_lost_is_looked_for_and_not_sent_again(
    house: House, twilio: Twilio
) -> None:
    twilio.lost = 2
    request = await house.ask("pager")
    await house.settle()
    await house.pass_time(seconds=10)
    assert await house.states(request) == ["ana pager sms ACCEPTED", "bob pager sms ACCEPTED"]
    assert (2, 2) == (len(twilio.messages), twilio.calls)


@pytest.mark.parametrize(("days", "found"), [(0, True), (1, False)])
async def test_the_same_words_of_yesterday_are_not_this_text(
    house: House, twilio: Twilio, days: int, *, found: bool
) -> None:
    letter = Letter("k", "pager", "sms", "+491700000001", "PG-1", "page", "Bo has it", {}, START, {})
    made = format_datetime(START - timedelta(days=days))
    twilio.messages.append({"sid": "SM1", "to": letter.target, "body": words(letter), "date_created": made})
    assert ("SM1" if found else None) == await house.outlets["sms"].find_sent(letter)
