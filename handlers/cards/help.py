"""What one can ask for, with examples that work. Pure."""

from collections.abc import Sequence

from handlers.cards.card import Bold, Card, Code, Part, Table, Text, line
from handlers.verb import Verb

_TITLES = {
    "runbooks": "Runbooks",
    "runbook": "Runbooks",
    "approvals": "Approvals",
    "incident": "Incidents",
    "wardroom": "You and Wardroom",
}


def overview(verbs: Sequence[Verb]) -> Card:
    """One line per command, by area."""
    parts: list[Part] = [
        Text(
            line=line(
                "Write a command, or say what you want: ", Code(text="restart checkout in staging"), "."
            )
        )
    ]
    for area in dict.fromkeys(verb.command.split()[0] for verb in verbs if verb.command):
        rows = tuple(
            (line(Code(text=f"/{verb.command}")), line(verb.help))
            for verb in verbs
            if verb.command.split()[:1] == [area]
        )
        parts += [Text(line=line(Bold(text=_TITLES.get(area, area.title())))), Table(head=(), rows=rows)]
    hint = "/wardroom help <area> shows examples"
    return Card(title="What I can do", parts=tuple(parts), hint=hint, summary="What Wardroom can do.")


def area(name: str, verbs: Sequence[Verb]) -> Card:
    """The commands of one area, each with an example."""
    rows = tuple((line(verb.help), line(Code(text=verb.example))) for verb in verbs)
    title = _TITLES.get(name, name.title())
    return Card(
        title=title, parts=(Table(head=("What", "For example"), rows=rows),), summary=f"{title}: examples."
    )


def greeting(workspace: str) -> Card:
    """For somebody whom nobody has configured."""
    return Card(
        title="Hello",
        parts=(
            Text(
                line=line(
                    f"I am the operations bot of {workspace}. I do not know you yet, so you can do two things:"
                )
            ),
            Text(
                line=line(
                    "If I know you elsewhere, say ",
                    Code(text="/wardroom link"),
                    " there and use the code here.",
                )
            ),
            Text(line=line("Otherwise ask an administrator to add your account to the configuration.")),
        ),
        summary=f"I do not know you yet. Link your account, or ask an administrator of {workspace}.",
    )
