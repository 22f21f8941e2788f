"""A house with runbooks, and people who use their verbs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from core.people.person import Person
from core.place import Actor
from core.world import World
from handlers import arguments
from handlers.cards.card import Card
from handlers.inbound import Command
from handlers.runbooks import catalogue
from handlers.runbooks import runs as run_verbs
from handlers.runbooks import verbs as runbooks
from handlers.verb import Call, Reply
from tests.core.runbooks.house import DEV, HERE, PRODUCTION, House, example, open_house
from tests.stores import sqlite_url

BY_NAME = {verb.name: verb for verb in (*run_verbs.VERBS, *catalogue.VERBS, *runbooks.VERBS)}
ROLES = {
    "sre": frozenset({"runbook.*"}),
    "developer": frozenset({"runbook.list", "runbook.plan", "runbook.run"}),
}


@asynccontextmanager
async def furnished(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url(tmp_path), PRODUCTION) as made:
        books = {name: example(name) for name in ("restart-service", "database-failover")}
        made.world = replace(made.world, runbooks=books, roles=ROLES)
        yield made


def call(world: World, person: Person, key: str = "k1") -> Call:
    """Somebody asks for something."""
    actor = Actor(platform="local", user=person.id)
    return Call(Command(key=key, actor=actor, place=HERE, area="runbook"), person, world)


async def does(house: House, name: str, person: Person = DEV, key: str = "k1", **raw: str) -> Reply:
    """Somebody uses a verb."""
    verb = BY_NAME[name]
    args = arguments.typed(verb, raw)
    return await house.store.transact(verb.run, call(house.world, person, key), args)


async def shown(house: House, run: str = "RUN-1") -> Card:
    """The live card of a run."""
    return await house.store.read(runbooks.live, house.world, run)
