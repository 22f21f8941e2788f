"""`wardroom chat`: the local workspace in a terminal, for whoever has no browser at hand."""

import asyncio
from typing import Annotated

import typer

from bot.cli import terminal


def chat(
    persona: Annotated[str, typer.Argument(help="Whom to be, by id.")] = "dev",
    url: Annotated[str, typer.Option(help="Where the workspace is.")] = "http://127.0.0.1:8080",
) -> None:
    """Talk in the local workspace that `wardroom demo` has opened; :help tells how."""
    asyncio.run(terminal.chat(url, persona))
