"""What a process does with the rows that others left: what it takes over when it moves in, and what it lets go in time."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from core.approvals.seating import units as seating
from core.catalogue.deployments import units as deployments
from core.conversation.answering import records as inquiries
from core.conversation.drafting import records as drafts
from core.conversation.memory import units as memories
from core.conversation.spending import records as spending
from core.errors import Unavailable
from core.incidents.heartbeats import units as heartbeats
from core.incidents.muting import units as muting
from core.incidents.practice import records as practice
from core.oncall import units as oncall
from core.people import units as people
from core.runbooks.starting import units as starting
from core.runbooks.working import records as working
from core.store import anchor, audit, dispatch, inbox, leases, outages
from core.store.engine import Store, Unit
from core.world import World

log = structlog.get_logger("wardroom")
LEASE = timedelta(seconds=8)
"""How long a process counts as alive without a sign of it."""
_KEPT = timedelta(days=14)
_AHEAD = timedelta(weeks=8)


def move_in(unit: Unit, world: World, process: str, *, alone: bool) -> None:
    """Take over what was left, and bring in what the configuration says now.

    Args:
        unit: the unit that does it.
        world: the configuration.
        process: the id of this process.
        alone: nobody else is on this database, so that what others held is free at once.
    """
    outages.notice(unit)
    if alone:
        leases.end_all(unit)
        working.end_leases(unit, process)
        drafts.free(unit)
        inquiries.free(unit)
        spending.free(unit)
    leases.beat(unit, LEASE)
    people.sync(unit, world.people)
    seating.people_changed(unit, world.people, world.teams)
    starting.arm(unit, world)
    heartbeats.arm(unit, world)
    muting.rejudge(unit, world)
    anchor.arm(unit, world.audit.anchor.every if world.audit.anchor else None)


@dataclass(frozen=True)
class Left:
    """What there is to do for whoever leads: rows that a process which is gone received or was sending, events to seal."""

    received: bool
    sending: bool
    unsealed: bool


def left(unit: Unit) -> Left:
    """What there is to do, in one look: nearly always nothing, so nothing is begun to find that out."""
    alive = leases.alive(unit)
    return Left(
        received=inbox.has_orphans(unit, alive),
        sending=bool(dispatch.orphans(unit, alive)),
        unsealed=audit.is_behind(unit),
    )


async def warn_of_gaps(store: Store, world: World) -> None:
    """Log when nobody is on call within the next weeks; `wardroom check` says the same."""
    found = await store.read(lambda unit: oncall.empty(unit, world.schedules, unit.now + _AHEAD))
    for name, gaps in found.items():
        first = gaps[0]
        log.warning(
            "oncall.nobody",
            schedule=name,
            begins=first.begins,
            ends=first.ends,
            gaps=len(gaps),
            weeks=_AHEAD.days // 7,
        )


async def forget(store: Store, world: World) -> None:
    """Delete rows that nobody will ask for any more."""
    before = store.clock.now() - _KEPT
    try:
        for room in (inbox, drafts, inquiries, dispatch, practice, deployments):
            await store.transact(room.forget, before)
        await store.transact(memories.expire, world.memory)
    except Unavailable as error:
        log.warning("old rows stay", why=error.what)
