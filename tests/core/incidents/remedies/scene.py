"""A world in which runbooks begin by themselves, whose steps only wait, so that time alone brings them to an end."""

from dataclasses import replace
from typing import Any

from core.approvals.config import Policy
from core.catalogue.model import Environment, Service
from core.incidents.remedies import records
from core.incidents.remedies.config import RemediationConfig
from core.incidents.remedies.remedy import Stage
from core.people.person import Person
from core.runbooks import records as runs
from core.runbooks.execution import Execution
from core.world import World
from tests.core.incidents.gathering import street as streets
from tests.core.incidents.gathering.street import Street
from tests.core.runbooks.house import book

CHI = Person(id="chi", name="Chi", roles=frozenset({"sre"}))
BOOKS = {
    name: book(f"name: {name}\n{text}")
    for name, text in {
        "restart": """
params: {service: {type: service, required: true}, environment: {type: environment, default: staging}}
steps:
  - {id: settle, wait: {for: 2m}}
""",
        "failover": "steps: [{id: settle, wait: {for: 2m}}]",
        "drain": "for: {services: [payments], severity: high}\nsteps: [{id: settle, wait: {for: 2m}}]",
        "look": """
triggers: [{alert: 'labels.alertname == "Slow"'}]
steps: [{id: settle, wait: {for: 2m}}]
""",
    }.items()
}
RULES: dict[str, Any] = {"rules": [{"runbook": "restart"}]}
ASKING = Policy.model_validate(
    {
        "name": "all-runs",
        "applies_to": "runbook",
        "severity": "HIGH",
        "reason": "Everything is asked",
        "ask": [{"role": "sre"}],
        "timeout": "12h",
    }
)


def world(**said: Any) -> World:
    """Checkout with its two runbooks, one of which begins by itself."""
    known = streets.world()
    return replace(
        known,
        services={
            **known.services,
            "checkout": Service(name="checkout", owner="platform", runbooks=("restart", "failover")),
            "payments": Service(name="payments", owner="platform"),
        },
        environments={name: Environment(name=name) for name in ("staging", "production")},
        people={"ana": streets.ANA, "chi": CHI},
        runbooks=BOOKS,
        remediation=RemediationConfig.model_validate(RULES | said),
    )


def says(street: Street, **said: Any) -> None:
    """The file says this of remediation."""
    street.world = replace(street.world, remediation=RemediationConfig.model_validate(RULES | said))


def asks(street: Street) -> None:
    """A policy asks people before anything runs."""
    street.world = replace(street.world, policies=(ASKING,))


async def begun(street: Street) -> list[Execution]:
    """Every run, the first first."""
    found = await street.store.read(runs.find)
    return sorted(found, key=lambda run: run.created_at)


async def stages(street: Street, incident: str = "INC-1") -> list[Stage]:
    """How far each try for an incident is."""
    return [one.stage for one in await street.store.read(records.tries, incident)]
