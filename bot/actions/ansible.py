"""The action `ansible`: a playbook of a folder that the configuration names, where the program is installed."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import orjson
from pydantic import BaseModel, ConfigDict, Field

from bot.actions import process
from core.runbooks.action import ActionFailed, ActionSpec, Context
from core.runbooks.config import AnsibleRules

_PROGRAM = "ansible-playbook"
_WORD = r"^[^-\x00][^\x00]*$"
_RECAP = re.compile(r"^(\S+)\s+: (ok=.*)$", re.MULTILINE)
_COUNT = re.compile(r"(\w+)=(\d+)")


class AnsibleArgs(BaseModel):
    """Which playbook and inventory of the folder, which hosts and tags of them, and what the playbook is told."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    playbook: str = Field(max_length=500, pattern=_WORD)
    inventory: str = Field(max_length=500, pattern=_WORD)
    limit: str = Field(default="", max_length=500, pattern=r"^([^-\x00][^\x00]*)?$")
    tags: list[str] = Field(default_factory=list, max_length=50)
    vars: dict[str, Any] = Field(default_factory=dict)


class Ansible:
    """Runs playbooks."""

    spec: ClassVar[ActionSpec] = ActionSpec(
        name="ansible",
        args=AnsibleArgs,
        nature=lambda _: "at_most_once",
        changes=lambda _: True,
        rehearses=lambda _: True,
        missing=lambda: process.missing(_PROGRAM),
    )

    def __init__(self, rules: AnsibleRules) -> None:
        self._rules = rules

    async def run(self, args: AnsibleArgs, context: Context) -> dict[str, Any]:
        """Run it; the result has `stdout`, `stderr` (the last 32 KiB of each) and `hosts`: what was counted for each.

        Raises:
            ActionFailed: it is not in the folder or not installed, a host failed, or it was stopped.
        """
        ended = await self._play(args, (), context)
        return ended.outputs(args.playbook) | {"hosts": recap(ended.stdout)}

    async def dry_run(self, args: AnsibleArgs, context: Context) -> str:
        """What it would change, as `--check --diff` says.

        Raises:
            ActionFailed: as `run` does, except that a host which fails is told.
        """
        return (await self._play(args, ("--check", "--diff"), context)).log

    async def _play(self, args: AnsibleArgs, more: tuple[str, ...], context: Context) -> process.Ended:
        playbook, inventory = self._inside(args.playbook), self._inside(args.inventory)
        with process.own_folder() as folder:
            # In a file, since everybody on the machine can read what a program is told by argument.
            (folder / "vars.yml").write_text(literal(args.vars), encoding="utf-8")
            chosen = [f"--limit={args.limit}"] if args.limit else []
            chosen += [f"--tags={','.join(args.tags)}"] if args.tags else []
            argv = ("-i", inventory, f"--extra-vars=@{folder / 'vars.yml'}", *chosen, *more, playbook)
            told = process.environment(context, folder) | {"ANSIBLE_NOCOLOR": "1", "ANSIBLE_NOCOWS": "1"}
            told |= {"HOME": self._rules.home} if self._rules.home else {}
            program = process.Program(_PROGRAM, process.needed(_PROGRAM), argv, folder, told, context.tell)
            return await process.run(program, context.stop)

    def _inside(self, name: str) -> str:
        if not self._rules.folder:
            raise ActionFailed(
                "No folder of playbooks is configured. Add `actions: {ansible: {folder: ...}}`."
            )
        home = Path(self._rules.folder).resolve()
        found = (home / name).resolve()
        if not found.is_relative_to(home) or not found.exists():
            raise ActionFailed(f"“{name[:120]}” is not in the folder of playbooks, {home}.")
        return str(found)


def literal(value: Any) -> str:
    """A value as YAML whose texts are texts: the program would take `{{ … }}` in them for something to work out."""
    match value:
        case str():
            return f"!unsafe {orjson.dumps(value).decode()}"
        case dict():
            pairs = (f"{orjson.dumps(str(name)).decode()}: {literal(one)}" for name, one in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list() | tuple():
            return "[" + ", ".join(literal(one) for one in value) + "]"
        case _:
            return orjson.dumps(value).decode()


def recap(output: str) -> Mapping[str, dict[str, int]]:
    """What was counted for each host, from the last lines of the output."""
    lines = output.rpartition("PLAY RECAP")[2]
    return {
        host: {name: int(count) for name, count in _COUNT.findall(counts)}
        for host, counts in _RECAP.findall(lines)
    }
