"""What can be asked for, as a card: one line a command, with an example that works. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.cards.card import Bold, Card, Code, Part, Table, Text, line, literals

_TITLES = {
    "approvals": "Approvals: who must say yes",
    "incident": "Incidents: what is broken, and who works on it",
    "oncall": "On call: whom it reaches now, and who takes over",
    "runbook": "Runbooks: what is done, step by step",
    "status": "Status: how services are",
    "wardroom": "You and the bot",
}


@dataclass(frozen=True)
class Shown:
    """A command as help shows it: the words after the slash, what it does, and an example."""

    command: str
    help: str
    example: str

    @property
    def short(self) -> str:
        """The command without its area; nothing where the area is all of it."""
        return self.command.partition(" ")[2]


def overview(areas: Mapping[str, Sequence[Shown]], left: int = 0) -> Card:
    """Every area with its commands, for somebody who has just arrived; `left` is how many others they may not use."""
    parts: list[Part] = [
        Text(line=line("Ask with a command, with a button, or in words. What is missing is asked for."))
    ]
    said = []
    for area, commands in areas.items():
        words = ", ".join(command.short for command in commands)
        short = (f" {words}",) if words else ()
        parts.append(Text(line=line(Bold(text=title(area)), ": ", Code(text=f"/{area}"), *short)))
        said.append(f"/{area} {words}".rstrip())
    parts.append(
        Text(
            line=line("More of one: ", Code(text="/wardroom help incident"), ", or ask: how do I …?"),
            small=True,
        )
    )
    more = f"{left} other commands need permissions that you do not have; `/wardroom whoami` shows yours."
    parts += [Text(line=literals(more), small=True)] if left else []
    told = f"What I can do: {'; '.join(said)}.{f' {more}' if left else ''}"
    return Card(title="What I can do", parts=tuple(parts), summary=told)


def of_area(area: str, commands: Sequence[Shown]) -> Card:
    """The commands of one area: what each does, and an example."""
    rows = tuple((line(Code(text=command.example)), line(command.help)) for command in commands)
    said = " ".join(f"{command.example}: {command.help}" for command in commands)
    table = Table(head=("Say", "It does"), rows=rows)
    return Card(title=title(area), parts=(table,), summary=f"{title(area)}. {said}")


def greeting(workspace: str) -> Card:
    """For somebody whom nobody has configured: how to get in."""
    return Card(
        title="Hello",
        parts=(
            Text(line=line(f"I am the operations bot of {workspace}, and I do not know this account yet.")),
            Text(
                line=line(
                    Bold(text="If I know you elsewhere: "),
                    "say ",
                    Code(text="/wardroom link"),
                    " there, and here ",
                    Code(text="/wardroom link CODE"),
                    " with the code you get.",
                )
            ),
            Text(line=line(Bold(text="Otherwise: "), "ask an administrator to add this account.")),
        ),
        summary=(
            "I do not know this account yet. If I know you elsewhere, say /wardroom link there and use the code "
            f"here; otherwise ask an administrator of {workspace} to add it."
        ),
    )


def title(area: str) -> str:
    """An area in words."""
    return _TITLES.get(area, area.capitalize())
