"""Some people and terms to ask them under."""

from datetime import timedelta

from core.approvals.draft import Draft
from core.approvals.request import Ask, Rung, Terms
from core.people.person import Person
from core.people.team import Team
from core.place import Place

OPS = Place(platform="local", channel="ops")


def person(name: str, *roles: str, kind: str = "human", owner: str | None = None) -> Person:
    return Person(
        id=name,
        name=name.title(),
        kind="agent" if kind == "agent" else "human",
        owner=owner,
        roles=frozenset(roles),
        accounts={"local": name},
    )


PEOPLE = {
    one.id: one
    for one in (
        person("ana", "sre"),
        person("bo", "sre"),
        person("chi", "security"),
        person("dev", "developer"),
        person("eve", "manager"),
        person("rex", "agent", kind="agent", owner="dev"),
    )
}
TEAMS = {"platform": Team(name="platform", members=("ana", "bo"))}

TERMS = Terms(
    ask=(Ask(role="sre"), Ask(role="security", must=True)),
    approvals=2,
    veto=(Ask(role="security"),),
    severity="HIGH",
    timeout=timedelta(hours=12),
    escalation=(
        Rung(at=0.75, add=(Ask(role="manager"),)),
        Rung(at=1.0, add=(Ask(role="manager"),), timeout=timedelta(hours=1)),
    ),
    policies=("production-change",),
)


def draft(
    key: str = "k1", *, by: str = "dev", terms: Terms = TERMS, title: str = "restart checkout"
) -> Draft:
    return Draft(
        kind="runbook",
        title=title,
        reason="",
        subject={"runbook": "restart-service", "environment": "production", "title": title},
        requester=PEOPLE[by],
        terms=terms,
        key=key,
        places=(OPS,),
    )
