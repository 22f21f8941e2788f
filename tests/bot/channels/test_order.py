"""Who is told first: being there orders the notices, and takes no vote from anybody."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from core.approvals import records
from core.approvals.request import Ask, Choice, Rung, Status
from core.hours import Hours, parse_days, parse_time
from core.notify.channel import Channel
from core.people import records as persons
from core.people import units as person_units
from core.people.absences import records as absences
from core.people.absences.records import Absence
from core.people.person import Person
from core.place import Place
from core.store import outbox_rows
from core.store.engine import Store, Unit
from core.store.spread import spread
from tests.bot.channels.house import MAIL, PEOPLE, House, settings, world
from tests.platforms.smtp import MailServer
from tests.stores import START

NIGHTS = Hours(parse_days("daily"), parse_time("22:00"), parse_time("06:00"))
ASLEEP: Mapping[str, Person] = {**PEOPLE, "bob": PEOPLE["bob"].model_copy(update={"hours": NIGHTS})}
ALARM = Channel(name="ops", places=(Place(platform="local", channel="ops"),))


def told(smtp: MailServer) -> list[str]:
    return [str(mail["To"]).partition("@")[0] for mail in smtp.mail]


@pytest.fixture
async def house(store: Store, smtp: MailServer) -> House:
    await store.transact(person_units.sync, ASLEEP)
    return House(store, world(MAIL, people=ASLEEP), settings(smtp_url=smtp.url()))


async def test_those_outside_of_their_hours_are_told_later_if_it_still_matters(
    house: House, smtp: MailServer
) -> None:
    await house.ask("mail", severity="MEDIUM")
    await house.settle()
    assert ["ana"] == told(smtp)
    await house.pass_time(minutes=4, seconds=59)
    assert ["ana"] == told(smtp)
    await house.pass_time(seconds=1)
    assert ["ana", "bob"] == told(smtp)


async def test_those_who_were_spared_hear_nothing_of_what_was_decided_meanwhile(
    house: House, smtp: MailServer
) -> None:
    request = await house.ask("mail", severity="MEDIUM")
    await house.settle()
    await house.decide(request, "ana")
    await house.pass_time(minutes=5)
    assert "bob" not in told(smtp)


async def test_whoever_is_told_later_may_decide_at_once(house: House, smtp: MailServer) -> None:
    request = await house.ask("mail", severity="MEDIUM")
    await house.settle()
    await house.decide(request, "bob", Choice.APPROVE)
    assert Status.APPROVED is (await house.store.read(records.get, request.id)).status
    await house.pass_time(minutes=5)
    assert "bob" not in told(smtp)


@pytest.mark.parametrize("more", [{"severity": "HIGH"}, {"severity": "CRITICAL"}])
async def test_what_is_grave_is_told_to_all_at_once(
    house: House, smtp: MailServer, more: dict[str, Any]
) -> None:
    await house.ask("mail", **more)
    await house.settle()
    assert {"ana", "bob"} == set(told(smtp))


async def test_without_a_lag_all_are_told_at_once(store: Store, smtp: MailServer) -> None:
    house = House(store, world(MAIL, people=ASLEEP, stagger=timedelta()), settings(smtp_url=smtp.url()))
    await house.ask("mail", severity="MEDIUM")
    await house.settle()
    assert {"ana", "bob"} == set(told(smtp))


async def test_if_nobody_is_there_all_are_told_at_once(house: House, smtp: MailServer) -> None:
    await house.store.transact(absences.add, Absence("ana", START, START + timedelta(days=2)))
    await house.ask("mail", severity="MEDIUM")
    await house.settle()
    assert {"ana", "bob"} == set(told(smtp))


async def test_whoever_was_there_just_now_is_told_at_once_outside_of_their_hours(
    house: House, smtp: MailServer
) -> None:
    await house.store.transact(persons.see, "bob")
    await house.ask("mail", severity="MEDIUM")
    await house.settle()
    assert {"ana", "bob"} == set(told(smtp))


async def test_a_restart_does_not_forget_those_who_are_told_later(house: House, smtp: MailServer) -> None:
    await house.ask("mail", severity="MEDIUM")
    await house.settle()
    again = House(house.store, house.world, house.settings)
    await again.pass_time(minutes=5)
    assert ["ana", "bob"] == told(smtp)


def said(unit: Unit) -> list[str]:
    spread(unit)
    rows = unit.conn.execute(outbox_rows.OUTBOX.select().where(outbox_rows.OUTBOX.c.kind == "say"))
    return [str(row.payload.get("text")) for row in rows]


async def test_an_emergency_is_announced_where_operators_look_and_its_list_is_told(
    store: Store, smtp: MailServer
) -> None:
    await store.transact(person_units.sync, PEOPLE)
    house = House(store, world(MAIL, ALARM), settings(smtp_url=smtp.url()))
    last = Rung(
        at=1.0, add=(Ask(role="manager"), Ask(person="bob")), timeout=timedelta(hours=1), emergency=True
    )
    await house.ask("mail", ask=(Ask(person="ana"),), escalation=(last,))
    await house.settle()
    await house.pass_time(hours=4)
    assert {"ana", "bob", "eve"} == set(told(smtp))
    loud = [text for text in await store.transact(said) if text.startswith("🚨")]
    assert [
        "🚨 Emergency: AP-1 now asks Bob and Eve, because nobody finished it by 13:00:00 UTC. It still takes 1 approval."
    ] == loud
