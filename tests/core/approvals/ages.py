"""A request on a store, people who decide on it, and time that passes with the house alive or not."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from core.approvals import records, units
from core.approvals.ageing import units as ageing
from core.approvals.draft import Decided
from core.approvals.request import Ask, Choice, Request, Terms
from core.clock import ManualClock
from core.store import deadlines, events, leases
from core.store.engine import Store
from tests.core.approvals.people import PEOPLE, TEAMS, draft

HOUR = timedelta(hours=1)
TTL = timedelta(seconds=8)
PLAIN = Terms(ask=(Ask(role="sre"), Ask(role="security")), approvals=2, timeout=4 * HOUR)
VETO = PLAIN.model_copy(update={"veto": (Ask(role="security"),), "objection": HOUR / 2})


def terms(**changes: Any) -> Terms:
    return PLAIN.model_copy(update=changes)


async def asked(store: Store, wanted: Terms = PLAIN, **more: Any) -> Request:
    return await store.transact(units.ask, draft(terms=wanted, **more), PEOPLE, TEAMS)


async def says(store: Store, who: str, choice: Choice, request: Request) -> Decided:
    now = await look(store, request)
    return await store.transact(units.decide, request.id, PEOPLE[who], choice, "so", now.digest)


async def agreed(store: Store, request: Request, who: Iterable[str] = ("ana", "bo")) -> Request:
    for one in who:
        await says(store, one, Choice.APPROVE, request)
    return await look(store, request)


async def look(store: Store, request: Request) -> Request:
    return await store.read(records.get, request.id)


async def pass_time(store: Store, clock: ManualClock, span: timedelta, *, alive: bool = True) -> None:
    """Let time pass, in which the house says that it is alive or does not, and serve what is due then."""
    if alive:
        await store.transact(leases.beat, span + TTL)
    clock.advance(span)
    for due in await store.read(deadlines.due):
        await store.transact(ageing.on_due, due.ref)


async def kinds(store: Store, request: Request) -> list[str]:
    return [event["kind"] for event in await store.read(events.history, request.id)]
