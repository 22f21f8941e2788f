"""Who must be asked before a plan may run: what the policies say, and what holds where none speaks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from core.approvals import policy
from core.approvals.config import Policy
from core.approvals.draft import Judge
from core.approvals.hearing import Pack
from core.approvals.policy import Answer, Verdict
from core.approvals.request import Ask, Finding, Terms
from core.errors import Forbidden
from core.people.permissions import may
from core.people.person import Person
from core.people.team import Team
from core.runbooks.definition import Permit, Runbook
from core.runbooks.plan import Plan

BY_ITSELF = "trigger:"
"""How the id begins of what starts a runbook without anybody asking; no person's name can begin so."""

HELPER = f"{BY_ITSELF}remediation"
"""What starts a runbook to help an incident; it says itself what came of it, where the incident is."""


class House(Protocol):
    """What of the world says whom to ask."""

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody, by id."""
        ...

    @property
    def teams(self) -> Mapping[str, Team]:
        """Every team, by name."""
        ...

    @property
    def roles(self) -> Mapping[str, frozenset[str]]:
        """What each role may."""
        ...


PRODUCTION = frozenset({"production", "prod", "live"})


def judge(
    policies: Sequence[Policy], plan: Plan, now: datetime, spoken: tuple[Ask, ...] | None = None
) -> Verdict:
    """What the policies say about a plan; see `judge_subject`.

    `spoken`: it was understood from words, and whom to ask about what that would change where no policy speaks.
    What a program took from a sentence is never confirmed by whoever said it alone (rule 79).
    """
    verdict = judge_subject(policies, plan.subject(), plan.owners, now)
    if spoken is None or not plan.is_destructive or not is_silent(verdict):
        return verdict
    why = "It changes something and was said in words, and no policy speaks about it"
    return _asking("NO_POLICY", why, plan.subject(), spoken)


def judge_subject(
    policies: Sequence[Policy], subject: dict[str, Any], owners: Sequence[str], now: datetime
) -> Verdict:
    """What the policies say about the subject of a plan, whose runbook is owned by these teams.

    Where none speaks, a plan that changes production asks one other person of the teams that own the runbook:
    what is destructive needs others unless somebody decided that it does not. What was drafted asks one other person
    whatever it changes, also where a policy would let it run, let whoever asks decide, or take silence for a yes.
    """
    verdict = policy.evaluate(policies, "runbook", subject, now)
    if subject.get("draft") and verdict.answer is not Answer.DENY:
        return _drafted(verdict, subject)
    in_production = subject.get("destructive") and subject.get("environment") in PRODUCTION
    if not in_production or not is_silent(verdict):
        return verdict
    why = "It changes production, and no policy speaks about it"
    return _asking("NO_POLICY", why, subject, tuple(Ask(team=owner) for owner in owners))


def is_silent(verdict: Verdict) -> bool:
    """Whether no policy has said anything."""
    return verdict.answer is Answer.ALLOW and not verdict.findings


def others(plan: Plan, person: Person, house: House) -> tuple[Ask, ...]:
    """Whom to ask about what this person wants where no policy says it: the teams that own the runbook.

    Where nobody of them is left beside that person, whoever has a role that lets them approve.
    """
    teams = [house.teams[owner] for owner in plan.owners if owner in house.teams]
    owners = tuple(Ask(team=team.name) for team in teams if set(team.members) - {person.id})
    if owners:
        return owners
    people = [one for one in house.people.values() if one.is_human and one.active and one.id != person.id]
    roles = sorted({role for one in people for role in one.roles if _lets_approve(one, role, house.roles)})
    return tuple(Ask(role=role) for role in roles)


def _lets_approve(person: Person, role: str, roles: Mapping[str, frozenset[str]]) -> bool:
    return may(person, "approval.approve", {role: roles.get(role, frozenset())})


def _drafted(verdict: Verdict, subject: dict[str, Any]) -> Verdict:
    if verdict.terms is not None:
        terms = verdict.terms.model_copy(update={"own_request": False, "silence": None})
        return Verdict(verdict.answer, verdict.findings, terms)
    why = "A language model drafted it, and it is in no file that people have looked at"
    asked = _asking("DRAFTED", why, subject, tuple(Ask(role=role) for role in subject.get("deciders", ())))
    return Verdict(Answer.REQUIRE, (*verdict.findings, *asked.findings), asked.terms)


def _asking(code: str, why: str, subject: dict[str, Any], asks: tuple[Ask, ...]) -> Verdict:
    finding = Finding(policy="default", code=code, severity="HIGH", message=why, inputs={"subject": subject})
    return Verdict(Answer.REQUIRE, (finding,), Terms(ask=asks, severity="HIGH", policies=("default",)))


def permit(plan: Plan, person: Person, teams: Mapping[str, Team], *, by_file: bool = False) -> None:
    """Let only those run a plan whom its runbook, and every runbook that it runs, names in `run`.

    What the runbook's own file begins, `by_file`, is no person of its list; those that it runs know nothing of that.

    Raises:
        Forbidden: this person is none of them.
    """
    named = Permit() if by_file else plan.run
    if not permits(named, person, teams):
        who = [f"the role {role}" for role in named.roles] + [f"the team {team}" for team in named.teams]
        raise Forbidden(f"{plan.runbook} is run only by {' or '.join(who)}.", "Ask one of them to run it.")
    for child in plan.children:
        permit(child, person, teams)


def permits(named: Permit, person: Person, teams: Mapping[str, Team]) -> bool:
    """Whether somebody is among those whom a runbook names in `run`, which are all where it names nobody."""
    members = {member for name in named.teams if name in teams for member in teams[name].members}
    return not (named.roles or named.teams) or bool(person.roles & set(named.roles)) or person.id in members


def covers(given: Terms | None, wanted: Terms) -> bool:
    """Whether those who approved under `given` are whom `wanted` would ask: then nobody is asked twice."""
    return (
        given is not None
        and set(wanted.policies) <= set(given.policies)
        and set(wanted.ask) <= set(given.ask)
        and wanted.approvals <= given.approvals
    )


def judge_of(policies: Sequence[Policy], books: Mapping[str, Runbook], packs: Mapping[str, Pack]) -> Judge:
    """What these policies say about anything, as the doors ask them."""

    def judge_any(kind: str, subject: dict[str, Any], now: datetime) -> Verdict:
        if kind != "runbook":
            return policy.evaluate(policies, kind, subject, now, packs)
        book = books.get(str(subject.get("runbook", "")))
        return judge_subject(policies, subject, book.owners if book else (), now)

    return judge_any


_STARTERS = {
    "remediation": "itself, to help the incident",
    "cron": "itself, on time",
    "alert": "itself, for an alert",
    "webhook": "itself, called from outside",
}


def began_by(by: str) -> str:
    """Who began a run, in words where nobody did."""
    return _STARTERS.get(by.removeprefix(BY_ITSELF), "itself") if by.startswith(BY_ITSELF) else by
