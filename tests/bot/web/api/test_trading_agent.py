"""The example agent, against a running house with a policy for what it trades."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from bot.client import NotApproved, Wardroom
from core.approvals import records
from examples.agents.trading_agent import Order, PaperBroker, trade
from tests.bot.web.api.house import World, serving

LARGE = (
    "{name: trades, applies_to: trade, ask: [{role: manager}], notify: [ops],"
    " triggers: [{name: AMOUNT, measure: subject.amount, limit: 1000}]}"
)
SMALL_ORDER = Order("BUY", "ACME", Decimal(10), Decimal("12.50"))
LARGE_ORDER = Order("BUY", "ACME", Decimal(100), Decimal("12.50"))


async def wardroom_of(world: World) -> Wardroom:
    return Wardroom(world.house.url, (await world.program("rex")).secret)


async def decided(world: World, *people: str) -> None:
    for person in people:
        await says(world, person, "approve")


async def eve_says(world: World, decision: str) -> None:
    await says(world, "eve", decision)


async def says(world: World, person: str, decision: str) -> None:
    program = await world.program(person)
    async with asyncio.timeout(10):
        while not (waiting := (await program.get("/approvals?status=PENDING"))[1]["items"]):
            await asyncio.sleep(0.02)
    body = {"decision": decision, "digest": waiting[0]["digest"], "reason": "too much"}
    assert 200 == (await program.post(f"/approvals/{waiting[0]['id']}/decisions", body))[0]


async def test_a_small_order_passes_and_a_large_one_waits_for_a_manager(tmp_path: Path) -> None:
    async with serving(tmp_path, policy=LARGE) as world:
        wardroom, broker = await wardroom_of(world), PaperBroker()
        assert "filled 10 ACME" in await asyncio.to_thread(trade, wardroom, broker, SMALL_ORDER)
        trading = asyncio.create_task(asyncio.to_thread(trade, wardroom, broker, LARGE_ORDER))
        await eve_says(world, "approve")
        assert "filled 100 ACME" in await asyncio.wait_for(trading, 15)
        request = await world.house.store.read(records.get, "AP-2")
        assert ("EXECUTED", "filled 100 ACME at 12.50") == (request.status, request.result)
        assert ["subject.amount is 1,250, which is over the limit of 1,000"] == [
            one.message for one in request.rules.findings
        ]
        assert Decimal("8625.00") == broker.cash


async def test_an_order_that_was_rejected_is_not_placed(tmp_path: Path) -> None:
    async with serving(tmp_path, policy=LARGE) as world:
        wardroom, broker = await wardroom_of(world), PaperBroker()
        trading = asyncio.create_task(asyncio.to_thread(trade, wardroom, broker, LARGE_ORDER))
        await eve_says(world, "reject")
        with pytest.raises(NotApproved, match="too much"):
            await asyncio.wait_for(trading, 15)
        assert {} == broker.orders


async def test_the_order_that_people_made_of_it_is_placed_and_not_the_one_that_was_asked(
    tmp_path: Path,
) -> None:
    asked = "ask: [{role: manager}, {role: sre}], changes: [trade.quantity]"
    policy = LARGE.replace("ask: [{role: manager}]", asked)
    async with serving(tmp_path, policy=policy) as world:
        wardroom, broker = await wardroom_of(world), PaperBroker()
        trading = asyncio.create_task(asyncio.to_thread(trade, wardroom, broker, LARGE_ORDER))
        ana = await world.program("ana")
        async with asyncio.timeout(10):
            while not (waiting := (await ana.get("/approvals?status=PENDING"))[1]["items"]):
                await asyncio.sleep(0.02)
        change = {"subject": {"trade": {"quantity": "80"}}, "reason": "the book is thin"}
        match = {"If-Match": f'"{waiting[0]["version"]}"'}
        path = f"/approvals/{waiting[0]['id']}"
        status, told = await ana.ask("PATCH", path, change, headers=match)
        assert 200 == status, told
        await eve_says(world, "approve")
        assert "filled 80 ACME at 12.50" == await asyncio.wait_for(trading, 15)
        assert Decimal(80) == broker.orders["AP-1"].quantity


def test_the_paper_broker_fills_an_order_once_however_often_it_is_sent() -> None:
    broker = PaperBroker()
    first = broker.place("AP-7", SMALL_ORDER)
    assert first == broker.place("AP-7", SMALL_ORDER) == "filled 10 ACME at 12.50"
    assert (Decimal("9875.00"), ["AP-7"]) == (broker.cash, [*broker.orders])


async def test_the_agent_tells_its_order_and_the_demos_book_tells_the_rest(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        wardroom, broker = await wardroom_of(world), PaperBroker()
        assert "filled 10 ACME" in await asyncio.to_thread(trade, wardroom, broker, SMALL_ORDER)
        large = Order("BUY", "ACME", Decimal(420), Decimal("12.60"))
        trading = asyncio.create_task(asyncio.to_thread(trade, wardroom, broker, large))
        await decided(world, "eve", "chi")
        assert "filled 420 ACME" in await asyncio.wait_for(trading, 15)
        request = await world.house.store.read(records.get, "AP-2")
        assert {"answered": True} == request.subject["book"]
        assert {"AMOUNT_THRESHOLD", "UNUSUAL_PATTERN"} == {one.code for one in request.rules.findings}
        assert ["AP-1", "AP-2"] == [*broker.orders]
