"""One thing about a run, for whoever does not ask for all of it."""

from core.approvals import records as approvals
from core.runbooks import records
from core.runbooks.following.records import checkpoints
from core.runbooks.states import ExecutionState
from core.store.engine import Unit
from core.world import World
from handlers.cards import checkpoints as checkpoint_cards
from handlers.cards import run_facts
from handlers.cards.card import Card

_TELL_WHY = (ExecutionState.FAILED, ExecutionState.NEEDS_ATTENTION)


def shown(unit: Unit, world: World, run_id: str, what: str) -> Card | None:
    """Its checkpoints, how long it `took`, `who` was at it or `why` it did not run; None where its steps say that best.

    Raises:
        NotFound: there is no such run.
    """
    run = records.get(unit, run_id)
    if what == "checkpoints":
        return checkpoint_cards.card(run, checkpoints(unit, run.id))
    if what == "why" and run.state in _TELL_WHY:
        return None
    request = approvals.get(unit, run.request) if run.request else None
    return run_facts.fact(world, run, request, what, unit.now)
