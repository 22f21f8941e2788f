"""Whom a request reaches, by what, and what happens when it reaches nobody."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp import web

from core.approvals.request import Ask, Choice, Status
from core.approvals.settling import units as settling
from core.notify import units as notices
from core.notify.channel import Channel
from core.place import Place
from core.store import dispatch, events, outbox
from core.store.dispatch import Outgoing
from core.store.engine import Store, Unit
from tests.bot.channels.house import MAIL, PEOPLE, House, settings, siem, world
from tests.bot.cli.test_connections import server
from tests.platforms.smtp import MailServer

OPS = Channel(name="ops", places=(Place(platform="slack", channel="C0OPS"),), fallback="mail")
ON_SLACK = {
    one.id: one.model_copy(update={"accounts": {"slack": f"U0{one.id}"} if one.id in ("ana", "dev") else {}})
    for one in PEOPLE.values()
}


@pytest.fixture
def house(store: Store, smtp: MailServer) -> House:
    return House(store, world(OPS, MAIL, people=ON_SLACK), settings(smtp_url=smtp.url()))


def arrived(unit: Unit) -> list[Outgoing]:
    """The card is in the chat: what the platform's courier records; the rest of what was claimed."""
    claimed = dispatch.claim(unit, leader=True)
    (out,) = [one for one in claimed if one.kind == "show"]
    dispatch.shown(unit, out.copy_id or "", "m1", 1)
    dispatch.sent(unit, out, "m1")
    return [one for one in claimed if one is not out]


async def test_a_card_in_the_chat_tells_whoever_has_an_account_there(house: House, smtp: MailServer) -> None:
    request = await house.ask("ops")
    reactions = [
        out for out in await house.store.transact(dispatch.claim, leader=True) if out.kind == "react"
    ]
    await asyncio.gather(*(house.sender._send(out) for out in reactions))
    rest = await house.store.transact(arrived)
    await asyncio.gather(*(house.sender._send(out) for out in rest))
    assert (await house.states(request))[0] == "ana ops chat ACCEPTED"
    assert smtp.to("ana@acme.test") == []


async def test_whoever_has_no_account_there_is_told_by_the_fallback(house: House, smtp: MailServer) -> None:
    request = await house.ask("ops")
    await house.settle()
    assert len(smtp.to("bob@acme.test")) == 1
    (bob,) = [one for one in await house.ledger(request) if (one.person, one.channel) == ("bob", "ops")]
    assert (bob.state, bob.detail) == ("FAILED", "no account there")


async def test_a_chat_that_is_down_is_followed_by_the_fallback_for_everybody(
    house: House, smtp: MailServer
) -> None:
    request = await house.ask("ops")
    await house.settle()
    await house.pass_time(seconds=1)
    assert sorted(str(mail["To"]) for mail in smtp.mail) == ["ana@acme.test", "bob@acme.test"]
    assert "Ana by Slack failed: Slack is not connected" in await house.told(request)


async def test_a_chat_that_takes_its_time_is_not_waited_for_for_ever(house: House, smtp: MailServer) -> None:
    request = await house.ask("ops")
    await house.settle(without="show")
    for _ in range(8):
        await house.pass_time(seconds=4, without="show")
    assert smtp.to("ana@acme.test") == []
    for _ in range(2):
        await house.pass_time(seconds=4, without="show")
    assert len(smtp.to("ana@acme.test")) == 1
    ana = {one.channel: str(one.state) for one in await house.ledger(request) if one.person == "ana"}
    assert ana == {"ops": "QUEUED", "mail": "ACCEPTED"}
    await house.pass_time(seconds=5, without="show")
    assert len(smtp.to("ana@acme.test")) == 1
    # Looking again and again is no news for the ledger of attempts.
    tries = [one for one in await house.store.read(dispatch.deliveries, request.id) if "chat" in one["lane"]]
    assert tries == []


async def test_when_nobody_can_be_told_operators_hear_it_and_the_next_ring_is_asked(
    store: Store, smtp: MailServer
) -> None:
    alone = OPS.model_copy(update={"fallback": None})
    house = House(store, world(alone, people=ON_SLACK), settings(smtp_url=smtp.url()))
    request = await house.ask("ops")
    await house.settle()
    await house.pass_time(seconds=119)
    assert not await store.read(notices.is_unreachable, request.id)
    await house.pass_time(seconds=1)
    assert await store.read(notices.is_unreachable, request.id)
    assert (await house.now(request)).level == 1
    assert any(one.person == "eve" and one.cause == "escalated:1" for one in await house.ledger(request))
    (event,) = [
        one for one in await store.read(events.history, request.id) if one["kind"] == "approval.unreachable"
    ]
    assert event["data"]["code"] == "NOTIFY_UNREACHABLE"
    said = [one for one in await store.read(dispatch.deliveries, request.id) if one["kind"] == "say"]
    assert said, "the alarm was sent to the chat"
    await house.pass_time(minutes=10)
    history = await store.read(events.history, request.id)
    assert sum(one["kind"] == "approval.unreachable" for one in history) == 1


async def test_the_alarm_goes_to_the_channel_that_is_named_for_it(store: Store) -> None:
    alarm = Channel(name="alarm", places=(Place(platform="local", channel="alarm"),))
    house = House(store, world(OPS, alarm, alarm="alarm"), settings())
    request = await house.ask("nowhere")
    await house.settle()
    await house.pass_time(minutes=3)
    said = [one for one in await store.read(dispatch.deliveries, request.id) if one["kind"] == "say"]
    assert {one["lane"] for one in said} >= {"local::alarm"}


async def test_a_request_that_somebody_heard_of_is_not_called_unreachable(house: House) -> None:
    request = await house.ask("mail")
    await house.settle()
    await house.pass_time(minutes=3)
    assert not await house.store.read(notices.is_unreachable, request.id)
    assert (await house.now(request)).level == 0


async def test_somebody_who_is_told_too_late_does_not_undo_it(house: House, smtp: MailServer) -> None:
    smtp.answers.extend(["451 later"] * 8)
    await smtp.stop()
    request = await house.ask("mail")
    await house.settle()
    await house.pass_time(seconds=1)
    await house.pass_time(minutes=2)
    assert await house.store.read(notices.is_unreachable, request.id)


async def test_a_program_that_hears_of_it_is_nobody_who_was_told(store: Store) -> None:
    async def take(_: web.Request) -> web.Response:
        return web.Response()

    async with server([web.post("/in", take)]) as root:
        house = House(store, world(siem(f"{root}/in")), settings())
        request = await house.ask("siem")
        await house.settle()
        await house.pass_time(minutes=2)
        assert await store.read(notices.is_unreachable, request.id)


async def test_nothing_live_is_sent_after_the_decision(house: House, smtp: MailServer) -> None:
    smtp.answers.extend(["451 later"] * 2)
    request = await house.ask("mail")
    await house.settle()
    await house.decide(request, "bob")
    await house.settle()
    await house.pass_time(minutes=5)
    assert {one.state for one in await house.ledger(request) if one.asks} == {"DROPPED"}
    assert [str(mail["To"]) for mail in smtp.mail] == ["dev@acme.test"]
    assert not any("/c/" in mail.as_string() for mail in smtp.mail)


async def test_whoever_has_voted_is_not_reminded(house: House, smtp: MailServer) -> None:
    request = await house.ask("mail", approvals=2)
    await house.settle()
    await house.decide(request, "ana")
    await house.settle()
    await house.pass_time(hours=2)
    subjects = {str(mail["To"]): str(mail["Subject"]) for mail in smtp.mail[2:]}
    assert subjects == {"bob@acme.test": "Reminder: approval needed: restart checkout (AP-1)"}


async def test_those_who_are_added_are_told_and_those_before_are_not_told_again(
    house: House, smtp: MailServer
) -> None:
    await house.ask("mail", remind=())
    await house.settle()
    await house.pass_time(hours=3)
    assert [str(mail["To"]) for mail in smtp.mail[2:]] == ["eve@acme.test"]


@pytest.mark.parametrize(
    ("choice", "word"), [(Choice.APPROVE, "Approved"), (Choice.REJECT, "Rejected")], ids=str
)
async def test_whoever_asked_hears_the_end_once(
    house: House, smtp: MailServer, choice: Choice, word: str
) -> None:
    request = await house.ask("mail")
    await house.settle()
    await house.decide(request, "ana", choice)
    await house.settle()
    await house.pass_time(minutes=1)
    (mail,) = smtp.to("dev@acme.test")
    assert str(mail["Subject"]) == f"{word}: restart checkout (AP-1)"
    assert "/o/AP-1?k=" in mail.as_string()


async def test_every_other_end_is_told_once_too(house: House, smtp: MailServer) -> None:
    expired = await house.ask("mail", escalation=())
    lapsed = await house.ask("mail", by="rex")
    await house.settle()
    await house.decide(lapsed, "ana")
    await house.settle()
    await house.pass_time(minutes=20)
    await house.pass_time(hours=24)
    assert (await house.now(expired)).status is Status.EXPIRED
    assert (await house.now(lapsed)).status is Status.LAPSED
    heads = sorted(str(mail["Subject"]).partition(":")[0] for mail in smtp.to("dev@acme.test"))
    # What a program asked for is told to the human behind it.
    assert heads == ["Approved", "Expired", "Lapsed"]


async def test_messages_go_out_side_by_side(store: Store) -> None:
    both = asyncio.Barrier(2)

    async def take(_: web.Request) -> web.Response:
        async with asyncio.timeout(5):
            await both.wait()
        return web.Response()

    async with server([web.post("/a", take), web.post("/b", take)]) as root:
        one, two = siem(f"{root}/a"), siem(f"{root}/b").model_copy(update={"name": "other"})
        house = House(store, world(one, two), settings())
        request = await house.ask("siem", "other")
        await house.settle()
    assert await house.states(request) == ["- other webhook ACCEPTED", "- siem webhook ACCEPTED"]


async def test_one_address_of_two_channels_is_told_once(store: Store, smtp: MailServer) -> None:
    again = MAIL.model_copy(update={"name": "again"})
    house = House(store, world(MAIL, again), settings(smtp_url=smtp.url()))
    await house.ask("mail", "again")
    await house.settle()
    assert len(smtp.mail) == 2


async def test_a_shared_mailbox_is_told_once_and_is_given_no_link_to_decide(
    store: Store, smtp: MailServer
) -> None:
    shared = Channel(name="mail", outlets={"email": {"from": "w@acme.test", "to": "desk@acme.test"}})
    house = House(store, world(shared), settings(smtp_url=smtp.url()))
    request = await house.ask("mail")
    await house.settle()
    (mail,) = smtp.mail
    assert str(mail["To"]) == "desk@acme.test"
    assert "/c/" not in mail.as_string()
    assert await store.read(notices.has_reached, request.id)


async def test_a_request_whose_policy_names_nobody_uses_the_usual_channels(
    store: Store, smtp: MailServer
) -> None:
    house = House(store, world(MAIL, otherwise=("mail",)), settings(smtp_url=smtp.url()))
    await house.ask()
    await house.settle()
    assert len(smtp.mail) == 2


async def test_figures_count_each_try_by_channel_way_and_outcome(house: House, smtp: MailServer) -> None:
    smtp.answers.append("451 later")
    smtp.unknown.add("bob@acme.test")
    await house.ask("mail", ask=(Ask(role="sre"),))
    await house.settle()
    await house.pass_time(seconds=5)
    outcomes = ("accepted", "failed", "retried")
    counted = {name: house.metrics.notices.labels("mail", "email", name)._value.get() for name in outcomes}
    assert counted == {"accepted": 1.0, "failed": 1.0, "retried": 1.0}


async def test_a_card_is_not_shown_twice_in_a_chat_where_it_is_already(house: House) -> None:
    request = await house.ask("ops")
    here = Place(platform="slack", channel="C0OPS", thread="t1")
    await house.store.transact(outbox.publish, settling.VIEW, request.id, here)
    await house.settle()
    places = await house.store.read(outbox.places, settling.VIEW, request.id)
    assert [place.channel for place in places] == ["C0OPS"]


async def test_the_deadline_is_the_configured_one(store: Store) -> None:
    house = House(store, world(deadline=timedelta(seconds=20)), settings())
    request = await house.ask("nowhere")
    await house.settle()
    await house.pass_time(seconds=20)
    assert await store.read(notices.is_unreachable, request.id)


async def test_what_names_no_channel_is_told_where_there_is_a_chat_and_is_no_alarm(house: House) -> None:
    request = await house.ask()
    reactions = [
        out for out in await house.store.transact(dispatch.claim, leader=True) if out.kind == "react"
    ]
    await asyncio.gather(*(house.sender._send(out) for out in reactions))
    rest = await house.store.transact(arrived)
    await asyncio.gather(*(house.sender._send(out) for out in rest))
    assert (await house.states(request))[0] == "ana ops chat ACCEPTED"
