"""The check `command`: a listed program says with its code how it is, behind the guards of the action `shell`."""

import asyncio
import tempfile
from pathlib import Path
from typing import ClassVar

from bot.actions import process
from core.catalogue.probes import CommandProbe
from core.health.check import CheckSpec, Finding, Status
from core.runbooks.action import ActionFailed
from core.runbooks.config import ShellRules
from core.text import one_line

_PLUGIN = {0: Status.HEALTHY, 1: Status.DEGRADED, 2: Status.UNHEALTHY}
_SAID = 200


class CommandCheck:
    """Runs a program in a clean environment and a folder of its own; it is ended when its time is up."""

    spec: ClassVar[CheckSpec] = CheckSpec("command", CommandProbe)
    side = ""

    def __init__(self, rules: ShellRules) -> None:
        self._rules = rules

    async def probe(self, args: CommandProbe, seconds: float) -> Finding:
        """Run it."""
        del seconds
        name = args.argv[0]
        file = process.found(name) if name in self._rules.allow else None
        if file is None:
            why = "is not installed here" if name in self._rules.allow else "is not allowed to run"
            return Finding(Status.UNKNOWN, f"{one_line(name, 60)} {why}")
        with tempfile.TemporaryDirectory(prefix="wardroom-") as home:
            told = {"PATH": process.PATH, "LANG": "C.UTF-8", "HOME": home, "TMPDIR": home}
            program = process.Program(name, file, args.argv[1:], Path(home), told)
            try:
                ended = await process.run(program, asyncio.Event())
            except ActionFailed as failed:
                return Finding(Status.UNKNOWN, failed.why)
        return _judged(ended, plugin=args.plugin)


def _judged(ended: process.Ended, *, plugin: bool) -> Finding:
    code = ended.code if ended.code is not None else -1
    status = Status.HEALTHY if code == 0 else Status.UNHEALTHY
    if plugin:
        status = _PLUGIN.get(code, Status.UNKNOWN)
    said = ended.stdout or ended.stderr
    first = one_line(said.split("\n")[0].split("|")[0] if plugin else said.split("\n")[0], _SAID)
    return Finding(status, f"code {code}: {first}" if first else f"code {code}")
