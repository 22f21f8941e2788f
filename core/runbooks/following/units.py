"""Runs that follow one that has ended: they go on from a step, or take back what was done.

Each is a run of its own, with its own plan, digest and approval: what people said of the old one was about that.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import Conflict, NotFound
from core.people.person import Person
from core.place import Place
from core.runbooks import records, sequel
from core.runbooks.calling.records import caller
from core.runbooks.execution import Execution
from core.runbooks.following import records as rows
from core.runbooks.plan import Plan
from core.runbooks.states import ExecutionState
from core.runbooks.units import runs
from core.runbooks.units.commit import Scene, turn_of
from core.store.engine import Unit


@dataclass(frozen=True)
class Wish:
    """Which run is to be followed, by whom; `key` recognises a repeat, `place` is where it was asked for."""

    execution: str
    by: Person
    key: str
    place: Place | None = None


def retry(unit: Unit, scene: Scene, wish: Wish, step: str = "", checkpoint: int = 0) -> Execution:
    """A new run that goes on where this one failed, from a step, or from a checkpoint of it.

    Raises:
        NotFound: there is no such run, step or checkpoint.
        Conflict: it has not ended, or a run that called it has not; another run follows it already; or there is nothing
            left to do.
        Forbidden: a policy denies it.
    """

    def made(old: Execution) -> Plan:
        _refuse_while_called(unit, old)
        return sequel.retried(old, step, _then(unit, old.id, checkpoint))

    return _follow(unit, scene, wish, made)


def take_back(unit: Unit, scene: Scene, wish: Wish) -> Execution:
    """A new run that undoes what a run that has ended did, newest first.

    Raises:
        NotFound: there is no such run.
        Conflict: it has not ended, another run follows it or one that it called, the run that called it takes it
            back or may still do so, or nothing of it can be undone.
        Forbidden: a policy denies it.
    """

    def made(old: Execution) -> Plan:
        _refuse_if_called(unit, old)
        plan = sequel.taken_back(old)
        _refuse_if_parts_are_followed(unit, old, plan)
        return plan

    return _follow(unit, scene, wish, made)


def _follow(unit: Unit, scene: Scene, wish: Wish, made: Callable[[Execution], Plan]) -> Execution:
    # Held first: the same wish at the same moment, at another process, is then seen as the repeat that it is.
    old = turn_of(unit, wish.execution, wish.by.id).execution
    known = records.id_of_key(unit, wish.key)
    if known is not None:
        return records.get(unit, known)
    if not old.state.is_final:
        raise Conflict(f"{old.id} has not ended.", f"`/runbook cancel {old.id}` ends it.")
    other = _follower(unit, old.id)
    if other is not None:
        raise Conflict(f"{other.id} follows {old.id} already.", f"Go on with {other.id}.", execution=other.id)
    start = runs.Start(made(old), wish.by, wish.key, wish.place or old.place, old.incident, before=old)
    return runs.start(unit, start, scene)


def _follower(unit: Unit, execution_id: str) -> Execution | None:
    """The run that follows this one, unless it was called off before it began."""
    for other in rows.followers(unit, execution_id):
        if other.state is not ExecutionState.CANCELLED or other.started_at is not None:
            return other
    return None


def _refuse_while_called(unit: Unit, old: Execution) -> None:
    """What comes of a run that was called is first of all the affair of the run that called it."""
    above = caller(unit, old.id)
    while above is not None:
        # Held, so that it cannot take back what is being retried at this moment.
        outer = records.get(unit, above[0], lock=True)
        if not outer.state.is_final:
            raise Conflict(
                f"{outer.id} called {old.id} and has not ended: it does now what its own file says about a failure.",
                f"Wait for its end, and retry {outer.id} then; `/runbook cancel {outer.id}` ends it.",
                execution=outer.id,
            )
        above = caller(unit, outer.id)


def _refuse_if_called(unit: Unit, old: Execution) -> None:
    """What a run has called is taken back by the run that called it or by itself, and never by both."""
    above = caller(unit, old.id)
    while above is not None:
        # Held, so that of two wishes at the same moment, for the whole and for the part, one sees the other.
        outer = records.get(unit, above[0], lock=True)
        follower = _follower(unit, outer.id)
        if not outer.state.is_final:
            raise Conflict(f"{outer.id} called {old.id} and has not ended.", f"Roll back {outer.id}.")
        if follower is not None or outer.phase == "rollback":
            by = follower or outer
            how = f"{by.id} follows it" if follower else "was rolled back, and this with it"
            what = f"{outer.id} called {old.id}, and {how}."
            raise Conflict(what, f"Go on with {by.id}.", execution=by.id)
        above = caller(unit, outer.id)


def _refuse_if_parts_are_followed(unit: Unit, old: Execution, plan: Plan) -> None:
    for run in dict.fromkeys(ref.partition("/")[0] for node in plan.nodes for ref in node.takes_back):
        other = _follower(unit, run) if run != old.id else None
        if other is not None:
            raise Conflict(
                f"{old.id} called {run}, and {other.id} follows that already: as a whole it cannot be taken back.",
                f"Go on with {other.id}, and mend the rest by hand.",
                execution=other.id,
            )


def _then(unit: Unit, execution_id: str, checkpoint: int) -> dict[str, str] | None:
    if not checkpoint:
        return None
    kept = {int(row["version"]): row["steps"] for row in rows.checkpoints(unit, execution_id)}
    if checkpoint not in kept:
        listed = ", ".join(str(version) for version in sorted(kept))
        raise NotFound(f"{execution_id} keeps no checkpoint {checkpoint}.", f"It keeps {listed}.")
    found: dict[str, str] = kept[checkpoint]
    return found
