"""The action `shell`: one listed program with arguments, in a clean environment; never a shell's own syntax."""

import asyncio
import os
import shutil
import signal
import tempfile
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from typing_extensions import override

from core.runbooks.action import ActionFailed, ActionSpec, Context
from core.runbooks.config import ShellRules

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PATIENCE = 10.0  # seconds between asking a program to end and ending it
KEPT = 32 * 1024  # bytes of each stream; both together are the 64 KiB a step may keep
_LINGER = 1.0

Argument = Annotated[str, StringConstraints(max_length=32_768, pattern=r"^[^\x00]*$")]


class ShellArgs(BaseModel):
    """A program and its arguments, each its own: nothing is split, expanded or interpreted."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    argv: list[Argument] = Field(min_length=1, max_length=200)


class Shell:
    """Runs listed programs."""

    spec: ClassVar[ActionSpec] = ActionSpec(
        name="shell", args=ShellArgs, nature=lambda _: "at_most_once", changes=lambda _: True
    )

    def __init__(self, rules: ShellRules) -> None:
        self._rules = rules

    async def run(self, args: ShellArgs, context: Context) -> dict[str, Any]:
        """Run it; the result has `stdout`, `stderr` (the last 32 KiB of each) and `code`.

        Raises:
            ActionFailed: it is not listed, not there, ended with another code than 0, or was stopped.
        """
        program = self._program(args.argv[0])
        loop = asyncio.get_running_loop()
        with tempfile.TemporaryDirectory(prefix="wardroom-") as folder:
            transport, watch = await loop.subprocess_exec(
                lambda: _Watch(loop),
                program,
                *args.argv[1:],
                stdin=asyncio.subprocess.DEVNULL,
                env=_environment(context, folder),
                cwd=folder,
                start_new_session=True,
            )
            try:
                return await _attend(transport.get_pid(), watch, args.argv[0], context)
            finally:
                transport.close()

    def _program(self, name: str) -> str:
        if name not in self._rules.allow:
            raise ActionFailed(
                f"“{name[:80]}” is not among the programs that may be run. "
                "Add it to `actions: {shell: {allow: [...]}}` if it should be."
            )
        found = shutil.which(name, path=PATH)
        if found is None:
            raise ActionFailed(f"“{name[:80]}” is not installed here.")
        return found


def _environment(context: Context, folder: str) -> dict[str, str]:
    return {
        "PATH": PATH,
        "LANG": "C.UTF-8",
        "HOME": folder,
        "TMPDIR": folder,
        "WARDROOM_EXECUTION": context.execution,
        "WARDROOM_STEP": context.step,
        "WARDROOM_KEY": context.key,
    }


class _Watch(asyncio.SubprocessProtocol):
    """Sees a program end, also when something it left behind still holds its output; keeps the ends of both."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.exited: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()
        self.code: int | None = None
        self._kept = {1: bytearray(), 2: bytearray()}
        self._transport: asyncio.SubprocessTransport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.SubprocessTransport):
            self._transport = transport

    @override
    def pipe_data_received(self, fd: int, data: bytes) -> None:
        kept = self._kept[fd]
        kept += data
        del kept[:-KEPT]

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
        return self._kept[fd].decode("utf-8", "replace").replace("\x00", "").rstrip("\n")


async def _attend(pid: int, watch: _Watch, name: str, context: Context) -> dict[str, Any]:
    """Wait for the end, or for the order to stop; nothing of the program's group is left behind."""
    stopped: asyncio.Future[Any] = asyncio.ensure_future(context.stop.wait())
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
    stdout, stderr = watch.text(1), watch.text(2)
    log = "\n".join(filter(None, (stdout, stderr)))
    if was_stopped:
        raise ActionFailed(f"{name} was stopped.", log=log)
    if watch.code != 0:
        raise ActionFailed(f"{name} ended with code {watch.code}.", retriable=True, log=log)
    return {"stdout": stdout, "stderr": stderr, "code": 0}


def _signal(group: int, which: signal.Signals) -> None:
    try:
        os.killpg(group, which)
    except (ProcessLookupError, PermissionError):
        return  # the whole group has gone
