"""One thing about a run in a sentence: how long it took, who was at it, why it did not run. Pure."""

from datetime import datetime

from core.approvals import words
from core.approvals.request import Choice, Request
from core.approvals.settling.units import tally_of
from core.runbooks.execution import Execution
from core.runbooks.gate import began_by
from core.text import moment, one_line
from core.world import World
from handlers.cards.card import Card, say
from handlers.cards.execution import HEADS, spent

_FACTS = 600
_AGREED = ("APPROVED", "EXECUTED")


def fact(world: World, run: Execution, request: Request | None, about: str, now: datetime) -> Card:
    """What is asked `about` a run: `took`, `who` or `why`; `request` is what people were asked for it."""
    said = {"took": _took(run, now), "who": _who(world, run, request), "why": _why(run, request)}[about]
    return say(f"{one_line(said, _FACTS)} `/runbook status {run.id}` shows all of it.")


def _took(run: Execution, now: datetime) -> str:
    state = HEADS[run.state][0]
    if run.started_at is None:
        return (
            f"{run.id} never ran: it is {state}."
            if run.state.is_final
            else f"{run.id} has not begun: it {state}."
        )
    if run.ended_at is None:
        return f"{run.id} began at {moment(run.started_at)}, {spent(now - run.started_at)} ago, and is not over: {state}."
    took = spent(run.ended_at - run.started_at)
    return f"{run.id} took {took}: from {moment(run.started_at)} to {moment(run.ended_at)}; {state}."


def _who(world: World, run: Execution, request: Request | None) -> str:
    by = world.people.get(run.by)
    asked = f"{by.name if by else began_by(run.by)} asked for {run.id} at {moment(run.created_at)}."
    return f"{asked} {_people(request)}".strip()


def _why(run: Execution, request: Request | None) -> str:
    state = HEADS[run.state][0]
    return f"{run.id}: {state}. {_people(request) or one_line(run.words, 300)}".strip()


def _people(request: Request | None) -> str:
    """What people have said to it."""
    if request is None:
        return ""
    yes = [vote.name for vote in request.votes if vote.choice is Choice.APPROVE]
    if request.final is not None and request.final.code in _AGREED:
        return f"{request.id} was approved by {words.list_of(yes)}."
    if request.final is not None:
        return words.ended(request)
    return f"{request.id} waits for people. {words.open_still(tally_of(request))}"
