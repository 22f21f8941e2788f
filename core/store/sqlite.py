"""SQLite with one writer thread: units queue up, share a commit, and hear of it once it is durable.

Measured on the kind of machine this is meant for, a commit costs about 100 us of disk and a unit about 60 us
of Python; sharing commits is what makes many people deciding at once cheap. A unit that fails must not take the
others along: the batch is then rolled back and run again with a savepoint for each unit. Savepoints for all would
copy every page that a unit touches, and most units do not fail.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate
from urllib.parse import quote

import sqlalchemy as sa
from typing_extensions import override

from core.clock import Clock
from core.errors import Unavailable, VersionConflict, WardroomError
from core.store import audit
from core.store.bus import Bus
from core.store.columns import JSON_CODEC
from core.store.engine import TRIES, P, Store, T, Unit
from core.store.readers import THREADS, Readers
from core.store.writes import AtOnce, Together

_BATCH = 256
_BUSY_SECONDS = 2.0
_TROUBLE = (sa.exc.DBAPIError, sqlite3.Error, OSError)


@dataclass(slots=True)
class _Job:
    work: Callable[[Unit], Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None
    wakes: AbstractSet[str] = frozenset()


class _OneFailed(Exception):
    """A unit of the batch raised, so the batch is rolled back and run again, each unit by itself."""


class SqliteStore(Store):
    """A database in one file, with write-ahead log and full synchronisation."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        bus: Bus,
        *,
        reactions: Mapping[str, tuple[str, ...]] | None = None,
        process: str = "main",
    ) -> None:
        super().__init__(clock, bus, reactions or {}, process)
        self.path = path
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._readers: Readers | None = None
        self._conn: sa.Connection | None = None
        self._inode = 0

    @override
    async def start(self) -> None:
        """Open the file, which must be there (see migrate), and start the writer."""
        looking = sa.create_engine(
            self._address,
            poolclass=sa.pool.QueuePool,
            pool_size=THREADS,
            **JSON_CODEC,
            connect_args={"isolation_level": None, "check_same_thread": False},
        )
        sa.event.listen(looking, "begin", _begin_to_look)
        sa.event.listen(looking, "connect", _set_up)
        sa.event.listen(looking, "connect", self._note_file)
        sa.event.listen(looking, "checkout", self._check_file)
        self._readers = Readers(looking)
        self._thread = threading.Thread(target=self._write_for_ever, name="wardroom-writer", daemon=True)
        self._thread.start()

    @override
    async def stop(self) -> None:
        """Let what is queued be written, then close."""
        if self._thread is not None:
            self._jobs.put(None)
            await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
            self._thread = None
        if self._readers is not None:
            readers, self._readers = self._readers, None
            await readers.stop()

    @override
    async def listen(self) -> None:
        """There is nobody to listen to: a file belongs to one process."""

    @override
    async def transact(self, work: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in the writer thread; see Store."""
        if self._thread is None:
            raise Unavailable("The database is closed.", "Start Wardroom again.")
        loop = asyncio.get_running_loop()
        job = _Job(lambda unit: work(unit, *args, **kwargs), loop, loop.create_future())
        self._jobs.put(job)
        result: T = await job.future
        return result

    @override
    async def read(self, query: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `query` in a thread with a connection of its own; see Store."""
        if self._readers is None:
            raise Unavailable("The database is closed.", "Start Wardroom again.")
        try:
            return await self._readers.look(lambda conn: query(self.unit(Together(conn)), *args, **kwargs))
        except _TROUBLE as error:
            raise _unavailable(error) from error

    def _write_for_ever(self) -> None:
        while True:
            first = self._jobs.get()
            if first is None:
                break
            batch = [first]
            stop = self._drain(batch)
            self._write(batch)
            self._deliver(batch)
            if stop:
                break
        self._close()

    def _drain(self, batch: list[_Job]) -> bool:
        while len(batch) < _BATCH:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return False
            if job is None:
                return True
            batch.append(job)
        return False

    def _write(self, batch: list[_Job]) -> None:
        try:
            conn = self._connection()
            try:
                with conn.begin():
                    writes = AtOnce(conn)
                    for job in batch:
                        self._run(writes, job)
                    audit.seal(self.unit(writes))
            except _OneFailed:
                # Nothing of the batch is written yet; now each unit gets a savepoint of its own.
                with conn.begin():
                    writes = AtOnce(conn)
                    for job in batch:
                        self._run_apart(writes, job)
                    audit.seal(self.unit(writes))
        except Exception as error:  # noqa: BLE001 - whatever it is, the callers hear of it and the thread lives
            self._close()
            told = _unavailable(error) if isinstance(error, _TROUBLE) else error
            for job in batch:
                job.error, job.wakes = told, frozenset()

    def _run(self, writes: AtOnce, job: _Job) -> None:
        unit = self.unit(writes)
        try:
            job.result = job.work(unit)
        except (sa.exc.OperationalError, sqlite3.OperationalError):
            # The database itself is in trouble, and may have ended the transaction of all.
            raise
        except BaseException as error:
            raise _OneFailed from error
        job.error, job.wakes = None, unit.wakes

    def _run_apart(self, writes: AtOnce, job: _Job) -> None:
        driver = writes.driver
        # The first try was the one with the whole batch.
        for attempt in range(2, TRIES + 1):
            unit = self.unit(writes, attempt)
            driver.execute("SAVEPOINT unit")
            try:
                job.result = job.work(unit)
            except (sa.exc.OperationalError, sqlite3.OperationalError):
                raise
            except BaseException as error:  # noqa: BLE001 - it is handed to the caller, whatever it is
                driver.execute("ROLLBACK TO unit")
                driver.execute("RELEASE unit")
                job.error = error
                if not isinstance(error, VersionConflict):
                    return
            else:
                driver.execute("RELEASE unit")
                job.error, job.wakes = None, unit.wakes
                return

    def _deliver(self, batch: list[_Job]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
        for job in batch:
            by_loop.setdefault(job.loop, []).append(job)
        for loop, jobs in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._resolve, jobs)

    def _resolve(self, jobs: list[_Job]) -> None:
        for job in jobs:
            if job.future.done():
                continue
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)
        self.bus.publish(set().union(*(job.wakes for job in jobs)))

    def _connection(self) -> sa.Connection:
        if self._conn is not None and self._inode != self.path.stat().st_ino:
            self._close()
        if self._conn is None:
            engine = sa.create_engine(
                self._address,
                poolclass=sa.pool.NullPool,
                **JSON_CODEC,
                connect_args={"isolation_level": None, "timeout": _BUSY_SECONDS},
            )
            sa.event.listen(engine, "connect", _set_up)
            sa.event.listen(engine, "begin", _begin_at_once)
            self._conn = engine.connect()
            self._inode = self.path.stat().st_ino
        return self._conn

    @property
    def _address(self) -> str:
        # A file that has gone away must not be made anew, empty, by looking for it.
        return f"sqlite:///file:{quote(str(self.path))}?mode=rw&uri=true"

    def _note_file(self, _connection: Any, record: Any) -> None:
        record.info["inode"] = self.path.stat().st_ino

    def _check_file(self, _connection: Any, record: Any, _proxy: object) -> None:
        if record.info["inode"] != self.path.stat().st_ino:
            # Another file took its place, as after a backup was brought back: the pool connects anew.
            raise sa.exc.DisconnectionError

    def _close(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            try:
                conn.close()
            except _TROUBLE:
                conn.invalidate()


def _set_up(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=2000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_at_once(conn: sa.Connection) -> None:
    # Python's driver would begin at the first write only, so that "read, then write" were two transactions.
    conn.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_to_look(conn: sa.Connection) -> None:
    # Without it each statement of a question would see what was committed since the one before.
    conn.exec_driver_sql("BEGIN")


def _unavailable(error: BaseException) -> WardroomError:
    text = str(getattr(error, "orig", None) or error)
    if "locked" in text or "busy" in text:
        return Unavailable(
            "The database is locked by another program.", "Nothing was changed; try again shortly."
        )
    if "full" in text or "No space" in text:
        return Unavailable(
            "The disk of the database is full.", "Nothing was changed; make room, it goes on by itself."
        )
    if isinstance(error, FileNotFoundError) or "unable to open" in text:
        return Unavailable(
            "The database file is gone.", "Nothing was changed; put it back, it goes on by itself."
        )
    return Unavailable(f"The database does not answer ({text[:200]}).", "Nothing was changed.")
