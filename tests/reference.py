"""Writes `docs/reference/commands.md` from the verbs: `python -m tests.reference`."""

from itertools import groupby

from handlers.registry import REGISTRY
from handlers.verb import Verb
from tests.house import ROOT

COMMANDS = ROOT / "docs" / "reference" / "commands.md"

_HEAD = """# Commands

The same in Slack, in Discord, in the browser and in `wardroom chat`; also as words to the bot: `@wardroom` and the command
without its slash. What is missing is asked for. This page is written from the code: `python -m tests.reference`.
"""


def commands() -> str:
    """The page."""
    ordered = sorted(REGISTRY.verbs, key=lambda verb: verb.command)
    parts = [_HEAD]
    for area, verbs in groupby(ordered, key=lambda verb: verb.command.split()[0]):
        parts += [f"\n## /{area}\n\n", "| Command | Does | Who may | Example |\n|---|---|---|---|\n"]
        parts += [_row(verb) for verb in verbs]
    return "".join(parts)


def _row(verb: Verb) -> str:
    needs = f"`{verb.needs()}`" if verb.needs() else "everybody"
    cells = (f"`/{verb.command}`", verb.help, needs, f"`{verb.example}`")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    COMMANDS.write_text(commands(), encoding="utf-8")
