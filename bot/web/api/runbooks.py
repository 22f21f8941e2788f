"""Runbooks for programs: list, plan, run, look, stop, answer."""

from typing import Any, Literal

from pydantic import Field

from bot.web.api import shapes
from bot.web.api.approvals import Body, Nothing
from bot.web.api.route import Answer, Asking, Page, Route, numbered
from core.errors import NotFound, StaleDigest
from core.runbooks import plan as plans
from core.runbooks import records
from core.runbooks.definition import Runbook
from core.runbooks.execution import Execution
from core.runbooks.following import units as following
from core.runbooks.following.records import checkpoints
from core.runbooks.gate import judge, permit
from core.runbooks.params import Names
from core.runbooks.plan import Plan
from core.runbooks.rehearsing import units as rehearsing
from core.runbooks.units import pausing, runs
from core.store.engine import Unit


class Params(Body):
    """What a runbook is told, by name."""

    params: dict[str, Any] = Field(default_factory=dict)


class Plans(Params):
    """What would be run; with `dry_run` its steps say what they would do, for whoever may run it."""

    dry_run: bool = False


class Run(Params):
    """What to run; with `digest` only if the plan is still the one that was looked at."""

    digest: str = Field(default="", max_length=64)
    incident: str = Field(default="", max_length=24)


class Cancel(Body):
    """How to stop."""

    rollback: bool = False


class Retry(Body):
    """From where to go on: a step and what comes after it, or a checkpoint. Nothing: what did not finish."""

    step: str = Field(default="", max_length=128)
    checkpoint: int = Field(default=0, ge=0)


class Said(Body):
    """What became of a step that nobody can tell about."""

    step: str = Field(min_length=1, max_length=128)
    said: Literal["done", "again", "skip", "fail"]


def routes() -> tuple[Route, ...]:
    """Each with what it takes and may."""
    one = "/executions/{id}"
    return (
        Route("GET", "/runbooks", "What can be run.", "runbook.list", listing, query=Page),
        Route(
            "POST",
            "/runbooks/{name}/plan",
            "What a run would do, with a digest.",
            "runbook.plan",
            plan,
            Plans,
            refuses=(404,),
        ),
        Route(
            "POST",
            "/runbooks/{name}/executions",
            "Run it, or ask those whom a policy names.",
            "runbook.run",
            start,
            Run,
            statuses=(202,),
            refuses=(404, 409),
        ),
        Route("GET", one, "How far a run is.", "runbook.status", show, refuses=(404,)),
        Route("POST", f"{one}/cancel", "Stop a run.", "runbook.cancel", cancel, Cancel, refuses=(404, 409)),
        *_going_on(one),
        Route(
            "POST",
            f"{one}/answer",
            "Say what became of a step.",
            "runbook.answer",
            answer,
            Said,
            refuses=(404, 409),
        ),
    )


def _going_on(one: str) -> tuple[Route, ...]:
    return (
        Route(
            "POST",
            f"{one}/rollback",
            "Take back what a run did; one that has ended is followed by another.",
            "runbook.rollback",
            undo,
            Nothing,
            statuses=(200, 202),
            refuses=(404, 409),
        ),
        Route("POST", f"{one}/pause", "Hold a run.", "runbook.pause", pause, Nothing, refuses=(404, 409)),
        Route(
            "POST", f"{one}/resume", "Let it go on.", "runbook.resume", resume, Nothing, refuses=(404, 409)
        ),
        Route(
            "POST",
            f"{one}/retry",
            "Go on where a run failed, in a new run.",
            "runbook.retry",
            retry,
            Retry,
            statuses=(202,),
            refuses=(404, 409),
        ),
        Route(
            "GET",
            f"{one}/checkpoints",
            "The points that a run can be retried from.",
            "runbook.status",
            kept,
            refuses=(404,),
        ),
    )


async def listing(asking: Asking) -> Answer:
    """Every runbook, by name."""
    names = [name for name in sorted(asking.world.runbooks) if name > asking.query.cursor]
    page = names[: asking.query.limit]
    items = [_book(asking.world.runbooks[name]) for name in page]
    return Answer({"items": items, "next": page[-1] if len(names) > len(page) else None})


async def plan(asking: Asking) -> Answer:
    """What would be done; asked with `dry_run`, again and again until what its steps say is there."""
    if asking.body.dry_run:
        asking.caller.must("runbook.run")

    def work(unit: Unit) -> dict[str, Any]:
        made = _plan(asking)
        verdict = judge(asking.world.policies, made, unit.now)
        told = made.model_dump(mode="json") | {"digest": made.digest, "policies": verdict.facts()}
        if asking.body.dry_run:
            permit(made, asking.caller.person, asking.world.teams)
            said = rehearsing.tried(unit, asking.world, made)
            told["dry_run"] = {"done": said is not None, "steps": said or {}}
        return told

    return Answer(await (asking.store.transact if asking.body.dry_run else asking.store.read)(work))


async def start(asking: Asking) -> Answer:
    """Run."""
    made = _plan(asking)
    if asking.body.digest and not made.digest.startswith(asking.body.digest):
        raise StaleDigest(
            f"{made.runbook} or its parameters changed since that plan was made.", "Plan again."
        )
    person = asking.caller.person
    key = f"api:{person.id}:{asking.key}"
    wish = runs.Start(plan=made, by=person, key=key, incident=asking.body.incident)
    execution = await asking.store.transact(runs.start, wish, asking.world)
    return Answer(shapes.execution(execution), 202, execution.version)


async def show(asking: Asking) -> Answer:
    """One run."""
    return _of(await asking.store.read(records.get, _id(asking)))


async def cancel(asking: Asking) -> Answer:
    """Stop it."""
    return await _cancelled(asking, rollback=asking.body.rollback)


async def undo(asking: Asking) -> Answer:
    """Take it back: stop it first, or let another run do it if it has ended."""

    def work(unit: Unit) -> tuple[Execution, bool]:
        execution = records.get(unit, _id(asking))
        if execution.state.is_final:
            return following.take_back(unit, asking.world, _wish(asking)), True
        runs.cancel(unit, asking.world, execution.id, asking.caller.person, rollback=True)
        return records.get(unit, execution.id), False

    execution, is_new = await asking.store.transact(work)
    return Answer(shapes.execution(execution), 202 if is_new else 200, execution.version)


async def pause(asking: Asking) -> Answer:
    """Hold it."""
    return _of(await asking.store.transact(pausing.pause, asking.world, _id(asking), asking.caller.person))


async def resume(asking: Asking) -> Answer:
    """Let it go on."""
    return _of(await asking.store.transact(pausing.resume, asking.world, _id(asking), asking.caller.person))


async def retry(asking: Asking) -> Answer:
    """Go on in a new run."""
    body = asking.body
    execution = await asking.store.transact(
        following.retry, asking.world, _wish(asking), body.step, body.checkpoint
    )
    return Answer(shapes.execution(execution), 202, execution.version)


async def kept(asking: Asking) -> Answer:
    """Its checkpoints, newest first."""

    def work(unit: Unit) -> list[dict[str, Any]]:
        return checkpoints(unit, records.get(unit, _id(asking)).id)

    rows = await asking.store.read(work)
    return Answer(
        {"items": [{name: row[name] for name in ("version", "at", "state", "steps")} for row in rows]}
    )


async def answer(asking: Asking) -> Answer:
    """Say what became of a step."""
    said, person = asking.body, asking.caller.person
    execution = await asking.store.transact(
        runs.answer, asking.world, _id(asking), said.step, said.said, person
    )
    return _of(execution)


async def _cancelled(asking: Asking, *, rollback: bool) -> Answer:
    def work(unit: Unit) -> Execution:
        runs.cancel(unit, asking.world, _id(asking), asking.caller.person, rollback=rollback)
        return records.get(unit, _id(asking))

    return _of(await asking.store.transact(work))


def _wish(asking: Asking) -> following.Wish:
    person = asking.caller.person
    return following.Wish(_id(asking), person, f"api:{person.id}:{asking.key}")


def _plan(asking: Asking) -> Plan:
    name = asking.path["name"]
    book = asking.world.runbooks.get(name)
    if book is None:
        raise NotFound(f"There is no runbook “{name[:60]}”.", "`GET /api/v1/runbooks` lists them.")
    given = {
        key: value if isinstance(value, str) else str(value) for key, value in asking.body.params.items()
    }
    return plans.make(
        book, given, Names(asking.world.services, asking.world.environments, asking.world.runbooks)
    )


def _book(book: Runbook) -> dict[str, Any]:
    return {
        "name": book.name,
        "version": book.version,
        "description": book.description,
        "params": {name: param.model_dump(mode="json") for name, param in book.params.items()},
    }


def _of(execution: Execution) -> Answer:
    return Answer(shapes.execution(execution), version=execution.version)


def _id(asking: Asking) -> str:
    return numbered(asking, "RUN", "run")
