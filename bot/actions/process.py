"""Programs in processes of their own: a clean environment, bounded output, and nothing of them left behind."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typing_extensions import override

from core.runbooks.action import ActionFailed, Context, Stop

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PATIENCE = 10.0  # seconds between asking a program to end and ending it
KEPT = 32 * 1024  # bytes of each stream; both together are the 64 KiB a step may keep
_LINE = 400
_FIRST = 4_096  # bytes in which the end of a cut line is looked for
_LINGER = 1.0
_STDOUT = 1


@dataclass(frozen=True)
class Program:
    """What is run: `name` as people know it, the file, its arguments, and the folder that it starts in.

    `hears` is called with each line of its output as it is written, cut to 400 letters.
    """

    name: str
    file: str
    arguments: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    hears: Callable[[str], None] | None = None


@dataclass(frozen=True)
class Ended:
    """How it ended: its code, and the last 32 KiB of what it wrote to each stream."""

    code: int | None
    stdout: str
    stderr: str

    @property
    def log(self) -> str:
        """Both streams, one after the other."""
        return "\n".join(filter(None, (self.stdout, self.stderr)))

    def outputs(self, what: str) -> dict[str, Any]:
        """What a step gets of it: `stdout` and `stderr`.

        Raises:
            ActionFailed: it ended with another code than 0, which another try may not.
        """
        if self.code != 0:
            raise ActionFailed(f"{what} ended with code {self.code}.", retriable=True, log=self.log)
        return {"stdout": self.stdout, "stderr": self.stderr}


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder for one try of one step, gone afterwards with all that is in it."""
    with tempfile.TemporaryDirectory(prefix="wardroom-") as name:
        yield Path(name)


def found(name: str) -> str | None:
    """The file of an installed program; None if there is none of that name."""
    return shutil.which(name, path=PATH)


def missing(name: str) -> str:
    """Why a program cannot be used here; nothing if it can."""
    return "" if found(name) else f"the program `{name}` is not installed here (looked for in {PATH})"


def needed(name: str) -> str:
    """The file of a program.

    Raises:
        ActionFailed: it is not installed.
    """
    file = found(name)
    if file is None:
        raise ActionFailed(f"It cannot be run: {missing(name)}.")
    return file


def environment(context: Context, folder: Path) -> dict[str, str]:
    """All that a program is told of its surroundings; nothing of our own environment is among it."""
    return {
        "PATH": PATH,
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "WARDROOM_EXECUTION": context.execution,
        "WARDROOM_STEP": context.step,
        "WARDROOM_KEY": context.key,
    }


async def run(program: Program, stop: Stop) -> Ended:
    """Run it to its end, or until `stop` is set: then it is asked to end, and ended ten seconds later.

    Whatever of its process group still runs when it has ended is ended as well.

    Raises:
        ActionFailed: it was stopped, or could not be started.
    """
    loop = asyncio.get_running_loop()
    try:
        transport, watch = await loop.subprocess_exec(
            lambda: _Watch(loop, program.hears),
            program.file,
            *program.arguments,
            stdin=asyncio.subprocess.DEVNULL,
            env=dict(program.environment),
            cwd=program.folder,
            start_new_session=True,
        )
    except OSError as error:
        raise ActionFailed(f"{program.name} could not be started: {error.strerror}.") from None
    try:
        return await _attend(transport.get_pid(), watch, program.name, stop)
    finally:
        transport.close()


class _Watch(asyncio.SubprocessProtocol):
    """Sees a program end, also when something it left behind still holds its output; keeps the ends of both."""

    def __init__(self, loop: asyncio.AbstractEventLoop, hears: Callable[[str], None] | None) -> None:
        self.exited: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()
        self.code: int | None = None
        self._hears = hears
        self._begun = b""
        self._kept = {1: bytearray(), 2: bytearray()}
        self._cut: set[int] = set()
        self._transport: asyncio.SubprocessTransport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.SubprocessTransport):
            self._transport = transport

    @override
    def pipe_data_received(self, fd: int, data: bytes) -> None:
        kept = self._kept[fd]
        kept += data
        if len(kept) > KEPT:
            self._cut.add(fd)
            del kept[:-KEPT]
        if self._hears is not None and fd == _STDOUT:
            *whole, self._begun = (self._begun + data).split(b"\n")
            self._begun = self._begun[-_LINE:]
            for line in filter(None, whole):
                self._hears(line[:_LINE].decode("utf-8", "replace").rstrip())

    @override
    def process_exited(self) -> None:
        self.code = self._transport.get_returncode() if self._transport else None
        if not self.exited.done():
            self.exited.set_result(None)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(None)

    def text(self, fd: int) -> str:
        """The end of a stream, as text that a database can keep."""
        kept = self._kept[fd]
        if fd in self._cut:
            # What is left of the first line may begin within a secret, which nobody would know again.
            kept = kept[kept.find(b"\n", 0, _FIRST) + 1 :]
        return kept.decode("utf-8", "replace").replace("\x00", "").rstrip("\n")


async def _attend(pid: int, watch: _Watch, name: str, stop: Stop) -> Ended:
    stopped: asyncio.Future[Any] = asyncio.ensure_future(stop.wait())
    ends: set[asyncio.Future[Any]] = {watch.exited, stopped}
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        was_stopped = not watch.exited.done()
        if was_stopped:
            _signal(pid, signal.SIGTERM)
            await asyncio.wait({watch.exited}, timeout=PATIENCE)
    finally:
        # Also what the program left running in the background, and what does not listen to a polite word.
        _signal(pid, signal.SIGKILL)
        stopped.cancel()
        await asyncio.gather(stopped, return_exceptions=True)
    await asyncio.wait({watch.closed}, timeout=_LINGER)
    ended = Ended(watch.code, watch.text(1), watch.text(2))
    if was_stopped:
        raise ActionFailed(f"{name} was stopped.", log=ended.log)
    return ended


def _signal(group: int, which: signal.Signals) -> None:
    try:
        os.killpg(group, which)
    except (ProcessLookupError, PermissionError):
        return  # the whole group has gone
