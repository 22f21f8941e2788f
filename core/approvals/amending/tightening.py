"""The terms and the seats of a request whose subject was changed: what was frozen only ever becomes stricter. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.approvals import approvers
from core.approvals.alone import BreakGlass
from core.approvals.draft import Cast
from core.approvals.policy import Verdict
from core.approvals.request import SEVERITIES, Finding, Request, Rules, Seat, Severity, Terms
from core.people.person import Person

_NOTE = "It was changed by {name}; what it was asked under still holds"


@dataclass(frozen=True)
class Tightened:
    """The new terms, every seat as it is now (those that were lost as `gone`), and how grave it is."""

    rules: Rules
    seats: tuple[Seat, ...]
    severity: Severity


def tightened(
    request: Request, editor: Person, verdict: Verdict, cast: Cast, on_call: Mapping[str, str]
) -> Tightened:
    """What holds once `editor` has changed what is asked, and the policies have said `verdict` to it.

    `on_call` names, by schedule, who is on call now.

    More approvals, more roles, fewer rejections that end it: never the other way. The editor set the new
    version off, so neither they nor a deputy of theirs decides on it.
    """
    terms, rules = verdict.terms, request.rules
    barred = {*rules.excluded, *approvers.excluded_by(editor)}
    severity = request.severity
    if terms is not None:
        severity = max(severity, terms.severity, key=SEVERITIES.index)
    excluded = tuple(sorted(barred | _no_longer_own(request, terms, severity)))
    seats = _without(request.seats, {*excluded})
    if terms is not None:
        first = approvers.seats_for(
            terms.model_copy(update={"escalation": ()}), cast.people, cast.teams, excluded, on_call
        )
        seats = _joined(seats, first)
    note = Finding(policy="", code="AMENDED", severity="LOW", message=_NOTE.format(name=editor.name))
    update: dict[str, object] = {
        "excluded": excluded,
        "editors": tuple(sorted({*rules.editors, editor.id})),
        "findings": (*verdict.findings, note),
        "steps": _steps(rules, seats, {*excluded}),
        # Who is silent may not have seen that it is another question now.
        "silence": None,
    }
    if terms is not None:
        update |= _stricter(rules, terms, severity)
    return Tightened(rules.model_copy(update=update), seats, severity)


def _no_longer_own(request: Request, terms: Terms | None, severity: Severity) -> set[str]:
    """Whoever asked, where the new terms do not let them decide any more."""
    lets = terms is None or (terms.own_request and approvers.priority_of(severity) == "NORMAL")
    return set() if lets else {request.requester}


def _stricter(rules: Rules, terms: Terms, severity: Severity) -> dict[str, object]:
    priority = approvers.priority_of(severity)
    block = terms.rejections_to_block or (rules.block if priority == "NORMAL" else 1)
    must = (ask.name for ask in terms.ask if ask.must)
    return {
        "needed": max(rules.needed, terms.approvals),
        "minimum": max(rules.minimum, terms.minimum),
        "must": tuple(dict.fromkeys((*rules.must, *must))),
        "block": min(rules.block, block),
        "two_roles_by_one": rules.two_roles_by_one and terms.two_roles_by_one and priority == "NORMAL",
        "own_request": rules.own_request and terms.own_request and priority == "NORMAL",
        "break_glass": BreakGlass(
            allowed=rules.break_glass.allowed and terms.break_glass.allowed,
            own=rules.break_glass.own and terms.break_glass.own,
        ),
        "second_factor": rules.second_factor or terms.second_factor,
        "reason_to_approve": rules.reason_to_approve or priority == "CRITICAL",
        "execution_window": min(rules.execution_window, terms.execution_window),
        "drift": min(rules.drift, terms.drift),
        "report_within": min(rules.report_within, terms.report_within),
        "objection": max(filter(None, (rules.objection, terms.objection)), default=None),
        "valid_until": min(filter(None, (rules.valid_until, terms.valid_until)), default=None),
        "policies": tuple(dict.fromkeys((*rules.policies, *terms.policies))),
        "policy_hash": terms.policy_hash,
        "notify": tuple(dict.fromkeys((*rules.notify, *terms.notify))),
    }


def _without(seats: Iterable[Seat], barred: set[str]) -> tuple[Seat, ...]:
    lost = {seat.person for seat in seats if seat.person in barred or seat.stands_for in barred}
    return tuple(
        seat.model_copy(update={"gone": True, "veto": False}) if seat.person in lost else seat
        for seat in seats
    )


def _joined(seats: tuple[Seat, ...], asked: Iterable[Seat]) -> tuple[Seat, ...]:
    found: dict[str, Seat] = {seat.person: seat for seat in seats}
    for new in asked:
        known = found.get(new.person)
        if known is None or known.gone or known.stands_for:
            found[new.person] = new
            continue
        groups = tuple(dict.fromkeys((*known.groups, *new.groups)))
        update: Mapping[str, object] = {
            "groups": groups,
            "level": min(known.level, new.level),
            "veto": known.veto or new.veto,
        }
        found[new.person] = known.model_copy(update=update)
    return tuple(found.values())


def _steps(rules: Rules, seats: Iterable[Seat], barred: set[str]) -> tuple[object, ...]:
    level_of = {seat.person: seat.level for seat in seats}
    return tuple(
        step.model_copy(
            update={
                "seats": tuple(
                    seat
                    for seat in step.seats
                    if seat.person not in barred and level_of.get(seat.person, number) == number
                )
            }
        )
        for number, step in enumerate(rules.steps, start=1)
    )
