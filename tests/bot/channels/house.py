"""A house that tells people: a real store and sender, people with addresses, and every way of telling."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from bot import plugins
from bot.channels.channel import Gear
from bot.scheduler import Scheduler
from bot.sending.delivery import Courier
from bot.sending.postman import Postman
from bot.sending.sender import Sender
from bot.settings import Settings, load_settings
from bot.telemetry import Metrics
from core import wiring
from core.approvals import records, units
from core.approvals.draft import Draft
from core.approvals.request import Ask, Choice, Request, Rung, Terms
from core.approvals.telling import units as telling
from core.clock import ManualClock
from core.notify import units as notices
from core.notify.channel import Channel
from core.notify.config import NoticesConfig
from core.notify.ledger import Entry
from core.people.person import Person
from core.store.engine import Store, Unit
from core.world import World
from handlers.registry import REGISTRY
from tests.platforms.receiver import SECRET
from tests.platforms.twilio import SID, TOKEN

KEY = "k" * 40
MAIL = Channel(name="mail", outlets={"email": {"from": "wardroom@acme.test"}})
PAGER = Channel(name="pager", outlets={"sms": {"from": "+15550100"}}, fallback="mail")


def person(name: str, role: str, **more: Any) -> Person:
    address = {"email": f"{name}@acme.test", "phone": f"+49170000000{len(name)}"} | more
    return Person(id=name, name=name.title(), roles=frozenset({role}), **address)


PEOPLE = {
    one.id: one
    for one in (
        person("ana", "sre"),
        person("bob", "sre", phone="+491709999999"),
        person("eve", "manager", phone=""),
        person("dev", "developer", phone=""),
        Person(id="rex", name="Rex", kind="agent", owner="dev", roles=frozenset({"agent"})),
    )
}
ROLES = {name: frozenset({"approval.*"}) for name in ("sre", "manager")}


def siem(url: str, **more: Any) -> Channel:
    return Channel(name="siem", outlets={"webhook": {"url": url, "secret_env": "SIEM_SECRET", **more}})


def world(*channels: Channel, people: Mapping[str, Person] = PEOPLE, **notices: Any) -> World:
    return World(
        workspace="acme",
        people=people,
        roles=ROLES,
        channels={one.name: one for one in channels},
        notices=NoticesConfig(**notices),
        public_url="https://wardroom.acme.test",
        secret_key=KEY,
    )


def settings(**given: Any) -> Settings:
    usual = {
        "secret_key": SecretStr(KEY),
        "twilio_account_sid": SID,
        "twilio_auth_token": SecretStr(TOKEN),
    }
    return load_settings(**(usual | given))


@dataclass
class House:
    """Asks, lets time pass, and sends what is due; `chance` is where in its spread each wait falls."""

    store: Store
    world: World
    settings: Settings
    chance: float = 0.0
    secrets: dict[str, str] = field(default_factory=lambda: {"SIEM_SECRET": SECRET})
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        gear = Gear(self.settings, self.store.clock, lambda name: self.secrets.get(name, ""), self.store)
        self.outlets = plugins.channels(gear)
        postman = Postman(self.store, self.world, self.outlets, self.metrics, lambda: self.chance)
        self.breakers = postman.breakers
        courier = Courier(self.store, self.world, REGISTRY, {}, postman)
        self.sender = Sender(self.store, self.world, courier, wiring.REACTIONS, self.metrics)
        self.scheduler = Scheduler(self.store, self.world, self.store.clock, wiring.DEADLINES, self.metrics)

    async def ask(self, *notify: str, by: str = "dev", callback: str = "", **more: Any) -> Request:
        """A request whose policy names these channels."""
        given: dict[str, Any] = {"ask": (Ask(role="sre"),), "approvals": 1, "timeout": timedelta(hours=4)}
        given["escalation"] = (Rung(at=0.75, add=(Ask(role="manager"),)),)
        terms = Terms(notify=notify, **({"severity": "HIGH"} | given | more))
        draft = Draft(
            kind="runbook",
            title="restart checkout",
            reason="it hangs, see https://evil.test/now",
            subject={"runbook": "restart-service", "environment": "production", "token": "hunter2-secret"},
            requester=self.world.people[by],
            terms=terms,
            key=f"key-{by}-{notify}",
        )

        def make(unit: Unit) -> Request:
            request = units.ask(unit, draft, self.world.people, {})
            if callback:
                notices.keep_callback(unit, request.id, by, callback)
            return request

        return await self.store.transact(make)

    async def decide(self, request: Request, who: str, choice: Choice = Choice.APPROVE) -> None:
        """A vote by another way."""
        voter = self.world.people[who]
        await self.store.transact(
            units.decide, request.id, voter, choice, "because", request.digest, via="local"
        )

    async def settle(self, *, without: str = "") -> None:
        """Send everything that is due now, and what comes of it; rows of one kind may stay under way."""
        while True:
            claimed, _ = await self.store.transact(self.sender._claim)
            if not claimed:
                return
            batch = [out for out in claimed if out.kind != without]
            await asyncio.gather(*(self.sender._send(out) for out in batch))

    async def pass_time(self, *, without: str = "", **span: float) -> None:
        """Let time pass, then do what is due."""
        clock = self.store.clock
        assert isinstance(clock, ManualClock)
        clock.advance(timedelta(**span))
        await self.scheduler.run_due()
        await self.settle(without=without)

    async def ledger(self, request: Request) -> list[Entry]:
        return await self.store.read(notices.ledger, request.id)

    async def states(self, request: Request) -> list[str]:
        """`who channel way STATE`, sorted."""
        return sorted(
            f"{one.person or '-'} {one.channel} {one.way} {one.state}" for one in await self.ledger(request)
        )

    async def told(self, request: Request) -> str:
        return await self.store.read(telling.told, self.world, request.id)

    async def now(self, request: Request) -> Request:
        return await self.store.read(records.get, request.id)
