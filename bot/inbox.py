"""The one door for everything that arrives: written, acknowledged, then worked on; each key once."""

import asyncio
from collections.abc import Sequence

import structlog
from pydantic import TypeAdapter

from bot.breakers import Breakers, Pending
from bot.channels.channel import Down
from bot.model.weigher import Weigher
from bot.telemetry import Metrics
from bot.workers import backoff, pause
from core.errors import Invalid, TimedOut, TooMany, Unavailable, WardroomError
from core.ids import new_reference
from core.place import Actor
from core.store import inbox, leases
from core.store.engine import Store
from core.world import World
from handlers import arguments, forms, pipeline
from handlers.cards.form import Form
from handlers.inbound import Click, Command, Inbound, Message, Submit
from handlers.limits import Limiter
from handlers.registry import Registry
from handlers.talk import reading
from handlers.talk.understood import DoubtedError
from handlers.verb import Verb

log = structlog.get_logger("wardroom.inbox")
_ADAPTER: TypeAdapter[Inbound] = TypeAdapter(Inbound)
_SUGGESTIONS = 25
_REPLAYS = 5
# What arrives is written and acknowledged first; work on it waits until nothing has arrived for a breath, but
# from its arrival on never longer than people notice.
_AT_ONCE = 2
_BREATH = 0.002
_POLITE = 0.5


class Inbox:
    """The house, as adapters see it (see bot.platform.Door)."""

    patience = 20.0
    """Seconds that the work on one thing may take."""

    def __init__(
        self,
        store: Store,
        world: World,
        registry: Registry,
        limiter: Limiter,
        metrics: Metrics,
        weigher: Weigher | None = None,
    ) -> None:
        self._store = store
        self._clock = store.clock
        self._world = world
        self._registry = registry
        self._limiter = limiter
        self._metrics = metrics
        self._weigher = weigher
        self._breakers = Breakers(store.clock, metrics)
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._arriving = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._breath: asyncio.TimerHandle | None = None

    @property
    def verbs(self) -> Sequence[Verb]:
        """Every verb."""
        return self._registry.verbs

    @property
    def watched(self) -> frozenset[str]:
        """The reactions that put a message on a timeline."""
        return frozenset(self._world.incidents.timeline_reactions)

    async def form_for(self, inbound: Click | Command) -> Form | None:
        """The form that must be filled in first; from memory, or with one look at what is stored."""
        try:
            understood = reading.understand(self._world, self._registry, inbound)
        except WardroomError:
            return None
        if understood is None or not understood.verb.has_form:
            return None
        verb, raw = understood.verb, understood.raw
        clicked = isinstance(inbound, Click)
        wanted = verb.form_on == "always" or (verb.form_on == "click" and clicked)
        if not wanted and not (verb.form_on == "missing" and arguments.missing(verb, raw)):
            return None
        known = {name: value for name, value in raw.items() if name not in _SHOWN}
        form = await self._form(verb, known, inbound.actor)
        if form is None or not isinstance(inbound, Click):
            return form
        return form.model_copy(update={"revision": inbound.revision, "digest": inbound.digest})

    async def _form(self, verb: Verb, known: dict[str, str], actor: Actor) -> Form | None:
        if verb.form is not None:
            return verb.form(self._world, known)
        try:
            return await self._store.read(forms.looked_up, self._world, verb, actor, known)
        except WardroomError:
            return None  # without its form the verb itself says in better words what is wrong

    def suggest(self, verb: str, argument: str, typed: str) -> Sequence[tuple[str, str]]:
        """At most 25 choices for an argument."""
        known = self._registry.by_name.get(verb)
        choices = known.choices.get(argument) if known else None
        if choices is None:
            return ()
        wanted = typed.lower()
        found = choices(self._world, typed)
        return [pair for pair in found if wanted in pair[0].lower() or wanted in pair[1].lower()][
            :_SUGGESTIONS
        ]

    async def receive(self, inbound: Inbound) -> bool:
        """Write the row, then work on it in a task of its own; False if it was here before."""
        self._arriving += 1
        self._quiet.clear()
        if self._breath is not None:
            self._breath.cancel()
        try:
            fresh = await self._store.transact(inbox.put, inbound.key, inbound.model_dump(mode="json"))
        finally:
            self._arriving -= 1
            if not self._arriving:
                self._breath = asyncio.get_running_loop().call_later(_BREATH, self._quiet.set)
        platform = inbound.actor.platform
        if not fresh:
            self._metrics.repeated.labels(platform).inc()
            return False
        self._metrics.inbound.labels(platform, inbound.kind).inc()
        self._start(inbound)
        return True

    async def replay(self) -> int:
        """Take over what a process that is gone had received; returns how many."""
        waiting = await self._store.transact(lambda unit: inbox.orphans(unit, leases.alive(unit)))
        for row in waiting:
            try:
                inbound = _ADAPTER.validate_python(row.payload)
            except ValueError:
                log.exception("inbox row cannot be read", key=row.key)
                await self._store.transact(inbox.done, row.key, "unreadable")
                continue
            if row.attempts > _REPLAYS:
                error = Invalid(
                    "This has failed again and again, so I stopped trying.", "Nothing was changed."
                )
                await self._store.transact(pipeline.refuse, self._world, inbound, error, None)
                continue
            self._start(inbound)
        return len(waiting)

    async def idle(self) -> None:
        """Wait until everything that was received is worked on."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def stop(self, seconds: float) -> None:
        """Let what is being worked on end; what cannot stays in its row for the next start."""
        self._stopping.set()
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _start(self, inbound: Inbound) -> None:
        task = asyncio.create_task(self._work(inbound))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, inbound: Inbound) -> None:
        tries = 0
        begun = self._clock.now()
        polite_until = asyncio.get_running_loop().time() + _POLITE
        while not self._stopping.is_set():
            try:
                async with self._turns:
                    await pause(self._quiet, max(0.0, polite_until - asyncio.get_running_loop().time()))
                    outcome = await self._handle(inbound)
                if isinstance(outcome, DoubtedError):
                    # A model takes its time, and others do not wait for it.
                    inbound = await self._weighed(inbound, outcome)
                    continue
            except Unavailable as error:
                log.warning("inbox waits", key=inbound.key, why=error.what)
                tries += 1
                await pause(self._stopping, backoff(tries))
            except Exception:
                # Not even the refusal could be written; the row stays, and is tried again after the next start.
                log.exception("inbox row failed", key=inbound.key)
                self._metrics.failures.labels("inbox").inc()
                return
            else:
                self._metrics.handled.labels(outcome).inc()
                self._metrics.handling.observe((self._clock.now() - begun).total_seconds())
                return

    async def _weighed(self, inbound: Inbound, doubted: DoubtedError) -> Inbound:
        """The same with the opinion of the model; without one, if there is no model after all."""
        if not isinstance(inbound, Message | Command):
            return inbound
        if self._weigher is None:
            return inbound.model_copy(update={"opinion": ""})
        return await self._weigher.weigh(inbound, doubted)

    async def _handle(self, inbound: Inbound) -> str | DoubtedError:
        try:
            if not (isinstance(inbound, Message | Command) and inbound.opinion is not None):
                self._limiter.admit(inbound.actor)
            return await self._guarded(inbound)
        except pipeline.AlreadyHandledError:
            return "handled elsewhere"
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - whatever happened, the person hears of it
            if isinstance(error, TooMany) and error.data.get("told"):
                await self._store.transact(inbox.done, inbound.key, "limited")
                return "limited"
            refused, reference = self._refusal(error, inbound.key)
        await self._store.transact(pipeline.refuse, self._world, inbound, refused, reference)
        return refused.code.lower()

    def _refusal(self, error: Exception, key: str) -> tuple[WardroomError, str | None]:
        """What the person is told, and the reference under which a fault of ours is found in the log."""
        match error:
            case WardroomError():
                return error, None
            case Pending():
                why = f"Try again in {error.retry_after or 1:.0f} s, or tell an admin."
                return Unavailable("That fails again and again, so it is left alone for a moment.", why), None
            case TimeoutError():
                self._metrics.failures.labels("slow").inc()
                what = f"That took longer than {self.patience:g} s, so I gave it up."
                return TimedOut(what, "Nothing was changed. Try again."), None
        reference = new_reference()
        log.error("handling failed", key=key, reference=reference, exc_info=error)
        self._metrics.failures.labels("handler").inc()
        words = "Nothing was changed. Try again, or tell an admin."
        return WardroomError("Something went wrong on my side.", words), reference

    async def _guarded(self, inbound: Inbound) -> str | DoubtedError:
        """What the pipeline makes of it, within a time limit, and not while the same fails again and again.

        What ends only after it was given up finds its row closed, and is rolled back; what ended before is told.

        Raises:
            Pending: it is not tried now.
            TimeoutError: it took too long.
        """
        with self._breakers.calling("handler", _named(inbound)):
            try:
                async with asyncio.timeout(self.patience):
                    return await self._store.transact(pipeline.handle, self._world, self._registry, inbound)
            except DoubtedError as doubted:
                return doubted
            except (WardroomError, pipeline.AlreadyHandledError, TimeoutError):
                raise
            except Exception as fault:
                raise Down(type(fault).__name__) from fault


def _named(inbound: Inbound) -> str:
    """What is asked for, where that is plain; words may mean anything, and one fault must not silence all of them."""
    match inbound:
        case Click(verb=verb) | Submit(verb=verb):
            return verb
        case Command(area=area, text=text):
            return " ".join((area, *text.split()[:1]))
    return ""


_SHOWN = frozenset({"revision", "digest"})
