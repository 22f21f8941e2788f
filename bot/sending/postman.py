"""How one notice leaves: what it says is read now, its way sends it, and the ledger hears what became of it."""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from bot.breakers import Breakers, Pending
from bot.channels.channel import NotYet, Outlet
from bot.platform import Limited, Refused, SendError
from bot.telemetry import Metrics
from core import outgoing
from core.approvals.telling import units as telling
from core.ids import new_reference
from core.notify import units as notify
from core.notify.ledger import Entry
from core.notify.notice import Letter
from core.notify.retries import asked_pause, pause
from core.store import dispatch, outbox
from core.store.dispatch import Outgoing
from core.store.engine import Store, Unit
from core.world import World
from handlers.cards.link import page_url

Outcome = Callable[[Unit], None]
log = structlog.get_logger("wardroom.notices")
_PATIENCE = 15.0  # seconds that one try may take
_LATE = timedelta(seconds=35)  # as long as the tries of other ways take
_UNWANTED = "it was no longer wanted"


@dataclass(frozen=True)
class _Work:
    """What one message is for: whoever still waits for it, whoever does not, and what it says now."""

    entries: tuple[Entry, ...]
    moot: tuple[Entry, ...]
    letter: Letter | None


def anywhere() -> float:
    """Where in its spread a wait falls, from 0 to 1."""
    return secrets.randbelow(1_000) / 1_000


class Postman:
    """Sends notices by the ways there are. `chance` spreads the waits between tries."""

    def __init__(
        self,
        store: Store,
        world: World,
        outlets: Mapping[str, Outlet],
        metrics: Metrics,
        chance: Callable[[], float] = anywhere,
    ) -> None:
        self._store = store
        self._world = world
        self._outlets = outlets
        self._chance = chance
        self.metrics = metrics
        self.breakers = Breakers(store.clock, metrics)

    async def send(self, out: Outgoing) -> Outcome:
        """Send it if it is still wanted; returns the unit that records the outcome.

        Raises:
            Unavailable: the store cannot be read.
        """
        work = await self._store.read(self._read, out)
        if work.letter is None:
            return self._dropped(out, work)
        outcome = await self._try(work.letter, is_first=out.attempts <= 1)
        match outcome:
            case str():
                return self._accepted(out, work, outcome, "")
            case NotYet():
                return self._wait(out, work, outcome)
            case Limited():
                return self._limited(out, work, outcome)
            case Refused():
                return self._failed(out, work, str(outcome))
            case _:
                return self._again(out, work, str(outcome))

    async def _try(self, letter: Letter, *, is_first: bool) -> str | SendError:
        """The other side's id of it, or why it was not taken. A try of which nothing was heard may have arrived all the same."""
        try:
            outlet = self._outlet(letter)
            with self.breakers.calling(letter.way, outlet.other_side(letter)):
                async with asyncio.timeout(_PATIENCE):
                    found = None if is_first else await _found(outlet, letter)
                    return found or await outlet.send(letter)
        except SendError as error:
            return error
        except TimeoutError:
            return SendError("there was no answer in time")
        except Exception:
            reference = new_reference()
            log.exception("a way of telling failed", way=letter.way, reference=reference)
            self.metrics.failures.labels("postman").inc()
            return SendError(f"a fault of ours, {reference}")

    async def find(self, out: Outgoing) -> str | None:
        """The other side's id of a notice whose process died while sending it, where that can be asked.

        Raises:
            SendError: it cannot be asked now.
        """
        work = await self._store.read(self._read, out)
        if work.letter is None:
            return None
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._outlet(work.letter).find_sent(work.letter)
        except TimeoutError:
            raise SendError("there was no answer in time") from None

    def arrived(self, out: Outgoing, provider: str | None, detail: str) -> Outcome:
        """It was sent before the crash: what to record."""

        def record(unit: Unit) -> None:
            self._accepted(out, self._read(unit, out), provider or "", detail)(unit)

        return record

    def _read(self, unit: Unit, out: Outgoing) -> _Work:
        entries, moot = outgoing.wanted(unit, out.about, str(out.payload["delivery"]))
        if not entries:
            return _Work((), tuple(moot), None)
        letter = outgoing.letter(unit, self._world, entries)
        page = page_url(self._world.public_url, self._world.secret_key, letter.page) if letter.page else ""
        return _Work(tuple(entries), tuple(moot), replace(letter, page=page))

    def _outlet(self, letter: Letter) -> Outlet:
        outlet = self._outlets.get(letter.way)
        if outlet is None:
            raise Refused(f"there is no way called {letter.way}")
        return outlet

    def _accepted(self, out: Outgoing, work: _Work, provider: str, detail: str) -> Outcome:
        self._count(work, "accepted")

        def record(unit: Unit) -> None:
            notify.accepted(unit, work.entries, provider, out.attempts)
            outgoing.arrived(unit, out.about, work.entries, provider)
            notify.drop(unit, work.moot, _UNWANTED)
            dispatch.sent(unit, out, provider[:64] or None, detail)

        return record

    def _limited(self, out: Outgoing, work: _Work, error: Limited) -> Outcome:
        """The other side asks to wait: not a failure, whatever it takes."""
        self._count(work, "limited")
        due = self._store.clock.now() + timedelta(seconds=asked_pause(error.retry_after))

        def record(unit: Unit) -> None:
            notify.waits(unit, work.entries, str(error), out.attempts - 1)
            outgoing.troubled(unit, self._world, out.about, work.entries)
            dispatch.later(unit, out, due, "limited", str(error))

        return record

    def _wait(self, out: Outgoing, work: _Work, error: NotYet) -> Outcome:
        """It is on its way by other means, or not called now; when that takes too long, the fallback goes beside it."""
        due = self._store.clock.now() + timedelta(seconds=error.retry_after or 1.0)
        if isinstance(error, Pending):
            self._count(work, "pending")

        def record(unit: Unit) -> None:
            if isinstance(error, Pending):
                notify.waits(unit, work.entries, str(error), out.attempts - 1)
            self._fall_back_if_late(unit, work)
            outgoing.troubled(unit, self._world, out.about, work.entries)
            dispatch.later(unit, out, due, "waiting", "")

        return record

    def _fall_back_if_late(self, unit: Unit, work: _Work) -> None:
        if work.letter is not None and unit.now - work.letter.happened >= _LATE:
            notify.overdue(unit, self._world.channels, self._reader_of(unit), work.entries)

    def _reader_of(self, unit: Unit) -> notify.Readers:
        return lambda person: telling.reader(unit, self._world, person)

    def _again(self, out: Outgoing, work: _Work, why: str) -> Outcome:
        seconds = pause(out.attempts, self._chance())
        if seconds is None:
            return self._failed(out, work, why)
        self._count(work, "retried")
        due = self._store.clock.now() + timedelta(seconds=seconds)

        def record(unit: Unit) -> None:
            notify.waits(unit, work.entries, why, out.attempts)
            self._fall_back_if_late(unit, work)
            outgoing.troubled(unit, self._world, out.about, work.entries)
            dispatch.later(unit, out, due, "failed", why)

        return record

    def _failed(self, out: Outgoing, work: _Work, why: str) -> Outcome:
        self._count(work, "failed")
        channel, way = (work.letter.channel, work.letter.way) if work.letter else ("", "")
        log.warning("notice not delivered", about=out.about, channel=channel, way=way, why=why)

        def record(unit: Unit) -> None:
            reader_of = self._reader_of(unit)
            notify.failed(unit, self._world.channels, reader_of, work.entries, why, out.attempts)
            notify.drop(unit, work.moot, _UNWANTED)
            outgoing.troubled(unit, self._world, out.about, work.entries)
            dispatch.gave_up(unit, out, why)
            # Each card says whom it did not reach.
            for about in dict.fromkeys(one.about for one in work.entries) or [out.about]:
                outbox.refresh(unit, outgoing.shown_as(about), about)

        return record

    def _dropped(self, out: Outgoing, work: _Work) -> Outcome:
        def record(unit: Unit) -> None:
            notify.drop(unit, work.moot, _UNWANTED)
            dispatch.dropped(unit, out, _UNWANTED)

        return record

    def _count(self, work: _Work, outcome: str) -> None:
        if work.letter is not None:
            self.metrics.notices.labels(work.letter.channel, work.letter.way, outcome).inc()


async def _found(outlet: Outlet, letter: Letter) -> str | None:
    """The other side's id of it, if it is there; None also where we may not look."""
    with suppress(Refused):
        return await outlet.find_sent(letter)
    return None
