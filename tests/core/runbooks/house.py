"""What the tests of runbooks share: a small world, a store, a worker, and actions that can be steered."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from core.approvals import records as approval_records
from core.approvals import units as approvals
from core.approvals.ageing import units as ageing
from core.approvals.config import Policy
from core.approvals.request import Choice
from core.approvals.settling import units as settling
from core.catalogue.model import Environment, Service
from core.clock import ManualClock
from core.people.person import Person
from core.place import Place
from core.runbooks import plan, records
from core.runbooks.action import ActionFailed, ActionSpec, AnyAction, Context, Say
from core.runbooks.definition import Nature, Runbook
from core.runbooks.engine import Engine, Pace
from core.runbooks.execution import Execution
from core.runbooks.load import load
from core.runbooks.params import Names
from core.runbooks.units import runs
from core.store import deadlines, events, outbox_rows
from core.store.engine import Store, Unit
from core.store.spread import spread
from core.wiring import BY_EVENT, REACTIONS
from core.world import World
from tests.stores import opened

EXAMPLES = Path(__file__).parents[3] / "examples" / "runbooks"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HERE = Place(platform="local", channel="ops", thread="t1")

ANA = Person(id="ana", name="Ana", roles=frozenset({"sre"}))
BO = Person(id="bo", name="Bo", roles=frozenset({"sre"}))
CHI = Person(id="chi", name="Chi", roles=frozenset({"security"}))
DEV = Person(id="dev", name="Dev", roles=frozenset({"developer"}))
PEOPLE = {person.id: person for person in (ANA, BO, CHI, DEV)}
SERVICES = {
    name: Service(name=name, aliases=aliases)
    for name, aliases in (("checkout", ("cart",)), ("payments", ()), ("user-db", ()))
}
ENVIRONMENTS = {
    "production": Environment(name="production", aliases=("prod",)),
    "staging": Environment(name="staging", aliases=("stg",)),
}
NAMES = Names(SERVICES, ENVIRONMENTS)
OWN_REACTIONS = {
    event: own
    for event, names in BY_EVENT.items()
    if (own := tuple(name for name in names if name.startswith("runbooks.")))
}
PRODUCTION = Policy.model_validate(
    {
        "name": "production-change",
        "applies_to": "runbook",
        "when": 'subject.environment == "production" && subject.destructive',
        "severity": "HIGH",
        "reason": "Change to production",
        "ask": [{"role": "sre"}, {"role": "security", "must": True}],
        "approvals": 2,
        "timeout": "12h",
        "execution_window": "15m",
    }
)

TWO = """
name: two
params: {tag: {type: string, default: x}}
steps:
  - {id: a, action: do, with: {say: "${{ params.tag }}"}, outputs: {line: "${{ result.stdout }}"}}
  - {id: b, needs: [a], action: ACTION, with: {line: "${{ steps.a.outputs.line }}"}}
"""


class Anything(BaseModel):
    """Arguments of an action that takes everything."""

    model_config = ConfigDict(extra="allow")


class ShellLike(BaseModel):
    """Arguments like those of the real action."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)
    argv: list[str]


class HttpLike(BaseModel):
    """Arguments like those of the real action."""

    model_config = ConfigDict(extra="forbid")
    url: str


class PostLike(BaseModel):
    """Arguments like those of the real action."""

    model_config = ConfigDict(extra="forbid")
    text: str
    channel: str = ""


class MetricLike(BaseModel):
    """Arguments like those of the real action."""

    model_config = ConfigDict(extra="forbid")
    promql: str


def _spec(
    name: str, args: type[BaseModel], nature: Nature, *, changes: bool, shows: bool = False
) -> ActionSpec:
    return ActionSpec(name, args, lambda _: nature, lambda _: changes, shows)


SPECS = {
    spec.name: spec
    for spec in (
        _spec("shell", ShellLike, "at_most_once", changes=True),
        _spec("http", HttpLike, "idempotent", changes=False),
        _spec("chat.post", PostLike, "idempotent", changes=False, shows=True),
        _spec("metric.check", MetricLike, "idempotent", changes=False),
        _spec("do", Anything, "idempotent", changes=True),
        _spec("once", Anything, "at_most_once", changes=True),
        _spec("resume", Anything, "resumable", changes=True),
    )
}


@dataclass
class Hands:
    """An action that keeps a list of what it did and does what it is told to."""

    spec: ActionSpec
    done: list[tuple[str, Any]] = field(default_factory=list)
    contexts: list[Context] = field(default_factory=list)
    behave: Callable[[str, Context], Any] = lambda _step, _context: None

    async def run(self, args: Any, context: Context) -> dict[str, Any]:
        """Note it, and behave."""
        self.done.append((context.step, args.model_dump()))
        self.contexts.append(context)
        came = self.behave(context.step, context)
        if asyncio.iscoroutine(came):
            came = await came
        if isinstance(came, ActionFailed):
            raise came
        return came if came is not None else {"stdout": f"did {context.step}", "value": 2.0, "status": 200}


@dataclass
class Mouth:
    """A unit action that says things."""

    spec: ActionSpec

    def record(self, say: Say, args: Any, context: Context) -> dict[str, Any]:
        """Say it where the run was asked for."""
        say(context.place or HERE, args.text)
        return {"places": 1}


@dataclass
class House:
    """A store, its clock, and everything that a story needs."""

    store: Store
    clock: ManualClock
    world: World
    hands: Hands
    actions: Mapping[str, AnyAction]

    def behave(self, step: str, context: Context) -> Any:
        """What every action does: whatever the test says now."""
        return self.hands.behave(step, context)

    def engine(self, owner: str = "one", secret_values: Mapping[str, str] | None = None) -> Engine:
        """A worker that looks only when told to."""
        pace = Pace(lease=timedelta(seconds=30), look=timedelta(seconds=60), drain=timedelta(seconds=1))
        return Engine(self.store, self.actions, owner, self.world, secret_values=secret_values, pace=pace)

    async def start(self, book: Runbook, by: Person = DEV, key: str = "k1", **given: Any) -> Execution:
        """Ask for a run."""
        names = Names(SERVICES, ENVIRONMENTS, self.world.runbooks)
        wish = runs.Start(plan=plan.make(book, given, names), by=by, key=key, place=HERE)
        return await self.store.transact(runs.start, wish, self.world)

    async def get(self, execution: str = "RUN-1") -> Execution:
        """The run as it is committed."""
        return await self.store.read(records.get, execution)

    async def states(self, execution: str = "RUN-1") -> dict[str, str]:
        """Each step's state."""
        return {step.id: str(step.state) for step in (await self.get(execution)).steps.values()}

    async def go(self, engine: Engine | None = None) -> None:
        """Let a worker work, and reactions and due times happen, until nothing happens any more."""
        engine = engine or self.engine()
        while True:
            before = await self.store.read(_events)
            await engine.look()
            await engine.idle()
            await self.react()
            await self.store.transact(due, self.world)
            if await self.store.read(_events) == before:
                return

    async def react(self) -> None:
        """Let the reactions happen, and nothing else."""
        while await self.store.transact(react, self.world):
            pass

    async def vote(self, request: str, person: Person, choice: Choice, reason: str = "because") -> None:
        """Somebody decides."""
        asked = await self.store.read(approval_records.get, request)
        await self.store.transact(approvals.decide, request, person, choice, reason, asked.digest)

    async def said(self) -> list[str]:
        """Every text that is to be sent, in order."""
        return await self.store.transact(_texts)


def book(text: str) -> Runbook:
    """A runbook from its text."""
    return load(text, "test.yaml", SPECS)


def example(name: str) -> Runbook:
    """One of the examples."""
    path = EXAMPLES / f"{name}.yaml"
    return load(path.read_text(encoding="utf-8"), str(path), SPECS)


@asynccontextmanager
async def open_house(url: str, *policies: Policy) -> AsyncIterator[House]:
    """A house on a fresh database."""
    clock = ManualClock(NOON)
    async with opened(url, clock, reactions=OWN_REACTIONS) as store:
        yield _furnished(store, clock, policies)


def _furnished(store: Store, clock: ManualClock, policies: tuple[Policy, ...]) -> House:
    world = World(
        workspace="acme", people=PEOPLE, services=SERVICES, environments=ENVIRONMENTS, policies=policies
    )
    hands = Hands(SPECS["do"])
    actions: dict[str, AnyAction] = {
        name: Mouth(spec) if name == "chat.post" else Hands(spec, hands.done, hands.contexts)
        for name, spec in SPECS.items()
    }
    house = House(store, clock, world, hands, actions)
    for action in actions.values():
        if isinstance(action, Hands):
            action.behave = house.behave
    return house


def _events(unit: Unit) -> int:
    return len(events.after(unit, 0, 10_000))


def _texts(unit: Unit) -> list[str]:
    spread(unit)
    rows = unit.conn.execute(outbox_rows.OUTBOX.select().order_by(outbox_rows.OUTBOX.c.seq)).mappings()
    return [row["payload"]["text"] for row in rows if row["kind"] == "say" and "text" in row["payload"]]


def react(unit: Unit, world: World) -> int:
    rows = (
        unit.conn.execute(outbox_rows.OUTBOX.select().where(outbox_rows.OUTBOX.c.kind == "react"))
        .mappings()
        .all()
    )
    for row in rows:
        unit.conn.execute(outbox_rows.OUTBOX.delete().where(outbox_rows.OUTBOX.c.seq == row["seq"]))
        payload = row["payload"]
        REACTIONS[payload["reaction"]](unit, world, payload["ref"], payload["data"])
    return len(rows)


def due(unit: Unit, world: World) -> None:
    kinds = runs.DEADLINES
    for deadline in deadlines.due(unit):
        if deadline.kind in kinds and deadlines.take(unit, deadline):
            kinds[deadline.kind](unit, world, deadline.ref)
        elif deadline.kind == settling.DEADLINE and deadlines.take(unit, deadline):
            ageing.on_due(unit, deadline.ref)
