"""What a person asks in their own words: whom it asks, what it cannot loosen, and how it is used once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.approvals import records
from core.approvals.ageing import units as ageing
from core.approvals.config import Policy
from core.approvals.request import Request, Status
from core.clock import ManualClock
from core.people import units as people
from core.place import Place
from core.store import events, outbox_rows
from core.store.engine import Unit
from core.store.spread import spread
from handlers.inbound import Click, Command
from tests.handlers.house import HERE, House, actor, person, said

WISH = "/approvals request of=ana within=2h Restart the mail server"


async def lived_in(house: House, *policies: dict[str, Any]) -> House:
    roles = {**house.world.roles, "developer": frozenset({"approval.request"})}
    known = {**house.world.people, "fay": person("fay", "developer")}
    rules = tuple(Policy.model_validate({"applies_to": "request", **one}) for one in policies)
    house.world = replace(house.world, roles=roles, people=known, policies=rules)
    await house.store.transact(people.sync, house.world.people)
    return house


async def request(house: House, number: int = 1) -> Request:
    return await house.store.read(records.get, f"AP-{number}")


async def approved(house: House) -> Request:
    await house.command("dev", WISH)
    asked = await request(house)
    await house.take(_press("ana", "approval.approve", asked))
    return await request(house)


def _press(who: str, verb: str, asked: Request, key: str = "press") -> Click:
    return Click(
        key=f"{key}:{who}:{verb}",
        actor=actor(who),
        place=HERE,
        verb=verb,
        object=asked.id,
        digest=asked.digest,
        revision=asked.version,
    )


async def test_words_become_one_request_with_its_text_frozen_and_its_card_where_it_was_asked(
    house: House,
) -> None:
    await lived_in(house)
    await house.command("dev", '/approvals request of=ana,sre approvals=2 reason="it drops mail" Restart it')
    asked = await request(house)
    assert ("request", "AP-1", {"title": "Restart it", "reason": "it drops mail"}) == (
        asked.kind,
        asked.id,
        asked.subject,
    )
    assert (2, {"ana", "bo"}) == (asked.rules.needed, {seat.person for seat in asked.seats})
    assert [HERE] == await house.store.transact(_places)
    card = said(await house.live("approval", "AP-1"))
    assert 1 == card.count("it drops mail")


async def test_nobody_to_ask_is_said_with_what_to_add(house: House) -> None:
    await lived_in(house)
    told = said(await house.command("dev", "/approvals request Restart it"))
    assert "No policy says who decides this" in told
    assert "of=sre" in told
    assert "There is no role, team, person or schedule “srre”" in said(
        await house.command("dev", "/approvals request of=srre Restart it")
    )
    alone = said(await house.command("dev", "/approvals request of=dev Restart it"))
    assert "you name nobody else" in alone
    late = said(await house.command("dev", "/approvals request of=ana within=soon Restart it"))
    assert "within cannot be “soon”: `soon` is not a duration." in late
    assert [] == await house.store.read(records.find)


async def test_an_option_within_the_title_is_not_taken_for_words_and_behind_it_counts(house: House) -> None:
    await lived_in(house)
    told = said(await house.command("dev", "/approvals request Restart of=sre it"))
    assert "write of= before the title" in told
    assert "/approvals request of=sre within=2h" in told
    await house.command("dev", "/approvals request Restart it of=bo")
    assert "Restart it" == (await request(house)).title


async def test_what_a_person_says_only_tightens_what_policies_demand(house: House) -> None:
    await lived_in(house, {"name": "ask-sre", "ask": [{"role": "sre"}], "approvals": 2, "severity": "HIGH"})
    told = said(await house.command("dev", "/approvals request of=fay approvals=1 Restart it"))
    assert "ask-sre says that sre decides this, and Fay would be somebody else." in told
    await house.command("dev", "/approvals request of=bo approvals=1 Restart it")
    rules = (await request(house)).rules
    assert (2, ("bo",), ("ask-sre",)) == (rules.needed, rules.must, rules.policies)
    assert "HIGH" == (await request(house)).severity
    await house.command("dev", "/approvals request of=sre Restart all of them")
    assert ("sre",) == (await request(house, 2)).rules.must
    await house.command("dev", "/approvals request Restart the other one")
    assert {"ana", "bo"} == {seat.person for seat in (await request(house, 3)).seats}


async def test_a_policy_that_denies_is_told_and_nobody_is_asked(house: House) -> None:
    deny = {"name": "frozen", "effect": "deny", "when": 'subject.title.contains("mail")', "reason": "Freeze"}
    await lived_in(house, deny)
    assert "Freeze" in said(await house.command("dev", WISH))
    assert [] == await house.store.read(records.find)


async def test_a_repeat_of_the_same_words_asks_once_and_what_was_refused_waits(house: House) -> None:
    await lived_in(house)
    command = Command(
        key="twice", actor=actor("dev"), place=HERE, area="approvals", text=WISH.removeprefix("/approvals ")
    )
    await house.take(command)
    with pytest.raises(AssertionError):
        await house.take(command)
    assert 1 == len(await house.store.read(records.find))
    asked = await request(house)
    await house.take(_press("ana", "approval.reject", asked).model_copy(update={"args": {"reason": "no"}}))
    assert Status.REJECTED is (await request(house)).status
    assert "was refused a moment ago" in said(await house.command("dev", WISH))


async def test_an_approval_is_done_once_and_every_later_click_is_told(house: House) -> None:
    await lived_in(house)
    asked = await approved(house)
    assert "somebody else" in said(await house.take(_press("bo", "approval.do", asked)))
    for number in (1, 2):
        told = said(await house.take(_press("dev", "approval.do", asked, f"do{number}")))
        assert "AP-1 is used: do it now." in told
    assert "Say what failed." in said(await house.command("dev", "/approvals report AP-1 failed"))
    for _ in range(2):
        told = said(await house.command("dev", "/approvals report AP-1 done took ten minutes"))
        assert "AP-1 is done. took ten minutes" in told
    assert "AP-1 is done. took ten minutes" in said(await house.command("dev", "/approvals do AP-1"))
    kinds = [one["kind"] for one in await house.store.read(events.history, "AP-1")]
    assert (1, 1) == (kinds.count("approval.claimed"), kinds.count("approval.executed"))


async def test_what_is_not_done_in_time_lapses_and_whoever_asked_is_told(
    house: House, clock: ManualClock
) -> None:
    await lived_in(house)
    await approved(house)
    clock.advance(timedelta(minutes=16))
    await house.store.transact(_aged)
    assert Status.LAPSED is (await request(house)).status
    assert any("AP-1 was not used in time and has lapsed" in line for line in await house.told())
    assert "lapsed" in said(await house.command("dev", "/approvals do AP-1"))


async def test_whoever_says_nothing_for_an_hour_can_still_say_what_became_of_it(
    house: House, clock: ManualClock
) -> None:
    await lived_in(house)
    await house.take(_press("dev", "approval.do", await approved(house)))
    clock.advance(timedelta(minutes=61))
    await house.store.transact(_aged)
    assert Status.EXECUTION_UNKNOWN is (await request(house)).status
    assert "AP-1 is done." in said(await house.command("dev", "/approvals report AP-1 done"))


async def test_what_a_run_asked_for_is_not_done_by_hand(house: House) -> None:
    await lived_in(house)
    await house.command("ana", "/runbook run restart-service service=checkout environment=production")
    assert "nothing that people do by hand" in said(await house.command("ana", "/approvals do AP-1"))


def _places(unit: Unit) -> list[Place]:
    spread(unit)
    rows = unit.conn.execute(outbox_rows.COPY.select().where(outbox_rows.COPY.c.ref == "AP-1"))
    return [Place.model_validate(row.place) for row in rows]


def _aged(unit: Unit) -> None:
    ageing.caught_up(unit, records.get(unit, "AP-1"))
