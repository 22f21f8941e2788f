"""Writes the pages about commands, in chat and on the command line: `python -m tests.reference`."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from typer.main import get_command

from bot.cli.main import app
from handlers.registry import REGISTRY
from handlers.verb import Verb
from tests.house import ROOT

COMMANDS = ROOT / "docs" / "reference" / "commands.md"
LINE = ROOT / "docs" / "reference" / "command-line.md"

_HEAD = """# Commands

The same in Slack, in Discord, in the browser and in `wardroom chat`; also as words to the bot: `@wardroom` and the command
without its slash. What is missing is asked for. This page is written from the code: `python -m tests.reference`.
"""

_LINE_HEAD = """# The command line

What was asked for goes to standard output, everything else to standard error. Exit codes: 0 fine, 1 it did not work,
2 the configuration or the command line is wrong. `--help` says more. This page is written from the code:
`python -m tests.reference`.

| Command | Does |
|---|---|
"""


def command_line() -> str:
    """The page about the command `wardroom`."""
    return _LINE_HEAD + "".join(f"| `wardroom {words}` | {does} |\n" for words, does in programs())


def programs(group: Any = None, before: str = "") -> Iterator[tuple[str, str]]:
    """Every command of the command line, and the first paragraph of its help."""
    known: Any = group or get_command(app)
    for name, command in known.commands.items():
        if hasattr(command, "commands"):
            yield from programs(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", " ".join(str(command.help).split("\n\n")[0].split())


def commands() -> str:
    """The page about the commands in chat."""
    ordered = sorted(REGISTRY.verbs, key=lambda verb: verb.command)
    parts = [_HEAD]
    for area, verbs in groupby(ordered, key=lambda verb: verb.command.split()[0]):
        parts += [f"\n## /{area}\n\n", "| Command | Does | Who may | Example |\n|---|---|---|---|\n"]
        parts += [_row(verb) for verb in verbs]
    return "".join(parts)


def _row(verb: Verb) -> str:
    needs = f"`{verb.needs()}`" if verb.needs() else ("everybody" if verb.open else "everybody known")
    cells = (f"`/{verb.command}`", verb.help, needs, f"`{verb.example}`")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    COMMANDS.write_text(commands(), encoding="utf-8")
    LINE.write_text(command_line(), encoding="utf-8")
