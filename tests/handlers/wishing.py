"""What the tests of wishes in words share: a house in which developers run things, and how one answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.plugins import ACTIONS
from core import wiring
from core.clock import ManualClock
from core.runbooks import records as runs
from core.runbooks.execution import Execution
from core.runbooks.load import load
from handlers.cards.card import Button, Card, Select
from tests.handlers.house import HERE, House, person, world
from tests.stores import START, opened

SCALE = """
name: scale-service
description: Change how many copies run.
owners: [platform]
params:
  service: {type: service, required: true, description: Which service}
  replicas: {type: integer, required: true, min: 1, max: 9, description: How many copies}
  environment: {type: environment, required: true, description: Where}
  pace: {type: choice, required: true, choices: [slow, fast]}
  note: {required: true, pattern: "[A-Z]+-[0-9]+", description: Which ticket}
steps:
  - {id: do, action: shell, with: {argv: [echo, "${{ params.replicas }}", "${{ params.pace }}", "${{ params.note }}"]}}
"""
CACHE = """
name: restart-cache
triggers: [{chat: sweep the floor}]
params: {environment: {type: environment, default: staging}}
steps: [{id: do, action: shell, with: {argv: [echo, x]}, destructive: false}]
"""
DEPLOY = """
name: deploy
owners: [platform]
params:
  service: {type: service, required: true, description: Which service}
  version: {required: true, pattern: "[0-9A-Za-z][0-9A-Za-z.+_-]{0,40}", description: "Which version, as in 1.4.0"}
  environment: {type: environment, default: staging}
  reason: {description: Why it is deployed}
steps: [{id: do, action: shell, with: {argv: [echo, "${{ params.version }}", "${{ params.reason }}"]}}]
"""
THREAD = HERE.under("m1")


@asynccontextmanager
async def wishing(url: str) -> AsyncIterator[House]:
    """A house in which developers run things."""
    async with opened(url, ManualClock(START), reactions=wiring.BY_EVENT) as store:
        made = world()
        books = dict(made.runbooks) | {
            book.name: book for book in (load(text, "x.yaml", ACTIONS) for text in (SCALE, CACHE, DEPLOY))
        }
        roles = dict(made.roles) | {"developer": frozenset({"runbook.list", "runbook.plan", "runbook.run"})}
        people = dict(made.people) | {"eva": person("eva", "developer")}
        yield House(store, replace(made, runbooks=books, roles=roles, people=people))


async def asks(house: House, number: int = 1) -> Card:
    """The card of a question, as it stands now."""
    return await house.live("wish", f"WISH-{number}")


async def answer(house: House, label: str, who: str = "dev", number: int = 1) -> Card:
    """A press of a choice on the card, as the platforms send it."""
    card = await asks(house, number)
    for control in card.controls:
        if isinstance(control, Button) and control.label == label:
            return await house.click(who, control.verb, control.object, THREAD, **control.args)
        if isinstance(control, Select):
            value = dict(control.options).get(label)
            if value is not None:
                return await house.click(who, control.verb, control.object, THREAD, value=value)
    raise AssertionError([control.label for control in card.controls])


async def run(house: House, number: int = 1) -> Execution:
    """A run as it is now."""
    return await house.store.read(runs.get, f"RUN-{number}")


async def no_run(house: House) -> bool:
    """Whether nothing was begun or asked for."""
    return await house.store.read(runs.find) == []
