"""Dry runs are wished for by whoever plans or asks, and tried by a worker; nothing that they say changes a digest."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol

from core.approvals import records as approval_records
from core.approvals.settling.units import VIEW as APPROVAL
from core.ids import new_id
from core.runbooks import records as runs
from core.runbooks.action import ActionSpec
from core.runbooks.plan import Plan
from core.runbooks.rehearsing import records
from core.runbooks.rehearsing.records import Rehearsal
from core.runbooks.rehearsing.rehearsal import parts_of
from core.store import outbox
from core.store.engine import Unit

TOPIC = "rehearsals"
_KEPT = timedelta(days=14)
_FRESH = timedelta(minutes=1)


class Scene(Protocol):
    """What of the world is needed."""

    @property
    def specs(self) -> Mapping[str, ActionSpec]:
        """What is known of every action."""
        ...


def want(unit: Unit, scene: Scene, plan: Plan, whom: Mapping[str, Any], request: str = "") -> int:
    """Wish for a dry run of a plan; returns how many of its steps can be tried, and wishes nothing if none can."""
    count = len(parts_of(plan, scene.specs))
    if count:
        kept = plan.model_dump(mode="json")
        records.add(unit, Rehearsal(new_id(unit.now), plan.digest, kept, dict(whom), request, unit.now))
        unit.wake(TOPIC)
    return count


def tried(unit: Unit, scene: Scene, plan: Plan) -> dict[str, str] | None:
    """What a dry run of the last minute said, by step; None while it is not there, for which one is wished then."""
    found = records.newest(unit, plan.digest)
    if found is not None and (found[1] is None or found[0] > unit.now - _FRESH):
        return found[1]
    return None if want(unit, scene, plan, {}) else {}


def on_requested(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """People are asked about a run, or about another one than before: let them see what it would do."""
    del data
    request = approval_records.get(unit, ref)
    found = runs.of_request(unit, ref)
    if request.is_pending and found is not None and not found[1]:
        want(unit, scene, Plan.model_validate(runs.get(unit, found[0]).plan), {}, ref)


def next_one(unit: Unit) -> Rehearsal | None:
    """The next to be tried."""
    return records.next_one(unit)


def finish(unit: Unit, one: Rehearsal, texts: dict[str, str]) -> None:
    """Keep what came of it for two weeks, and show it to those who are asked."""
    records.finish(unit, one.id, texts)
    records.forget(unit, unit.now - _KEPT)
    if one.request:
        outbox.refresh(unit, APPROVAL, one.request)


def latest(unit: Unit, digest: str) -> dict[str, str]:
    """What the newest dry run of this plan said, by step; nothing if there was none."""
    return records.latest(unit, digest) or {}
