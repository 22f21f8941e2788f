"""A list that is cut says how much of it is shown, and how to see the rest."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.incidents import units as incidents
from core.incidents.units import Declaration
from core.paging import units as paging
from core.paging.answering import units as answering
from core.paging.page import Origin, Plan, Step
from core.paging.units import Wish
from core.store.engine import Unit
from core.world import World
from handlers import account
from handlers.cards.card import Card
from handlers.oncall.facts import board
from tests.handlers.house import House, said
from tests.stores import opened, sqlite_url

_MANY = 22


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which more incidents are open than fit in a list."""
    async with opened(sqlite_url(tmp_path)) as store:
        made = House(store)
        await store.transact(_declared, made.world)
        yield made


def _declared(unit: Unit, world: World) -> None:
    for number in range(1, _MANY + 1):
        declared = Declaration(
            title=f"fault {number}", severity=3, by=world.people["ana"], service="checkout", places=()
        )
        incidents.declare(unit, declared)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("/incident list resolved", "Incidents: resolved"),
        ("/incident list cart", "Incidents: open checkout"),
        ("/incident list sev2", "Incidents: open SEV2"),
        ("/incident list sev3 service=cart", "Incidents: open checkout SEV3"),
        ("/incident list service=payments when=today", "Incidents: payments today"),
        ("incidents for checkout", "Incidents: open checkout"),
        ("list resolved incidents", "Incidents: resolved"),
        ("sev2 incidents", "Incidents: open SEV2"),
        ("what alerts are firing for checkout?", "Alerts: firing of checkout"),
        ("/alerts list firing cart", "Alerts: firing of checkout"),
    ],
)
async def test_only_what_was_asked_for_is_listed(house: House, words: str, title: str) -> None:
    card = await house.say("ana", words)
    assert title == card.title.partition(",")[0]
    assert ("checkout" in title and "Incidents" in title) == ("fault 1" in said(card))


async def test_alerts_of_what_is_no_service_are_not_said_to_be_none(house: House) -> None:
    assert "Did you mean “checkout”?" in said(await house.command("ana", "/alerts list firing chekout"))


async def test_the_list_of_incidents_says_that_it_is_cut_and_leads_to_the_rest(house: House) -> None:
    for command, title in (("open", "Incidents: open"), ("when=today", "Incidents: today")):
        first = await house.command("ana", f"/incident list {command}")
        assert f"{title}, 20 of 22" == first.title
        rest = await house.press("ana", first, "The next 2")
        assert f"{title}, 21 to 22 of 22" == rest.title
        assert "The next" not in {one.label for one in rest.controls}
    assert "There are no more." in said(await house.command("ana", "/incident list all skip=40"))


async def test_the_board_of_services_and_ones_own_page_say_so_too(house: House) -> None:
    for command in ("/status", "/status checkout"):
        told = said(await house.command("ana", command))
        assert "10 of 22 open incidents" in told
        assert "/incident list" in told
    told = said(await house.say("ana", "is anybody working on checkout?"))
    assert ("fault 22" in told, "fault 12;" in told) == (False, False)
    assert "12 more open incidents of it: /incident list checkout" in told.replace("`", "")
    home = await house.store.read(account.live, house.world, "ana")
    assert "5 of 22 open incidents. All of them: /incident list" in said(home)


async def test_the_worst_of_several_services_stand_first(house: House) -> None:
    await house.command("ana", "/incident declare --new severity=SEV1 service=payments nobody can pay")
    assert "nobody can pay" in said(await house.say("ana", "how are checkout and payments?"))


async def test_pages_that_still_call_somebody_come_first(house: House) -> None:
    card = await house.store.transact(_pages, house.world)
    assert ["PG-2", "PG-1"] == [one.label.split()[0] for one in card.controls]


def _pages(unit: Unit, world: World) -> Card:
    plan = Plan(steps=(Step(people=("bo",)),))
    pages = [
        paging.start(unit, world, Wish(title, plan, world.people["ana"], origin=Origin.PERSON))
        for title in ("the old one", "the new one")
    ]
    answering.take(unit, pages[0].id, world.people["bo"], "slack")
    return board(unit, world)
