"""What became of what was approved: people say it where no program did."""

from typing import Literal

from pydantic import Field

from core.approvals import words
from core.approvals.states import Happening
from core.approvals.using import units as using
from core.ids import parse_numbered
from core.store.engine import Unit
from core.text import clean
from core.world import World
from handlers.cards.card import say
from handlers.cards.form import Form, FormField
from handlers.verb import Call, OnObject, Reply, Verb


class Reconcile(OnObject):
    """Which request, what became of it, and how that is known."""

    outcome: Literal["executed", "failed"]
    reason: str = Field(default="", max_length=2_000)


def reconcile(unit: Unit, call: Call, args: Reconcile) -> Reply:
    """Say what became of an approval of which nobody knew."""
    outcome = Happening.EXECUTED if args.outcome == "executed" else Happening.FAILED
    request = using.reconcile(unit, parse_numbered(args.id, "AP"), outcome, call.person, clean(args.reason))
    return Reply(card=say(words.came_of(request), tone="good"))


def _found_out(_world: World, known: dict[str, str]) -> Form:
    request, outcome = known.get("id", ""), known.get("outcome", "executed")
    return Form(
        title="It was done" if outcome == "executed" else "It was not done",
        verb="approval.reconcile",
        object=request,
        args={"outcome": outcome},
        intro=f"{request}: what you write is shown to everybody and kept. It is not tried again.",
        fields=(FormField(name="reason", label="How do you know?", kind="long", max_length=1_000),),
        submit="Say so",
    )


VERBS = (
    Verb(
        name="approval.reconcile",
        command="approvals reconcile",
        help="Say what became of an approval that was used and never reported on: executed or failed.",
        example="/approvals reconcile AP-1 executed order 4711 is in the book",
        args=Reconcile,
        run=reconcile,
        order=("id", "outcome"),
        rest="reason",
        choices={"outcome": lambda _world, _typed: [(word, word) for word in ("executed", "failed")]},
        form=_found_out,
        form_on="click",
    ),
)
