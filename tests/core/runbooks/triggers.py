"""What the tests of triggers share: three runbooks that start by themselves, and how a process serves what is due."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from core.notify.channel import Channel
from core.people.team import Team
from core.place import Place
from core.runbooks import records
from core.runbooks.execution import Execution
from core.runbooks.starting import units as starting
from core.store import deadlines, events
from core.store.deadlines import Deadline
from core.store.engine import Unit
from core.wiring import DEADLINES
from tests.core.runbooks.house import House, book

OPS = Place(platform="local", channel="ops")
NIGHT = """
name: night
owners: [platform]
run: {roles: [nobody-has-it]}
params: {tag: {required: true}}
triggers:
  - {cron: "30 13 * * *", params: {tag: "${{ due }}"}MORE}
steps: [{id: a, action: do, with: {say: "${{ params.tag }}"}}]
"""
HOOKED = """
name: hooked
params: {version: {required: true}, environment: {type: environment, default: staging}}
triggers:
  - webhook: {token: T, when: 'body.action == "released"'}
    params: {version: "${{ body.release.tag }}", environment: "${{ has(body.where) ? body.where : 'staging' }}"}
steps: [{id: a, action: do, destructive: true, with: {say: "${{ params.version }}"}}]
"""
ALARMED = """
name: alarmed
owners: [platform]
params: {database: {type: service, required: true}}
concurrency: {key: "${{ params.database }}", on_conflict: reject}
triggers:
  - {alert: 'labels.alertname == "DatabaseDown"', params: {database: "${{ alert.labels.service }}"}, channel: ops}
steps: [{id: a, action: do}]
"""
DOWN: dict[str, Any] = {
    "fingerprint": "f1",
    "source": "alertmanager",
    "labels": {"alertname": "DatabaseDown", "service": "user-db"},
    "service": "user-db",
    "severity": "critical",
    "started": "2026-11-21T11:59:00Z",
}


def furnish(house: House, *texts: str) -> None:
    """Give the house these runbooks, a team that owns them and a channel."""
    books = {one.name: one for one in map(book, texts)}
    team = Team(name="platform", members=("ana", "bo"), places=(OPS,))
    channels = {"ops": Channel(name="ops", places=(OPS,))}
    house.world = replace(
        house.world, runbooks=books, teams={"platform": team}, channels=channels, timezone="Europe/Berlin"
    )


async def arm(house: House) -> None:
    """A process starts."""
    await house.store.transact(starting.arm, house.world)


async def serve(house: House) -> None:
    """A process does what is due, as the scheduler does it: each in a unit of its own."""
    for one in await house.store.read(deadlines.due):
        await house.store.transact(_serve, house.world, one)


def _serve(unit: Unit, world: Any, one: Deadline) -> None:
    if deadlines.take(unit, one):
        DEADLINES[one.kind](unit, world, one.ref)


async def runs_of(house: House) -> list[Execution]:
    """Every run there is, the newest first."""
    return await house.store.read(records.find)


async def waiting(house: House) -> list[datetime]:
    """The due times of schedules."""
    return [one.due for one in await house.store.read(deadlines.of_kind, starting.DEADLINE)]


async def kinds(house: House) -> list[tuple[str, str]]:
    """What the log says, and of whom."""
    return [(one["kind"], one["actor"]) for one in await house.store.read(events.after, 0, 1000)]


RELEASED: dict[str, Any] = {"action": "released", "release": {"tag": "1.2"}}
