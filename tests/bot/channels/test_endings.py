"""Every end of a request is told to whoever asked: once by mail to the human, once to the program, once in the log."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from core.approvals import units
from core.approvals.request import Ask, Choice, Request, Terms
from core.approvals.states import Happening
from core.approvals.succession import units as succession
from core.approvals.using import units as using
from core.notify.links import signing_secret
from core.store import events
from core.store.engine import Store, Unit
from tests.bot.channels.house import KEY, MAIL, PEOPLE, House, settings, world
from tests.platforms.receiver import Receiver
from tests.platforms.smtp import MailServer


async def approved(house: House, request: Request) -> None:
    await house.decide(request, "ana")
    await house.settle()


async def rejected(house: House, request: Request) -> None:
    await house.decide(request, "ana", Choice.REJECT)


async def expired(house: House, request: Request) -> None:
    del request
    await house.pass_time(hours=4)
    await house.pass_time(minutes=1)


async def withdrawn(house: House, request: Request) -> None:
    await house.store.transact(units.withdraw, request.id, PEOPLE["rex"], "not needed")


async def superseded(house: House, request: Request) -> None:
    def work(unit: Unit) -> None:
        old = succession.replaceable(unit, request.id, "rex")
        succession.replace(unit, old, request.model_copy(update={"id": "AP-9"}))

    await house.store.transact(work)


async def revoked(house: House, request: Request) -> None:
    await approved(house, request)
    await house.decide(request, "bob", Choice.REJECT)


async def lapsed(house: House, request: Request) -> None:
    await approved(house, request)
    await house.pass_time(minutes=16)


async def unknown(house: House, request: Request) -> None:
    await approved(house, request)
    await house.store.transact(using.claim, request.id, "ex_1", awaits_report=True)
    await house.pass_time(hours=1)


async def executed(house: House, request: Request) -> None:
    await unknown(house, request)
    await house.store.transact(using.reconcile, request.id, Happening.EXECUTED, PEOPLE["eve"], "seen")


ENDINGS: dict[str, tuple[Callable[[House, Request], Awaitable[None]], list[tuple[str, str]]]] = {
    "approved": (approved, [("APPROVED", "human")]),
    "rejected": (rejected, [("REJECTED", "human")]),
    "expired": (expired, [("EXPIRED", "time")]),
    "withdrawn": (withdrawn, [("WITHDRAWN", "requester")]),
    "superseded": (superseded, [("SUPERSEDED", "requester")]),
    "revoked": (revoked, [("APPROVED", "human"), ("REVOKED", "human")]),
    "lapsed": (lapsed, [("APPROVED", "human"), ("LAPSED", "time")]),
    "unknown": (unknown, [("APPROVED", "human"), ("EXECUTION_UNKNOWN", "human")]),
    "executed": (executed, [("APPROVED", "human"), ("EXECUTION_UNKNOWN", "human"), ("EXECUTED", "human")]),
}


@pytest.mark.parametrize("name", ENDINGS)
async def test_each_end_is_told_once_by_each_way(
    store: Store, receiver: Receiver, smtp: MailServer, name: str
) -> None:
    happens, expected = ENDINGS[name]
    receiver.secret = signing_secret(KEY, "person", "rex")
    house = House(store, world(MAIL, callback_hosts=("127.0.0.1",)), settings(smtp_url=smtp.url()))
    more: dict[str, Any] = {"veto": (Ask(person="bob"),), "escalation": ()}
    request = await house.ask("mail", by="rex", callback=receiver.url, **more)
    await house.settle()
    smtp.mail.clear()
    await happens(house, request)
    for _ in range(3):
        await house.settle()
        await house.pass_time(minutes=1)
    told = [(one["data"]["status"], one["data"]["actor_kind"]) for one in receiver.events]
    assert expected == told
    assert len(expected) == len(smtp.to("dev@acme.test")), "the human behind the program"
    ends = [
        event["data"]["status"]
        for event in await store.read(events.history, request.id)
        if event["kind"] in ("approval.closed", "approval.executed")
    ]
    assert [status for status, _ in expected] == ends
    assert 0 == receiver.bad
    words = receiver.events[-1]["data"]["outcome"]
    assert "rejected by" not in words or name == "rejected", "time is no person"


async def test_an_approval_tells_a_program_all_it_needs_and_counts_no_dissent(
    store: Store, receiver: Receiver
) -> None:
    receiver.secret = signing_secret(KEY, "person", "rex")
    house = House(store, world(callback_hosts=("127.0.0.1",)), settings())
    wanted = Terms(ask=(Ask(role="sre"), Ask(role="manager")))
    more: dict[str, Any] = {"ask": wanted.ask, "approvals": 2, "rejections_to_block": 2, "escalation": ()}
    request = await house.ask(by="rex", callback=receiver.url, **more)
    await house.decide(request, "bob", Choice.REJECT)
    await house.decide(request, "ana")
    await house.decide(request, "eve")
    await house.settle()
    (event,) = receiver.events
    told = event["data"]
    assert ("APPROVED", request.digest, request.subject) == (told["status"], told["digest"], told["subject"])
    assert (["ana", "eve"], ["bob"]) == (told["approvers"], told["dissent"])
    assert "2026-03-02T09:15:00Z" == told["approved_until"]
    (entry,) = [one for one in await house.ledger(request) if one.way == "callback"]
    assert "ACCEPTED" == entry.state


async def test_those_who_said_yes_are_asked_to_look_too(store: Store, smtp: MailServer) -> None:
    house = House(store, world(MAIL), settings(smtp_url=smtp.url()))
    request = await house.ask("mail", by="rex", report_within=timedelta(minutes=30))
    await house.decide(request, "ana")
    await house.store.transact(using.claim, request.id, "ex_1", awaits_report=True)
    await house.settle()
    smtp.mail.clear()
    await house.pass_time(minutes=30)
    assert 1 == len(smtp.to("ana@acme.test")) == len(smtp.to("dev@acme.test"))
    (mail,) = smtp.to("ana@acme.test")
    text = mail.get_body(("plain",))
    assert text is not None
    assert "/approvals reconcile AP-1 executed" in text.get_content().replace("\n", " ")
