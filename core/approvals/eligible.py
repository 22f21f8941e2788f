"""Who may be asked by the groups that a policy names, and how many that are at least. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.approvals.config import Policy
from core.approvals.request import Ask
from core.document import Path
from core.errors import Problem
from core.oncall.schedule import Schedule
from core.people.permissions import may
from core.people.person import Person
from core.people.team import Team
from core.source import Source

LEAST = 2
"""An emergency list is no single person: that one may be away too."""


@dataclass(frozen=True)
class Known:
    """What a policy may name beside people and teams. `roles` have their permission patterns."""

    roles: Mapping[str, frozenset[str]]
    channels: Collection[str]
    schedules: Mapping[str, Schedule]


@dataclass(frozen=True)
class Asked:
    """Who may be meant by a group."""

    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    schedules: Mapping[str, Schedule]

    def members(self, ask: Ask) -> frozenset[str]:
        """Everybody of this group; of those who are on call, everybody who takes turns."""
        team = self.teams.get(ask.team or "")
        named = set(team.members) if team else set()
        if ask.is_on_call:
            schedule = self.schedules.get(ask.schedule or (team.schedule if team else None) or "")
            named = self._of_layers(schedule) if schedule else set()
        return frozenset(
            person.id
            for person in self.people.values()
            if person.is_human
            and person.active
            and (person.id in named or ask.role in person.roles or person.id == ask.person)
        )

    def _of_layers(self, schedule: Schedule) -> set[str]:
        """Everybody who may be on call; a calendar elsewhere may name anybody, if it is not told whom."""
        named = {person for layer in schedule.layers for person in layer.people}
        anybody = any(layer.feed is not None and not layer.people for layer in schedule.layers)
        return set(self.people) if anybody else named

    def most(self, asks: Iterable[Ask], without: frozenset[str] = frozenset()) -> int:
        """How many people there can be at most at a time: one for each group that is who is on call."""
        asks = list(asks)
        always = frozenset[str]().union(*(self.members(ask) for ask in asks if not ask.is_on_call)) - without
        more = {ask.name: self.members(ask) - always - without for ask in asks if ask.is_on_call}
        return len(always) + min(sum(map(bool, more.values())), len(frozenset[str]().union(*more.values())))


def too_few(source: Source, at: Path, policy: Policy, asked: Asked, known: Known) -> Iterator[Problem]:
    """An emergency list of one, and fewer people than the policy wants when somebody who may ask does."""
    if policy.emergency is not None and (found := asked.most(policy.emergency.ask)) < LEAST:
        what = f"The emergency list of {policy.name} has {_people(found)}, and {LEAST} is the least."
        yield source.problem((*at, "emergency", "ask"), what, "Name more people, or a role that more have.")
    needs = "runbook.run" if policy.applies_to == "runbook" else "approval.request"
    for asker in asked.people.values():
        if policy.minimum_approvers == 1 or not may(asker, needs, known.roles):
            continue
        own = policy.own_request and asker.is_human
        barred = frozenset() if own else frozenset({asker.id, asker.owner or asker.id})
        left = asked.most(policy.everybody_asked, barred)
        if left < policy.minimum_approvers:
            roles = ", ".join(sorted(asker.roles))
            what = (
                f"When {asker.name} ({roles}) asks, {_people(left)} may decide by {policy.name}, "
                f"and it wants {policy.minimum_approvers}."
            )
            mend = "Ask more people, add an `emergency` list, or lower `minimum_approvers`."
            yield source.problem((*at, "minimum_approvers"), what, mend)
            return


def _people(number: int) -> str:
    return "one person" if number == 1 else f"{number} people"
