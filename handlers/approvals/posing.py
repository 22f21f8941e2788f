"""Putting a question to people, whoever has it: a program at its door, or a person in chat. Each call is one unit's work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.approvals import approvers, records, units, words
from core.approvals.draft import Draft
from core.approvals.granting.units import grant
from core.approvals.policy import Answer, Verdict
from core.approvals.request import Ask, Finding, Request, Status, Terms
from core.approvals.search import records as searching
from core.approvals.succession import units as succession
from core.digest import digest
from core.errors import Invalid, TooMany, WardroomError
from core.notify import units as notices
from core.oncall import units as oncall
from core.store import events
from core.store.engine import Unit
from core.text import clean
from core.trading import records as orders
from core.trading import units as trading
from core.trading.look import Look
from core.world import World
from handlers.approvals.asking import Asker, Question, terms_of
from handlers.approvals.judging import judged, policies_of


@dataclass(frozen=True)
class Asked:
    """What became of a question: the request, whether it is new, or why there is none."""

    request: Request | None
    fresh: bool = False
    refusal: WardroomError | None = None


def judge(unit: Unit, asker: Asker, question: Question, told: Mapping[str, Any] | None = None) -> Verdict:
    """What the policies would say to a question asked now, which claims nothing; `told` as in `ask`.

    Raises:
        Invalid: it names a policy that does not exist.
    """
    return _judged(unit, asker, question, told)[1]


def _judged(
    unit: Unit, asker: Asker, question: Question, told: Mapping[str, Any] | None
) -> tuple[Look | None, Verdict]:
    policies = policies_of(asker.world, question.kind, question.policy)
    return judged(unit, asker.person, policies, question.kind, question.subject, told)


def ask(
    unit: Unit, asker: Asker, question: Question, key: str, told: Mapping[str, Any] | None = None
) -> Asked:
    """Ask people, or learn at once that nobody is needed or nobody could allow it.

    A refusal is returned, not raised, so that the log keeps what was tried. `told`: the subject of an order as the book
    completes it.

    Raises:
        Invalid: people, teams or the policy do not exist, or too few people may decide.
        Conflict: the key was used for another question.
        NotFound, AlreadyFinal: what it wants to take the place of is not an open request of the asker's.
    """
    world = asker.world
    known = records.by_key(unit, asker.person.id, key)
    if known is not None:
        return Asked(_before(unit, known, question))
    earlier = _not_worn_down(unit, asker, question)
    look, verdict = _judged(unit, asker, question, told)
    facts = verdict.facts() | {"kind": question.kind, "title": question.title}
    events.append(unit, "policy.evaluated", asker.person.id, actor=asker.person.id, data=facts)
    if verdict.answer is Answer.DENY:
        return Asked(None, refusal=verdict.refusal())
    terms = terms_of(question, verdict.terms, world)
    if verdict.terms is not None:
        _refuse_more(unit, world, terms, verdict.terms)
    old = succession.named(unit, question.supersedes, asker.person.id)
    previous = _last(unit, asker, question, searching.IN_VAIN)
    draft = Draft(
        kind=question.kind,
        title=clean(question.title),
        reason=clean(question.reason),
        subject=look.frozen() if look else question.subject,
        requester=asker.person,
        terms=terms or Terms(ask=(), valid_until=question.valid_until, named=question.policy or ""),
        key=key,
        findings=(*verdict.findings, *earlier),
        supersedes=old.id if old else None,
        previous=previous[0] if previous else None,
    )
    made = (
        grant(unit, draft, "policy:none")
        if terms is None
        else units.ask(unit, draft, world.people, world.teams, world.schedules)
    )
    if look:
        trading.keep(unit, made, question.subject)
    if old is not None:
        succession.replace(unit, old, made)
    if question.callback:
        notices.keep_callback(unit, made.id, asker.person.id, question.callback)
    return Asked(made, fresh=True)


def people_of(unit: Unit, world: World, asks: tuple[Ask, ...]) -> set[str]:
    """Everybody whom these entries mean now."""
    on_call = oncall.on_call(unit, world.schedules)
    seats = approvers.seats_for(Terms(ask=asks), world.people, world.teams, (), on_call)
    return {seat.person for seat in seats}


def _refuse_more(unit: Unit, world: World, wanted: Terms | None, demanded: Terms) -> None:
    """Whoever is named has to be among those of the policies: more people would make it easier, not harder.

    Raises:
        Invalid: somebody is named whom no policy that speaks asks.
    """
    asked = wanted.ask if wanted else ()
    more = people_of(unit, world, asked) - people_of(unit, world, demanded.ask)
    if more:
        names = words.list_of([world.people[one].name for one in sorted(more)])
        groups = words.list_of([ask.name for ask in demanded.ask])
        raise Invalid(
            f"{words.list_of(list(demanded.policies))} says that {groups} decides this, and {names} would be somebody else.",
            "Name some of those, or nobody.",
        )


def _before(unit: Unit, known: Request, question: Question) -> Request:
    return units.asked_before(known, question.kind, question.subject, orders.asked(unit, known.id))


def _not_worn_down(unit: Unit, asker: Asker, question: Question) -> tuple[Finding, ...]:
    """Check that people are not flooded, and say if this very thing was refused before.

    Raises:
        TooMany: too many questions are open, or this one was refused a moment ago.
    """
    limits, me = asker.world.limits, asker.person.id
    most = limits.pending_per_program + int(question.supersedes is not None)
    if not asker.person.is_human and searching.open_of(unit, me) >= most:
        raise TooMany(
            f"{asker.person.name} has {limits.pending_per_program} questions open, which is the most.",
            "Wait for answers, or withdraw some.",
            retry_after=60,
        )
    refused = _last(unit, asker, question, searching.REFUSED)
    if refused is None:
        return ()
    left = (refused[1] + limits.cool_down - unit.now).total_seconds()
    if left > 0:
        raise TooMany(
            f"{refused[0]}, which was about the same, was refused a moment ago.",
            f"It can be asked again in {max(1, round(left))} s; people see then that it was refused.",
            retry_after=left,
        )
    said = f"{refused[0]}, which was about the same, was refused"
    return (
        Finding(policy="", code="ASKED_BEFORE", severity="LOW", message=said, inputs={"refused": refused[0]}),
    )


def _last(
    unit: Unit, asker: Asker, question: Question, ended: frozenset[Status]
) -> tuple[str, datetime] | None:
    """The asker's last request for this very thing that ended so, whatever the book or people made of it since."""
    me, asked = asker.person.id, digest(question.subject)
    return orders.last_of(unit, me, asked, ended) or searching.last_of(unit, me, question.kind, asked, ended)
