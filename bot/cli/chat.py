"""`wardroom chat`: the local workspace in a terminal, for whoever has no browser at hand."""

import asyncio
from typing import Annotated

import typer

from bot.cli import terminal
from bot.settings import load_settings


def chat(
    persona: Annotated[str, typer.Argument(help="Whom to be, by id.")] = "dev",
    url: Annotated[
        str | None,
        typer.Option(help="Where the workspace is. [default: here, at WARDROOM_HTTP_PORT or 8080]"),
    ] = None,
) -> None:
    """Talk in the local workspace that `wardroom demo` has opened; :help tells how."""
    here = f"http://127.0.0.1:{load_settings().http_port}"
    asyncio.run(terminal.chat(url or here, persona))
