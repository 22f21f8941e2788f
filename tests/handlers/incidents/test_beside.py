"""Two incidents of one service name each other, and what was merged keeps whose it was; the gravest page is answered first."""

from core.incidents.paging import units as tie
from core.paging import records as pages
from core.paging import units as paging
from core.paging.page import Plan, Step
from core.paging.units import Wish
from core.store.engine import Unit
from tests.handlers.house import House, said


async def both(house: House) -> None:
    await house.command(
        "ana", "/incident declare", title="payments fail", service="payments", severity="SEV3"
    )
    await house.command(
        "bo", "/incident declare", title="payments are slow", service="payments", severity="SEV1", new="true"
    )


async def test_the_cards_of_two_that_are_open_for_one_service_name_each_other(house: House) -> None:
    await both(house)
    merge = "If it is the same: /incident merge INC-2 into INC-1"
    first, second = [said(await house.live("incident", one)) for one in ("INC-1", "INC-2")]
    assert f"Also open for payments: INC-2 SEV1 · open · payments are slow. {merge}" in first
    assert f"Also open for payments: INC-1 SEV3 · open · payments fail. {merge}" in second
    await house.command("ana", "/incident resolve INC-1 a bad deploy")
    assert "Also open" not in said(await house.live("incident", "INC-2"))


async def test_what_was_merged_is_marked_on_the_timeline_and_in_the_list(house: House) -> None:
    await both(house)
    await house.command("bo", "/incident timeline INC-2 the queue is full")
    await house.command("ana", "/incident merge INC-2 into INC-1")
    history = said(await house.command("ana", "/incident history INC-1"))
    assert "INC-2: “the queue is full”" in history
    assert "INC-2: Declared SEV1: payments are slow" in history
    assert "INC-1: Declared" not in history
    assert "INC-2 SEV1 part of INC-1: payments are slow" in said(
        await house.command("ana", "/incident list all")
    )


async def test_status_names_the_incidents_that_are_open(house: House) -> None:
    await both(house)
    board = said(await house.command("ana", "/status"))
    assert "SEV1 INC-2 of payments is open: payments are slow" in board
    one = said(await house.command("ana", "/status payments"))
    assert ("INC-1" in one, "INC-2" in one) == (True, True)
    assert "INC-1" not in said(await house.command("ana", "/status checkout"))


def _call_bo(unit: Unit, house: House, incident: str) -> None:
    plan = Plan(steps=(Step(people=("bo",)),))
    wish = Wish(f"page of {incident}", plan, house.world.people["ana"], incident=incident)
    paging.start(unit, house.world, wish)


async def test_a_bare_ack_takes_the_gravest_page_and_the_rest_is_told_in_that_order(house: House) -> None:
    await both(house)
    await house.command("ana", "/incident declare", title="checkout flickers", severity="SEV4", new="true")
    for incident in ("INC-2", "INC-1", "INC-3"):
        await house.store.transact(_call_bo, house, incident)
    answer = said(await house.say("bo", "ack"))
    assert answer.startswith("PG-1 is yours: page of INC-2.")
    assert answer.index("PG-2") < answer.index("PG-3")


async def test_a_page_that_is_taken_over_or_called_on_says_from_whom(house: House) -> None:
    await both(house)
    await house.store.transact(_call_bo, house, "INC-1")
    await house.say("bo", "ack")
    assert "PG-1 is yours" in said(await house.command("ana", "/oncall take PG-1"))
    page = await house.store.read(pages.get, "PG-1")
    took = {"kind": "page.taken", "incident": "INC-1", "from": "bo", "seconds": 653.0}
    await house.store.transact(tie.on_page_event, house.world, page.id, took)
    assert "Ana has PG-1" in said(await house.command("bo", "/oncall escalate PG-1"))
    await house.store.transact(paging.escalate, house.world, page.id, house.world.people["bo"])
    on = {"kind": "page.escalated", "incident": "INC-1", "from": "ana", "by": "bo"}
    await house.store.transact(tie.on_page_event, house.world, page.id, on)
    await house.store.transact(tie.on_page_event, house.world, page.id, on | {"by": "ana"})
    history = said(await house.command("ana", "/incident history INC-1"))
    assert "PG-1: Ana gave it up, and the next people are called." in history
    assert "PG-1: Ana took it over from Bo." in history
    assert (
        "PG-1: Bo has escalated it, and the next people are called; Ana does not have it any more." in history
    )
