"""The whole triage of an incident from what is known of it. Pure: the same facts give the same, each explained in a line.

Source: the co-pilot design's triage (3.3): category, affected services, hypotheses of the root cause, owner.
"""

from dataclasses import dataclass

from core.catalogue.graph import dependencies, dependents
from core.incidents.triage.category import category
from core.incidents.triage.facts import Facts
from core.incidents.triage.hypothesis import Hypothesis, guess


@dataclass(frozen=True)
class Triage:
    """What it is likely to be.

    Attributes:
        category: what sort of disturbance, with `category_why`.
        upstream: the services that it depends on, the nearest first.
        downstream: the services that depend on it, the nearest first: its blast radius.
        users: how many people the largest of these has.
        team: whose it is, with `team_why`; empty if nobody can tell.
        hypotheses: what may have caused it, the likeliest first.
    """

    category: str
    category_why: str
    upstream: tuple[str, ...] = ()
    downstream: tuple[str, ...] = ()
    users: int = 0
    team: str = ""
    team_why: str = ""
    hypotheses: tuple[Hypothesis, ...] = ()


def triage(facts: Facts) -> Triage:
    """What the facts say."""
    found, why = category(facts)
    down = dependents(facts.services, facts.service) if facts.service else ()
    up = tuple(dependencies(facts.services, facts.service))
    team, team_why = _owner(facts)
    hit = (facts.service, *down)
    return Triage(
        category=found,
        category_why=why,
        upstream=up,
        downstream=down,
        users=max((facts.services[name].users for name in hit if name in facts.services), default=0),
        team=team,
        team_why=team_why,
        hypotheses=guess(facts),
    )


def _owner(facts: Facts) -> tuple[str, str]:
    if facts.team:
        return facts.team, "people gave it to them"
    service = facts.services.get(facts.service)
    if service is not None and service.owner:
        return service.owner, f"the catalogue says that they own {service.name}"
    owners = {facts.services[name].owner for name in facts.touched if name in facts.services} - {None}
    if len(owners) == 1:
        return str(owners.pop()), "they own the services of its alerts"
    said = (
        f"the catalogue names no owner of {facts.service}" if service is not None else "no service is named"
    )
    return "", said
