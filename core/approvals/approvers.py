"""From roles, teams and names to seats: people, each once, without those who may not judge their own cause."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from core.approvals import words
from core.approvals.request import ON_CALL, Ask, Finding, Priority, Rules, Seat, Severity, Step, Terms, Watch
from core.approvals.timing import between, later
from core.errors import Invalid
from core.oncall.schedule import Schedule
from core.people.person import Person
from core.people.team import Team

TIMEOUTS: dict[Priority, timedelta] = {
    "NORMAL": timedelta(hours=24),
    "HIGH": timedelta(hours=12),
    "CRITICAL": timedelta(hours=4),
}


_OVERRIDE = "`/oncall override` puts somebody else on call. "


def priority_of(severity: Severity) -> Priority:
    """LOW and MEDIUM are NORMAL; the rest keep their name."""
    match severity:
        case "HIGH" | "CRITICAL":
            return severity
        case _:
            return "NORMAL"


def excluded_by(requester: Person, initiator: Person | None = None) -> tuple[str, ...]:
    """Who may not decide: who asks, the human behind a program, and who set it off."""
    involved = [requester.id, requester.owner]
    if initiator is not None:
        involved += [initiator.id, initiator.owner]
    return tuple(sorted({person for person in involved if person}))


def asked_now(
    terms: Terms, teams: Mapping[str, Team], schedules: Mapping[str, Schedule]
) -> dict[str, Schedule]:
    """The schedules of those groups that are whoever is on call at the moment of the question."""
    found = (_schedule(ask, teams, schedules) for ask in (*terms.ask, *terms.veto))
    return {schedule.name: schedule for schedule in found if schedule is not None}


def watches_of(
    terms: Terms,
    people: Mapping[str, Person],
    teams: Mapping[str, Team],
    schedules: Mapping[str, Schedule],
) -> tuple[tuple[Watch, ...], ...]:
    """For each step of the escalation, the groups that are whoever is on call when it is taken."""
    veto = tuple(sorted({one.id for ask in terms.veto for one in _members(ask, people, teams, {})}))
    vetoing = {ask.name for ask in terms.veto}
    return tuple(
        tuple(
            Watch(group=ask.name, schedule=schedule, veto=veto, vetoes=ask.name in vetoing)
            for ask in rung.add
            if (schedule := _schedule(ask, teams, schedules)) is not None
        )
        for rung in terms.escalation
    )


def excluded_under(terms: Terms, requester: Person, initiator: Person | None = None) -> tuple[str, ...]:
    """Who may not decide under these terms: a policy may let whoever asks decide too, where it is not grave."""
    barred = excluded_by(requester, initiator)
    own = terms.own_request and priority_of(terms.severity) == "NORMAL" and requester.is_human
    return tuple(person for person in barred if not (own and person == requester.id))


def seats_for(
    terms: Terms,
    people: Mapping[str, Person],
    teams: Mapping[str, Team],
    excluded: Iterable[str],
    on_call: Mapping[str, str] | None = None,
) -> tuple[Seat, ...]:
    """Every person who may ever decide on these terms, with the level from which on they may.

    `on_call` names, by schedule, who is on call now; those of later steps are found when the step is taken.
    """
    rings = [terms.ask, *(rung.add for rung in terms.escalation)]
    barred = set(excluded)
    now = on_call or {}
    vetoers = {person.id for ask in terms.veto for person in _members(ask, people, teams, now)}
    seats: dict[str, Seat] = {}
    for level, asks in enumerate(rings):
        for ask in asks:
            for person in _members(ask, people, teams, now if level == 0 else {}):
                if person.id in barred:
                    continue
                seat = seats.get(person.id)
                groups = (*seat.groups, ask.name) if seat else (ask.name,)
                seats[person.id] = Seat(
                    person=person.id,
                    name=person.name,
                    groups=tuple(dict.fromkeys(groups)),
                    level=seat.level if seat else level,
                    veto=person.id in vetoers,
                )
    return tuple(seats.values())


def freeze(
    terms: Terms,
    seats: tuple[Seat, ...],
    excluded: tuple[str, ...],
    now: datetime,
    findings: tuple[Finding, ...],
    watches: tuple[tuple[Watch, ...], ...] = (),
) -> tuple[Rules, datetime]:
    """The rules of a request made now, and when it expires; `watches` are those on call, by step.

    Raises:
        Invalid: too few people may decide, at any level, for the quorum to be possible, or there is no time.
    """
    must = tuple(dict.fromkeys(ask.name for ask in terms.ask if ask.must))
    _possible(terms, must, seats, sum(map(len, watches)))
    watched = watches or ((),) * len(terms.escalation)
    priority = priority_of(terms.severity)
    timeout = _time_for(terms, terms.timeout or TIMEOUTS[priority], now)
    first = [seat for seat in seats if seat.level == 0]
    block = terms.rejections_to_block or (1 if priority != "NORMAL" else min(2, max(1, len(first))))
    steps = tuple(
        Step(
            at=later(now, timeout * rung.at, terms.hours),
            seats=tuple(seat for seat in seats if seat.level == level),
            watches=watched[level - 1],
            extends=rung.timeout,
            emergency=rung.emergency,
        )
        for level, rung in enumerate(terms.escalation, start=1)
    )
    rules = Rules(
        needed=terms.approvals,
        minimum=terms.minimum,
        must=must,
        block=block,
        two_roles_by_one=terms.two_roles_by_one and priority == "NORMAL",
        reason_to_approve=priority == "CRITICAL",
        second_factor=terms.second_factor,
        excluded=excluded,
        own_request=terms.own_request and priority == "NORMAL",
        break_glass=terms.break_glass,
        changeable=terms.changes or (),
        reminders=tuple(later(now, timeout * part, terms.hours) for part in terms.remind),
        steps=steps,
        execution_window=terms.execution_window,
        drift=terms.drift,
        policies=terms.policies,
        named=terms.named,
        policy_hash=terms.policy_hash,
        findings=findings,
        notify=terms.notify,
        valid_until=terms.valid_until,
        objection=terms.objection,
        report_within=terms.report_within,
        silence=terms.silence,
        hours=terms.hours,
    )
    return rules, later(now, timeout, terms.hours)


def _time_for(terms: Terms, timeout: timedelta, now: datetime) -> timedelta:
    """How much time people have: their usual time, and no longer than what it is about makes sense.

    Source: rule 23. What has to wait for objections must be agreed that much earlier.
    """
    if terms.valid_until is None:
        return timeout
    left = between(now, terms.valid_until - (terms.objection or timedelta()), terms.hours)
    if not left:
        wait = f", and {words.left(terms.objection)} are for objections" if terms.objection else ""
        raise Invalid(
            f"There is no time to decide this: it is good until {terms.valid_until:%Y-%m-%d %H:%M:%S} UTC{wait}.",
            "Ask while there is time, or about something that is good for longer.",
        )
    return min(timeout, left)


def _possible(terms: Terms, must: tuple[str, ...], seats: tuple[Seat, ...], more: int) -> None:
    """Check that the quorum can be reached; `more` is how many people may come with those on call."""
    if terms.approvals < 1:
        raise Invalid("A request needs at least one approval.", "Set `approvals` to 1 or more in the policy.")
    if len(seats) + more < terms.approvals:
        after = " after every escalation" if terms.escalation else ""
        raise Invalid(
            f"This needs {terms.approvals} approvals, and only {len(seats)} people may decide{after}.",
            "Whoever asks, and whoever owns a program that asks, is not counted. "
            + (_OVERRIDE if any(ask.is_on_call for ask in terms.ask) else "")
            + "Ask an administrator to add approvers to the policy.",
        )
    if len(seats) + more < terms.minimum:
        raise Invalid(
            f"At least {terms.minimum} people must be there to decide this, and there are only {len(seats)}.",
            "Whoever asks is not counted. Ask an administrator to add approvers or an emergency list to the policy.",
        )
    for group in must:
        if not any(group in seat.groups for seat in seats):
            raise _nobody(group)


def _nobody(group: str) -> Invalid:
    if group.startswith(ON_CALL):
        return Invalid(
            f"Whoever is {group} must approve this, and nobody else is on call now.",
            f"{_OVERRIDE}Then ask again.",
        )
    return Invalid(
        f"Somebody of {group} must approve this, and nobody of {group} may.",
        "Ask an administrator to add a person to it.",
    )


def _schedule(ask: Ask, teams: Mapping[str, Team], schedules: Mapping[str, Schedule]) -> Schedule | None:
    """The schedule that says who is meant, if it is who is on call."""
    if not ask.is_on_call:
        return None
    team = teams.get(ask.team or "")
    return schedules.get(ask.schedule or (team.schedule if team else None) or "")


def _members(
    ask: Ask, people: Mapping[str, Person], teams: Mapping[str, Team], on_call: Mapping[str, str]
) -> list[Person]:
    known = teams.get(ask.team) if ask.team else None
    team = known.members if known else ()
    if ask.is_on_call:
        now = people.get(on_call.get(ask.schedule or (known.schedule if known else None) or "", ""))
        return [now] if now is not None and now.active and now.is_human else []
    return [
        person
        for person in people.values()
        if person.is_human
        and person.active
        and ((ask.role and ask.role in person.roles) or person.id in team or person.id == ask.person)
    ]
