"""PostgreSQL for several processes: units over asyncpg, wake-ups by NOTIFY, the audit sealed by a worker."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Concatenate

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn
from typing_extensions import override

from core.clock import Clock
from core.errors import Unavailable, VersionConflict
from core.store.bus import Bus
from core.store.columns import JSON_CODEC
from core.store.engine import TRIES, P, Store, T, Unit
from core.store.writes import Together

_CHANNEL = "wardroom"
_AGAIN = ("40001", "40P01")  # serialization failure, deadlock: the database asks for another try
_POOL = 16
# The commands of units are few and long: planning each anew would cost more than running it.
_SETTINGS = {"server_settings": {"plan_cache_mode": "force_generic_plan"}}
_NOTIFY = sa.select(sa.func.pg_notify(_CHANNEL, sa.bindparam("topics", type_=sa.String)))


class _BrokeOff(Exception):
    """The connection was lost before the commit, so nothing was changed and it can be tried again."""


class _Unheard(Exception):
    """The connection was lost while it committed: nobody can tell whether that was done."""


class PostgresStore(Store):
    """A database behind a URL such as `postgresql+asyncpg://user@host/name`."""

    def __init__(
        self,
        url: str,
        clock: Clock,
        bus: Bus,
        *,
        reactions: Mapping[str, tuple[str, ...]] | None = None,
        process: str = "main",
    ) -> None:
        super().__init__(clock, bus, reactions or {}, process)
        self.url = url
        self._engine: AsyncEngine | None = None
        self._ear: AsyncConnection | None = None
        self._news: set[str] = set()
        self._telling: asyncio.Task[None] | None = None

    @override
    async def start(self) -> None:
        """Connect, and listen to what other processes commit."""
        self._engine = create_async_engine(
            self.url, pool_size=_POOL, max_overflow=0, connect_args=_SETTINGS, **JSON_CODEC
        )
        await self.listen()

    @override
    async def listen(self) -> None:
        """Listen (again) to their wake-ups; see Store."""
        if self._ear is not None and await self._hears():
            return
        try:
            self._ear = await self._open().connect()
            raw = await self._ear.get_raw_connection()
            driver: Any = raw.driver_connection
            await driver.add_listener(_CHANNEL, self._heard)
        except (sa.exc.DBAPIError, OSError) as error:
            self._ear = None
            raise _unavailable(error) from error

    @override
    async def stop(self) -> None:
        """Let the others know of what was done, and disconnect."""
        if self._telling is not None:
            await self._telling
        ear, self._ear = self._ear, None
        engine, self._engine = self._engine, None
        if ear is not None:
            await ear.invalidate()
            await ear.close()
        if engine is not None:
            await engine.dispose()

    @override
    async def transact(self, work: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in one transaction; see Store."""
        for attempt in range(1, TRIES + 1):
            try:
                done = partial(self._run, attempt, lambda unit: work(unit, *args, **kwargs))
                result, wakes = await greenlet_spawn(done)
            except (VersionConflict, sa.exc.DBAPIError, OSError, _BrokeOff, _Unheard) as error:
                verdict = _told(error)
                again = isinstance(error, _BrokeOff) or isinstance(verdict, VersionConflict)
                if attempt == TRIES or not again:
                    raise verdict from error
            else:
                self._publish(wakes)
                return result
        raise AssertionError("unreachable")

    @override
    async def read(self, query: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `query` on a connection of the pool; see Store."""
        try:
            async with self._open().connect() as conn:
                # Without it each statement of a question would see what was committed since the one before.
                await conn.execution_options(isolation_level="REPEATABLE READ")
                return await conn.run_sync(lambda sync: query(self.unit(Together(sync)), *args, **kwargs))
        except (sa.exc.DBAPIError, OSError) as error:
            raise _unavailable(error) from error

    def _run(self, attempt: int, work: Callable[[Unit], T]) -> tuple[T, set[str]]:
        """A whole transaction, in one go of the bridge between SQLAlchemy and asyncio: each crossing costs."""
        with self._open().sync_engine.connect() as conn, conn.begin() as transaction:
            unit = self.unit(Together(conn), attempt)
            try:
                result = work(unit)
                unit.flush()
            except sa.exc.DBAPIError as error:
                if error.connection_invalidated:
                    raise _BrokeOff from error
                raise
            try:
                transaction.commit()
            except OSError as error:
                raise _Unheard from error
            except sa.exc.DBAPIError as error:
                if error.connection_invalidated:
                    raise _Unheard from error
                raise
        return result, unit.wakes

    def _publish(self, wakes: set[str]) -> None:
        self.bus.publish(wakes)
        self._news |= wakes
        if self._news and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(self._tell_others())

    async def _tell_others(self) -> None:
        """Wake the other processes: once for all that was committed meanwhile.

        Not in the transactions themselves: those that notify commit one after the other, whatever they wrote.
        A wake-up that is lost with this process costs the others some seconds, as after any loss.
        """
        while self._news:
            topics, self._news = self._news, set()
            try:
                async with self._open().begin() as conn:
                    await conn.execute(_NOTIFY, {"topics": ",".join(sorted(topics))})
            except (sa.exc.DBAPIError, OSError, Unavailable):
                return

    def _open(self) -> AsyncEngine:
        if self._engine is None:
            raise Unavailable("The database is closed.", "Start Wardroom again.")
        return self._engine

    async def _hears(self) -> bool:
        if self._ear is None:
            return False
        try:
            await self._ear.execute(sa.text("SELECT 1"))
            await self._ear.commit()
        except (sa.exc.DBAPIError, OSError):
            await self._ear.invalidate()
            await self._ear.close()
            self._ear = None
            return False
        return True

    def _heard(self, *heard: object) -> None:
        topics = str(heard[-1]).split(",")
        asyncio.get_running_loop().call_soon(self.bus.publish, topics)


def _told(error: Exception) -> Exception:
    if isinstance(error, VersionConflict | sa.exc.IntegrityError | sa.exc.ProgrammingError):
        return error
    if getattr(getattr(error, "orig", None), "sqlstate", "") in _AGAIN:
        return VersionConflict("Others wrote at the same time.", "Try again.")
    return _unavailable(error)


def _unavailable(error: BaseException) -> Unavailable:
    if isinstance(error, _Unheard):
        return Unavailable(
            "The connection to the database was lost at the last moment: nobody can tell whether it was done.",
            "Look at it before you try again.",
        )
    error = error.__cause__ if isinstance(error, _BrokeOff) and error.__cause__ else error
    text = str(getattr(error, "orig", None) or error).splitlines()[0][:200]
    return Unavailable(
        f"The database does not answer ({text}).", "Nothing was changed; it goes on by itself."
    )
