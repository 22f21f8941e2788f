"""A world with a trading desk, in which the agent rex asks as a program does, on a real store."""

from collections.abc import Mapping
from typing import Any

from core.approvals import units as approvals
from core.approvals.request import Choice, Request
from core.people.person import Person
from core.people.tokens.token import Token
from core.store.engine import Store
from core.world import World
from handlers.approvals import posing
from handlers.approvals.asking import Question
from handlers.approvals.posing import Asked
from handlers.approvals.using import Claimed, Now
from handlers.caller import Caller
from handlers.programs import deeds as programs
from tests.core.trading.orders import NOW, policy, subject

QUIET: dict[str, Any] = {"patterns": None, "require_approval_for_first_trade": False}
PEOPLE = {
    "rex": Person(id="rex", name="Rex", kind="agent", owner="dev", roles=frozenset({"agent"})),
    "max": Person(id="max", name="Max", kind="agent", owner="eve", roles=frozenset({"agent"})),
    "dev": Person(id="dev", name="Dev", roles=frozenset({"manager"})),
    "eve": Person(id="eve", name="Eve", roles=frozenset({"manager"})),
}


def world(limits: Mapping[str, Any] | None = None, **more: Any) -> World:
    """The world with one policy for trades."""
    return World(
        workspace="acme",
        people=PEOPLE,
        roles={"agent": frozenset({"approval.request"}), "manager": frozenset({"approval.*"})},
        policies=(policy(QUIET | dict(limits or {}), **more),),
    )


def caller(world: World, person: str = "rex") -> Caller:
    """A program of this person at a door."""
    token = Token(id="t", person=person, scopes=(), created=NOW)
    return Caller(world.people[person], token, world)


def order(changes: Mapping[str, Any] | None = None, orders: Any = ()) -> Question:
    """A question about an order."""
    return Question(kind="trade", title="Buy ACME", subject=subject(changes, list(orders)))


async def ask(
    store: Store, world: World, question: Question, key: str, person: str = "rex", told: Any = None
) -> Asked:
    """Ask."""
    return await store.transact(posing.ask, caller(world, person), question, key, told)


async def approve(store: Store, request: Request, person: str = "eve") -> Request:
    """Somebody agrees."""
    decided = await store.transact(
        approvals.decide, request.id, PEOPLE[person], Choice.APPROVE, "fine", request.digest
    )
    return decided.request


async def claim(store: Store, world: World, request: Request, execution: str = "ex_1", **now: Any) -> Claimed:
    """Use it."""
    return await store.transact(programs.claim, caller(world), request.id, execution, Now(**now))
