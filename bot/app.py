"""The house put together from its parts: built, started, drained and stopped, in that order."""

import asyncio
import signal
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog

from bot import database, keeping, memory, plugins, practising
from bot.anchors import AnchorWriter
from bot.assistants import Assistants
from bot.channels.channel import Gear
from bot.concealing import concealing
from bot.following import Following
from bot.inbox import Inbox
from bot.lag import LagWatch
from bot.lock import FileLock
from bot.model.weigher import Weigher
from bot.parts import Parts, Watch, parts_of
from bot.platform import Health
from bot.rounds import Rounds
from bot.scheduler import Scheduler
from bot.sending.delivery import Courier, drawn
from bot.sending.postman import Postman
from bot.sending.sender import Sender
from bot.settings import Settings, named_secret, secret_named
from bot.telemetry import Metrics, set_up_logs
from bot.watchdog import Watchdog
from bot.web.server import WebServer
from bot.workers import Workers, pause
from core import wiring
from core.clock import Clock, SystemClock
from core.errors import Invalid, Unavailable
from core.health import units as health
from core.ids import new_id
from core.store import audit, leases, outages
from core.store.bus import Bus
from core.store.engine import Unit
from core.store.opening import sqlite_path, store_for
from core.world import World
from handlers.limits import Limiter
from handlers.registry import REGISTRY

log = structlog.get_logger("wardroom")
_BEAT = 2.0
_DRAIN = 25.0


class House:
    """One running Wardroom: a store, its workers, the platforms it is on and the pages it serves."""

    def __init__(self, settings: Settings, world: World, clock: Clock) -> None:
        world = concealing(settings, world)
        self.settings = settings
        self.world = world
        self.clock = clock
        self.process = new_id(clock.now())
        self.metrics = Metrics()
        self._url = settings.database_url.get_secret_value()
        self.store = store_for(self._url, clock, Bus(), reactions=wiring.BY_EVENT, process=self.process)
        limiter = Limiter(world.limits.messages_per_minute, clock)
        self.following = Following(self.store)
        watch = Watch(self.health, self.metrics, self.following)
        self.parts: Parts = parts_of(settings, world, self.store, REGISTRY, watch)
        weigher = Weigher(self.store, self.parts.llm) if self.parts.llm is not None else None
        self.inbox = Inbox(self.store, world, REGISTRY, limiter, self.metrics, weigher)
        shown = drawn(self.store, world, REGISTRY)
        gear = Gear(settings, clock, secret_named, self.store, self.parts.platforms, shown)
        outlets = plugins.channels(gear)
        postman = Postman(self.store, world, outlets, self.metrics)
        self.watchdog = Watchdog(self.store, world, self.parts.platforms, outlets, self.metrics)
        self.breakers = postman.breakers
        courier = Courier(self.store, world, REGISTRY, self.parts.platforms, postman)
        self.sender = Sender(self.store, world, courier, wiring.REACTIONS, self.metrics)
        self.scheduler = Scheduler(self.store, world, clock, wiring.DEADLINES, self.metrics)
        self.rounds = Rounds(self.store, world, self.scheduler, self.breakers, self.metrics)
        self.lag = LagWatch(self.store, world, self.metrics)
        self.anchors = self._anchor_writer()
        self.workers = Workers()
        self.web: WebServer | None = None
        self.assistants = Assistants(settings, world, self.store)
        self._lock = FileLock(sqlite_path(self._url))
        self._store_health = Health(ok=False, detail="not started")
        self._is_leader = False

    @property
    def url(self) -> str:
        """Where the pages are."""
        return self.web.url if self.web else self.settings.base_url

    async def start(self) -> None:
        """Open the store, take over what was left, connect the platforms, serve the pages.

        Raises:
            WardroomError: it cannot start; the words say what to mend.
        """
        self._lock.take()
        await database.prepare(self.settings)
        await self.store.start()
        alone = sqlite_path(self._url) is not None  # its file lock says so
        await self.store.transact(lambda unit: keeping.move_in(unit, self.world, self.process, alone=alone))
        await keeping.warn_of_gaps(self.store, self.world)
        await self.beat()
        self.web = WebServer(
            self.settings.http_host,
            self.settings.http_port,
            self.parts.routes,
            loopback_only=self.settings.local,
            hosts=self._public_names(),
        )
        await self.web.start()
        await self.assistants.start(self.web.port)
        await self._serve_grpc()
        for platform in self.parts.platforms.values():
            await platform.start(self.inbox)
        await self.parts.engine.start()
        for one in (self.sender, self.following, self.watchdog, self.parts.rehearsals, self.parts.feeds):
            self.workers.start(type(one).__name__.lower(), one.run)
        for name, run in self.parts.asking():
            self.workers.start(name, run)
        if self.anchors is not None:
            self.workers.start("anchors", self.anchors.run)
        self.scheduler.every(_BEAT, self.beat, "beat")
        self.scheduler.every(practising.EVERY, self._practise, "practice")
        self.scheduler.every(3_600, lambda: keeping.forget(self.store, self.world), "forget")
        await self.scheduler.start()
        self.rounds.start()
        await self._practise()
        log.info("started", process=self.process, platforms=sorted(self.parts.platforms))

    async def stop(self) -> None:
        """Take nothing new, finish what is under way, send what waits; at most half a minute."""
        log.info("stopping", process=self.process)
        until = asyncio.get_running_loop().time() + _DRAIN
        await self.assistants.stop()
        for platform in self.parts.platforms.values():
            await platform.pause()
        await self.inbox.stop(5.0)
        self.following.stop()
        self.watchdog.stop()
        await self.parts.end()
        await self.scheduler.stop()
        await self.rounds.stop()
        await self.parts.engine.stop()
        await self._drain(until)
        await self.sender.stop(3.0)
        if self.anchors is not None:
            self.anchors.stop()
        await self.workers.stop(3.0)
        await self.parts.close()
        if self.web is not None:
            await self.web.stop()
        try:
            await self.store.transact(_leave)
        except Unavailable as error:
            log.warning("could not say goodbye to the database", why=error.what)
        await self.store.stop()
        self._lock.give_back()
        log.info("stopped", process=self.process)

    async def run(self, ready: Callable[[str], None]) -> None:
        """Start, tell `ready` the address, and run until SIGTERM or Ctrl+C; a second signal ends it at once."""
        set_up_logs(self.settings.log_format)
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _asked, loop, asked)
        await self.start()
        memory.settle()
        ready(self.url)
        await asked.wait()
        await self.stop()

    def health(self) -> dict[str, Health]:
        """Every part, and how it is now."""
        states = {name: platform.health() for name, platform in self.parts.platforms.items()}
        running = self.workers.running()
        dead = [name for name, runs in running.items() if not runs]
        detail = f"not running: {', '.join(dead)}" if dead else "running"
        return {
            "database": self._store_health,
            "notices": self.breakers.health(),
            "deadlines": self.lag.health(),
            "paging": self.watchdog.health(),
            "services": self.rounds.health(),
            "workers": Health(ok=bool(running) and not dead, detail=detail),
            **states,
            **self.assistants.health(),
            **({"llm": self.parts.llm.health()} if self.parts.llm is not None else {}),
        }

    async def beat(self) -> None:
        """Say that this process lives, see whether it leads, and take over from those that died."""
        try:
            self._is_leader = await self.store.transact(_lead)
            self.sender.leader = self.parts.rehearsals.leader = self.watchdog.leader = self._is_leader
            if self.anchors is not None:
                self.anchors.leader = self._is_leader
            await self.sender.measure()
            await self.lag.look(leader=self._is_leader)
            await self.store.listen()
            if self._is_leader:
                await self._take_over()
        except Unavailable as error:
            if self._store_health.ok:
                log.warning("the database does not answer", why=error.what)
            self._store_health = Health(ok=False, detail=error.sentence())
        else:
            self._store_health = Health(ok=True, detail="answers", last_event=self.clock.now())
        if self.parts.grpc is not None:
            await self.parts.grpc.tell(serving=self._store_health.ok)

    async def _take_over(self) -> None:
        left = await self.store.read(keeping.left)
        if left.sending:
            await self.sender.reconcile()
        if left.received:
            await self.inbox.replay()
        if left.unsealed:
            await self.store.transact(audit.seal)

    async def _practise(self) -> None:
        await self.metrics.practice.measure(self.store, self.world)

    async def _serve_grpc(self) -> None:
        if self.parts.grpc is None:
            return
        try:
            await self.parts.grpc.start()
        except Invalid as error:
            if not self.settings.demo:
                raise
            # Whoever only wants to look around is not kept out by a port that is taken.
            log.warning("grpc.not_served", why=error.sentence())

    def _anchor_writer(self) -> AnchorWriter | None:
        config = self.world.audit.anchor
        if config is None:
            return None
        secret = named_secret(config.webhook.secret_env if config.webhook else None)
        return AnchorWriter(self.store, config, self.world.workspace, secret)

    def _public_names(self) -> frozenset[str]:
        """The name that links in messages lead to. The local workspace answers to this machine's own alone."""
        name = urlsplit(self.world.public_url).hostname
        return frozenset({name} if name and not self.settings.local else ())

    async def _drain(self, until: float) -> None:
        """Wait until the outbox is empty, or the loop's clock shows `until`; the rest is sent after the next start."""
        while asyncio.get_running_loop().time() < until:
            try:
                if await self.sender.drained():
                    return
            except Unavailable:
                return
            await pause(asyncio.Event(), 0.1)


def build(settings: Settings, *, world: World | None = None, clock: Clock | None = None) -> House:
    """A house of these settings, not started.

    Raises:
        ConfigError: with every mistake of the configuration and the runbooks.
    """
    if world is None:
        from bot.configuration import load_world

        world = load_world(settings)
    return House(settings, world, clock or SystemClock())


def _lead(unit: Unit) -> bool:
    outages.notice(unit)
    leases.beat(unit, keeping.LEASE)
    return leases.hold(unit, "leader", keeping.LEASE) is not None


def _leave(unit: Unit) -> None:
    leases.release(unit, "leader")
    leases.release(unit, health.LEASE)
    leases.release(unit, f"process:{unit.process}")


def _asked(loop: asyncio.AbstractEventLoop, asked: asyncio.Event) -> None:
    asked.set()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.remove_signal_handler(number)
