"""The action `shell`: one listed program with arguments, in a clean environment; never a shell's own syntax."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections import deque
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

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
        with tempfile.TemporaryDirectory(prefix="wardroom-") as folder:
            process = await asyncio.create_subprocess_exec(
                program,
                *args.argv[1:],
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=_environment(context, folder),
                cwd=folder,
                start_new_session=True,
            )
            return await _attend(process, args.argv[0], context)

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


async def _attend(process: asyncio.subprocess.Process, name: str, context: Context) -> dict[str, Any]:
    """Wait for the end, or for the order to stop; nothing of the program's group is left behind."""
    streams = [asyncio.ensure_future(_tail(stream)) for stream in (process.stdout, process.stderr)]
    ended = asyncio.ensure_future(process.wait())
    stopped = asyncio.ensure_future(context.stop.wait())
    try:
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        was_stopped = not ended.done()
        if was_stopped:
            _signal(process, signal.SIGTERM)
            await asyncio.wait({ended}, timeout=PATIENCE)
    finally:
        # Also what the program left running in the background, and what does not listen to a polite word.
        _signal(process, signal.SIGKILL)
        stopped.cancel()
        await asyncio.wait({ended, *streams}, timeout=_LINGER)
        for task in (ended, *streams):
            task.cancel()
        await asyncio.gather(ended, stopped, *streams, return_exceptions=True)
    stdout, stderr = (_text(stream) for stream in streams)
    log = "\n".join(filter(None, (stdout, stderr)))
    if was_stopped:
        raise ActionFailed(f"{name} was stopped.", log=log)
    if process.returncode != 0:
        raise ActionFailed(f"{name} ended with code {process.returncode}.", retriable=True, log=log)
    return {"stdout": stdout, "stderr": stderr, "code": 0}


async def _tail(stream: asyncio.StreamReader | None) -> bytes:
    kept: deque[bytes] = deque()
    size = 0
    while stream is not None and (chunk := await stream.read(8_192)):
        kept.append(chunk)
        size += len(chunk)
        while size - len(kept[0]) >= KEPT:
            size -= len(kept.popleft())
    return b"".join(kept)[-KEPT:]


def _text(stream: asyncio.Future[bytes]) -> str:
    if stream.cancelled() or stream.exception() is not None:
        return ""
    return stream.result().decode("utf-8", "replace").replace("\x00", "").rstrip("\n")


def _signal(process: asyncio.subprocess.Process, which: signal.Signals) -> None:
    try:
        os.killpg(process.pid, which)
    except (ProcessLookupError, PermissionError):
        return  # the whole group has gone
