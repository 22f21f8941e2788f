"""“Logs of payments”: what steps of the last run about it wrote, and what looks into logs that are kept elsewhere."""

from core.catalogue.names import resolve
from core.language.intent import Intent
from core.runbooks import records
from core.runbooks.execution import Execution, StepRun
from core.runbooks.failing.failure import failed_step
from core.runbooks.search import records as search
from core.runbooks.units.commit import VIEW
from core.store import outbox
from core.store.engine import Unit
from core.text import cut, one_line
from handlers.cards.card import Card, Code, Literal_, Part, Text, line, plain
from handlers.cards.execution import HEADS
from handlers.talk import heard, instead, own_runs
from handlers.verb import Args, Call, Reply, Verb

_LOOKED_AT, _SHOWN = 10, 1_500
_OURS = "I keep what steps of runs write, and read no logs of services myself."


class Logs(Args):
    """Of which service, and where; of the last run of whoever asks where none is named."""

    service: str = ""
    where: str = ""


def logs(unit: Unit, call: Call, args: Logs) -> Reply:
    """The output that was kept, as far as whoever asks may see runs; and where else to look.

    Raises:
        Invalid: there is no such service or environment.
    """
    world = call.world
    service = resolve(args.service, world.services, "service").name if args.service else ""
    where = resolve(args.where, world.environments, "environment").name if args.where else ""
    found = _newest(unit, call, [one for one in (service, where) if one])
    about = "".join((f" about {service}" if service else "", f" in {where}" if where else ""))
    parts, step = _kept(found, about), found and _wrote(found)
    lines = [line(_OURS), *instead.of_logs(world, service)]
    parts += [Text(line=each, small=True) for each in lines]
    said = f"{found.id}: {one_line(step.log, 200)}" if found and step else f"No run{about} has kept output."
    log = f"/runbook log {found.id} {step.id}" if found and step else "/runbook history"
    summary = f"{said} {' '.join(plain(each) for each in lines)}"
    return Reply(card=Card(title=f"Output of runs{about}", parts=tuple(parts), summary=summary, hint=log))


def _newest(unit: Unit, call: Call, told: list[str]) -> Execution | None:
    """The newest run about these that has kept what a step wrote, else the newest; that of the thread where none is named."""
    if not call.may("runbook.list"):
        return None
    if told:
        runs = search.lately(unit, search.Which(told=told), limit=_LOOKED_AT)
        return next((run for run in runs if _wrote(run)), next(iter(runs), None))
    here = outbox.where_shown(unit, VIEW, call.place, newest=True) if call.place.thread else None
    own = here or own_runs.last(unit, call.person, call.place, "runbook.logs")
    return records.get(unit, own) if own else None


def _wrote(run: Execution) -> StepRun | None:
    """The step that it failed at, if that wrote anything, else the last that did."""
    failed = failed_step(run)
    if failed is not None and failed.log:
        return failed
    written = [step for step in run.steps.values() if step.log]
    return max(written, key=lambda step: step.finished, default=None)


def _kept(run: Execution | None, about: str) -> list[Part]:
    step = _wrote(run) if run else None
    if run is None:
        return [Text(line=line(f"I know of no run{about} that you may see."))]
    head = f"{run.id}, {run.runbook} ({HEADS[run.state][0]})"
    if step is None:
        return [Text(line=line(f"{head}: none of its steps has written anything."))]
    name = f", wrote in “{one_line(step.node.name, 80)}”:"
    whole = Text(line=line(Code(text=f"/runbook log {run.id} {step.id}"), " shows all of it."), small=True)
    return [Text(line=line(f"{head}{name}")), Literal_(text=cut(step.log[-_SHOWN:], _SHOWN)), whole]


VERBS = (
    Verb(
        name="runbook.logs",
        command="runbook logs",
        help="Show what steps of the last run about a service wrote, and what looks into logs that are kept elsewhere.",
        example="/runbook logs checkout",
        intents=(Intent.LOG_QUERY,),
        hears=heard.run_logs,
        args=Logs,
        run=logs,
        reads=True,
        order=("service",),
        named=("where",),
        permission="",
    ),
)
