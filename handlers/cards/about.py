"""What is known of one service besides how it is: what it needs, who needs it, whose it is, how important, where it runs, who works on it. Pure."""

from collections.abc import Callable, Mapping, Sequence

from core.approvals.words import list_of
from core.catalogue.deployments.deployment import Deployment
from core.catalogue.graph import dependencies, dependents
from core.catalogue.model import Service
from core.incidents.incident import Incident
from core.incidents.severity import label
from core.runbooks.execution import Execution
from core.text import cut, moment, one_line
from core.world import World
from handlers.cards.card import Button, Card, Text, literals
from handlers.cards.execution import HEADS

_MOST = 10


def needs(world: World, service: Service) -> Card:
    """What it depends on: what it names, and what that needs in turn."""
    found = dependencies(world.services, service.name)
    first = [name for name, far in found.items() if far == 1]
    rest = [name for name, far in found.items() if far > 1]
    if not first:
        return _card(
            service, f"{service.name} depends on no other service, as far as the configuration says."
        )
    more = f" Through them also on {_some(rest)}." if rest else ""
    return _card(service, f"{service.name} depends on {_some(first)}.{more}", *first)


def needed(world: World, service: Service) -> Card:
    """Who depends on it, and who on those."""
    found = dependents(world.services, service.name)
    first = [name for name in found if service.name in world.services[name].depends_on]
    rest = [name for name in found if name not in first]
    if not first:
        return _card(service, f"No service depends on {service.name}, as far as the configuration says.")
    verb = "depends" if len(first) == 1 else "depend"
    more = f" Through them also {_some(rest)}." if rest else ""
    return _card(service, f"{_some(first)} {verb} on {service.name}.{more}", *first)


def owner(world: World, service: Service) -> Card:
    """Whose it is."""
    return _card(service, _owner(world, service))


def aims(world: World, service: Service) -> Card:
    """How important it is, how many people use it, and what it is to keep."""
    users = f", and {service.users:,} people use it" if service.users else ""
    kept = ", ".join(_aim(name, number) for name, number in service.slo.items())
    slo = f"Its objectives: {kept}." if kept else "It has no objectives (`slo`) in the configuration."
    return _card(service, f"{service.name} is of tier {service.tier}{users}. {slo} {_owner(world, service)}")


def _aim(name: str, number: float) -> str:
    words = name.removesuffix("_ms").replace("_", " ")
    return f"{words} {number:g} {'ms' if name.endswith('_ms') else '%'}"


OF_A_SERVICE: Mapping[str, Callable[[World, Service], Card]] = {
    "needs": needs,
    "needed": needed,
    "owner": owner,
    "aims": aims,
}
"""What is told of a service from the configuration alone, by the word for it."""


def where(world: World, service: Service, shipped: Sequence[Deployment]) -> Card:
    """That nobody has told where it runs, and what is known instead."""
    said = [
        f"I do not know where {service.name} runs: the configuration does not say.",
        _owner(world, service),
    ]
    places = list(dict.fromkeys(one.environment for one in shipped if one.environment))
    if places:
        said.append(f"It was deployed in {_some(places)}.")
    checks = [check.name for check in service.health]
    if checks:
        said.append(f"Its health checks: {_some(checks)}.")
    return _card(service, " ".join(said))


def work(
    world: World, service: Service, incidents: Sequence[Incident], runs: Sequence[Execution] | None
) -> Card:
    """Who works on it: the incidents that are open, with who leads them, and what runs for it; None: that is not to be seen."""
    said = [
        f"{one.id} ({label(one.severity)}, {one.state}): {cut(one.title, 100)}; {_lead(one)}."
        for one in incidents[:_MOST]
    ]
    if len(incidents) > _MOST:
        more = len(incidents) - _MOST
        said.append(f"{more} more open incidents of it: `/incident list {service.name}` shows all.")
    said += [
        f"{run.id}, {run.runbook}: {HEADS[run.state][0]}, asked for by {_name(world, run.by)}."
        for run in runs or ()
    ]
    if not said:
        still = ", and nothing runs for it" if runs is not None else ""
        nobody = f"Nobody that I know of: no incident of {service.name} is open{still}."
        return _card(service, f"{nobody} {_owner(world, service)}")
    return _card(service, "\n".join(said))


def environment(
    world: World, where: str, board: Card, runs: Sequence[Execution] | None, shipped: Sequence[Deployment]
) -> Card:
    """How things are where no check looks at the environment as such: all services, and what is done there; None as in `work`."""
    said = [f"My checks look at services, and none at {where} by itself. All services:"]
    done = [
        f"Under way in {where}: {run.id}, {run.runbook}: {HEADS[run.state][0]}, asked for by {_name(world, run.by)}."
        for run in runs or ()
    ]
    done += [f"Last deployed there: {one_line(one.said, 200)} ({moment(one.at)})." for one in shipped]
    if runs is not None and not runs:
        done.append(f"No run is under way in {where}.")
    parts = (*_lines(said), *board.parts, *_lines(done))
    summary = one_line(" ".join((*said, board.summary, *done)), 1_000)
    return board.model_copy(update={"parts": parts, "summary": summary})


def _lines(said: Sequence[str]) -> tuple[Text, ...]:
    return tuple(Text(line=literals(one)) for one in said)


def _lead(one: Incident) -> str:
    return f"{one.lead_name} leads it" if one.lead_name else "nobody has taken it yet"


def _name(world: World, person: str) -> str:
    known = world.people.get(person)
    return known.name if known else person


def _owner(world: World, service: Service) -> str:
    team = world.teams.get(service.owner or "")
    if team is None:
        return f"No team owns {service.name} in the configuration."
    members = _some([_name(world, one) for one in team.members])
    on_call = f" `/oncall show {team.name}` says who is on call." if team.schedule else ""
    return f"{service.name} belongs to the team {team.name}: {members or 'nobody'}.{on_call}"


def _some(names: Sequence[str]) -> str:
    more = [f"{len(names) - _MOST} more"] if len(names) > _MOST else []
    return list_of([*names[:_MOST], *more])


def _card(service: Service, said: str, *others: str) -> Card:
    looks = (service.name, *others[:2])
    return Card(
        parts=_lines(said.split("\n")),
        controls=tuple(
            Button(
                label=cut(f"Look at {name}", 30),
                verb="health.show",
                args={"service": name},
                speak=f"Show how {name} is",
            )
            for name in looks
        ),
        summary=one_line(said, 1_000),
        hint=f"/status {service.name}",
    )
