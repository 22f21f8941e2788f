"""Runs inside runs for tests: runbooks that wait inside, and what people do with them."""

from core.runbooks.execution import Execution
from core.runbooks.following import units as following
from core.runbooks.units import pausing
from handlers.cards import execution as cards
from tests.core.runbooks.house import ANA, DEV, HERE, House
from tests.core.runbooks.test_calling import INNER

ASKS = """
name: inner
params: {tag: {type: string, required: true}, environment: {type: environment, default: staging}}
steps:
  - {id: one, action: do, with: {tag: "${{ params.tag }}"}, outputs: {line: "${{ result.stdout }}"}}
  - {id: q, needs: [one], approval: {ask: [{role: sre}], reason: sure, timeout: 12h}}
  - {id: two, needs: [q], action: do}
outputs: {said: "${{ steps.one.outputs.line }}"}
"""
WAITS = INNER.replace(
    ", needs: [one], action: do, rollback: {action: do, with: {undo: two}}", ", wait: {for: 1h}"
)


async def pause(house: House, run: str = "RUN-1") -> Execution:
    return await house.store.transact(pausing.pause, house.world, run, ANA)


async def resume(house: House, run: str = "RUN-1") -> Execution:
    return await house.store.transact(pausing.resume, house.world, run, ANA)


async def take_back(house: House, run: str = "RUN-1") -> Execution:
    wish = following.Wish(run, DEV, f"back {run}", HERE)
    return await house.store.transact(following.take_back, house.world, wish)


def undone(house: House) -> list[str]:
    return [args["undo"] for _, args in house.hands.done if "undo" in args]


def title(house: House, run: Execution) -> str:
    return cards.card(house.world, run, house.clock.now()).title
