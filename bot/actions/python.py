"""The action `python`: a listed function of an installed package, in a process of its own with limits."""

import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, ClassVar

import orjson
from pydantic import BaseModel, ConfigDict, Field

from bot.actions import process
from core.runbooks.action import ActionFailed, ActionSpec, Context
from core.runbooks.config import PythonRules
from core.source import suggestion

GROUP = "wardroom.functions"
_CHILD = str(Path(__file__).with_name("inside.py"))
_LARGEST = 64 * 1024  # bytes of what a function is told, and of what it gives back


class PythonArgs(BaseModel):
    """Which function, by the name of its entry point, and what it is told by keyword."""

    model_config = ConfigDict(extra="forbid")

    function: str = Field(min_length=1, max_length=200)
    args: dict[str, Any] = Field(default_factory=dict)


class Python:
    """Calls listed functions."""

    spec: ClassVar[ActionSpec] = ActionSpec(
        name="python", args=PythonArgs, nature=lambda _: "at_most_once", changes=lambda _: True
    )

    def __init__(self, rules: PythonRules) -> None:
        self._rules = rules

    async def run(self, args: PythonArgs, context: Context) -> dict[str, Any]:
        """Call it; the result has `value`, what it gave back, and `stdout`, the last 32 KiB that it wrote.

        Raises:
            ActionFailed: it is not listed or installed, raised an error, broke a limit, or was stopped.
        """
        asked = orjson.dumps(
            {
                "function": self._found(args.function),
                "args": args.args,
                "path": [folder for folder in sys.path if folder],
                "memory": self._rules.memory * 1024 * 1024,
                "seconds": int(self._rules.cpu.total_seconds()),
                "largest": _LARGEST,
            }
        )
        if len(asked) > _LARGEST:
            raise ActionFailed(f"{args.function} would be told more than {_LARGEST // 1024} KiB.")
        with process.own_folder() as folder:
            (folder / "asked.json").write_bytes(asked)
            told = process.environment(context, folder)
            program = process.Program(args.function, sys.executable, ("-I", _CHILD), folder, told)
            ended = await process.run(program, context.stop)
            return _answer(args.function, ended, folder / "answer.json")

    def _found(self, name: str) -> str:
        """Where the function is: `module:name`."""
        if name not in self._rules.allow:
            raise ActionFailed(
                f"“{name[:80]}” is not among the functions that may be called. "
                "Add it to `actions: {python: {allow: [...]}}` if it should be."
            )
        known = {point.name: point.value for point in entry_points(group=GROUP)}
        if name not in known:
            hint = suggestion(name, known) if known else f"No package brings any, by the group `{GROUP}`."
            raise ActionFailed(f"No installed package brings a function “{name[:80]}”. {hint}")
        return known[name]


def _answer(name: str, ended: process.Ended, file: Path) -> dict[str, Any]:
    """What the process wrote down before it ended; without that, why it ended."""
    try:
        with file.open("rb") as written:
            said = orjson.loads(written.read(2 * _LARGEST))
    except (OSError, orjson.JSONDecodeError):
        why = (
            f"by signal {-ended.code}"
            if ended.code is not None and ended.code < 0
            else f"with code {ended.code}"
        )
        raise ActionFailed(
            f"{name} ended {why} without an answer: it may have used more memory or time than it may.",
            log=ended.log,
        ) from None
    if "error" in said:
        log = "\n".join(filter(None, (ended.log, str(said.get("trace", "")))))
        raise ActionFailed(
            f"{name}: {str(said['error'])[:500]}", retriable=bool(said.get("retriable")), log=log
        )
    return {"value": said.get("value"), "stdout": ended.stdout, "stderr": ended.stderr}
