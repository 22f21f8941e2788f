"""The drawing that belongs to an object: a run's steps, or those of the run that a request is about."""

from dataclasses import dataclass

from core.runbooks import dag, records
from core.runbooks.definition import Runbook
from core.runbooks.graph import Graph, lay_out
from core.store.engine import Unit
from core.world import World


@dataclass(frozen=True)
class Drawing:
    """The steps of a run; `live` while they can still change."""

    graph: Graph
    live: bool


def drawn(unit: Unit, world: World, ref: str) -> Drawing | None:
    """The drawing for `RUN-…`, for an `AP-…` that asks about a run, or for a runbook by its name; None for anything else.

    Raises:
        NotFound: there is no such run.
    """
    if ref in world.runbooks:
        return Drawing(planned(world.runbooks[ref]), live=False)
    found = (ref, "") if ref.startswith("RUN-") else records.of_request(unit, ref)
    if found is None:
        return None
    execution = records.get(unit, found[0])
    steps = execution.steps.values()
    states = {} if execution.started_at is None else {step.id: step.state for step in steps}
    return Drawing(lay_out([step.node for step in steps], states), not execution.state.is_final)


def planned(book: Runbook) -> Graph:
    """The steps of a runbook as its file has them; what is done for each of a list is drawn once."""
    return lay_out(dag.flatten(book, lambda _step, walk: [f"each {walk.as_}"]), {})
