"""Which environments there are: where services run, and runbooks may be run."""

from core.store.engine import Unit
from handlers.cards.card import Card, Table, line, say
from handlers.verb import Call, Nothing, Reply, Verb


def show(_unit: Unit, call: Call, _args: Nothing) -> Reply:
    """Every environment with its other names."""
    known = call.world.environments.values()
    if not known:
        return Reply(card=say("There is no environment: the configuration names none under `environments:`."))
    rows = tuple((line(one.name), line(", ".join(one.aliases) or "–")) for one in known)
    others = {one.name: f" (also {', '.join(one.aliases)})" if one.aliases else "" for one in known}
    said = ", ".join(f"{name}{also}" for name, also in others.items())
    table = Table(head=("Environment", "Also called"), rows=rows)
    return Reply(card=Card(title="Environments", parts=(table,), summary=f"Environments: {said}."))


VERBS = (
    Verb(
        name="runbook.environments",
        command="runbook environments",
        help="Show the environments that a runbook may be run in.",
        example="/runbook environments",
        args=Nothing,
        run=show,
        reads=True,
        permission="",
    ),
)
