"""Judging what programs ask, and what is asked once more because it was changed: always by the policies of now."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.approvals.config import Policy
from core.approvals.draft import Cast
from core.approvals.policy import Verdict, evaluate
from core.approvals.request import Request
from core.errors import Invalid
from core.people.person import Person
from core.runbooks.gate import judge_subject
from core.store.engine import Unit
from core.trading import units as trading
from core.trading.completing import stripped
from core.trading.look import Look
from core.world import PACKS, World


def policies_for(world: World, kind: str, named: Collection[str]) -> tuple[Policy, ...]:
    """The policies that speak about this kind; those that the program named speak, whatever they were written for."""
    return tuple(
        one.model_copy(update={"applies_to": kind}) if one.name in named else one for one in world.policies
    )


def policies_of(world: World, kind: str, named: str | None) -> tuple[Policy, ...]:
    """The policies that speak about a question. Naming one adds it; the others speak all the same.

    Raises:
        Invalid: it names a policy that does not exist.
    """
    known = [policy.name for policy in world.policies]
    if named is not None and named not in known:
        raise Invalid(f"There is no policy “{named[:60]}”.", f"There are: {', '.join(known)}.")
    return policies_for(world, kind, {named or ""})


def policies_on(world: World, request: Request) -> tuple[Policy, ...]:
    """The policies of now that speak about a request, and the one that its program named."""
    return policies_for(world, request.kind, {*request.rules.policies, request.rules.named})


def judged(
    unit: Unit,
    person: Person,
    policies: Sequence[Policy],
    kind: str,
    subject: Mapping[str, Any],
    told: Mapping[str, Any] | None,
) -> tuple[Look | None, Verdict]:
    """What these policies say about what a person asks, and the look at it with our other orders, if it is an order.

    `told` is the subject of an order as the book completes it.
    """
    asking = trading.asking(person, kind, policies)
    if asking is None:
        return None, evaluate(policies, kind, subject, unit.now, PACKS)
    look = trading.look(unit, asking, told or stripped(subject))
    return look, evaluate(policies, kind, look.subject, unit.now, look.among(PACKS))


def cast_for(world: World, request: Request) -> Cast:
    """Who there is, and what judges this request."""
    policies = policies_on(world, request)

    def judge(kind: str, subject: dict[str, Any], now: datetime) -> Verdict:
        if kind == "runbook":
            book = world.runbooks.get(str(subject.get("runbook", "")))
            return judge_subject(world.policies, subject, book.owners if book else (), now)
        return evaluate(policies, kind, subject, now, PACKS)

    return Cast(world.people, world.teams, judge, world.schedules)
