"""The action `shell`: one listed program with arguments, in a clean environment; never a shell's own syntax."""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.actions import process
from core.runbooks.action import ActionFailed, ActionSpec, Context
from core.runbooks.config import ShellRules

Argument = Annotated[str, StringConstraints(max_length=32_768, pattern=r"^[^\x00]*$")]


class ShellArgs(BaseModel):
    """A program and its arguments, each its own: nothing is split, expanded or interpreted.

    `dry_run` is the same for saying what it would do: it is for whoever writes the file to see that it changes nothing.
    """

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    argv: list[Argument] = Field(min_length=1, max_length=200)
    dry_run: list[Argument] = Field(default_factory=list, max_length=200)


class Shell:
    """Runs listed programs."""

    spec: ClassVar[ActionSpec] = ActionSpec(
        name="shell",
        args=ShellArgs,
        nature=lambda _: "at_most_once",
        changes=lambda _: True,
        rehearses=lambda given: bool(given.get("dry_run")),
    )

    def __init__(self, rules: ShellRules) -> None:
        self._rules = rules

    async def run(self, args: ShellArgs, context: Context) -> dict[str, Any]:
        """Run it; the result has `stdout`, `stderr` (the last 32 KiB of each) and `code`.

        Raises:
            ActionFailed: it is not listed, not there, ended with another code than 0, or was stopped.
        """
        ended = await self._run(args.argv, context)
        return ended.outputs(args.argv[0]) | {"code": 0}

    async def dry_run(self, args: ShellArgs, context: Context) -> str:
        """What the program of `dry_run` says, which is listed like any other.

        Raises:
            ActionFailed: it is not listed, not there, or was stopped.
        """
        ended = await self._run(args.dry_run, context)
        return ended.log if ended.code == 0 else f"{ended.log}\n(It ended with code {ended.code}.)".strip()

    async def _run(self, argv: list[str], context: Context) -> process.Ended:
        file = self._file(argv[0])
        with process.own_folder() as folder:
            told = process.environment(context, folder)
            program = process.Program(argv[0], file, tuple(argv[1:]), folder, told)
            return await process.run(program, context.stop)

    def _file(self, name: str) -> str:
        if name not in self._rules.allow:
            raise ActionFailed(
                f"“{name[:80]}” is not among the programs that may be run. "
                "Add it to `actions: {shell: {allow: [...]}}` if it should be."
            )
        found = process.found(name)
        if found is None:
            raise ActionFailed(f"“{name[:80]}” is not installed here.")
        return found
