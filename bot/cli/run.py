"""`wardroom run`: the real thing, until it is told to stop."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer

from bot.cli.options import Config, settings_with
from bot.settings import Settings, require_key


def run(
    config: Config = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; 0 takes any.")] = None,
) -> None:
    """Start Wardroom with the platforms whose tokens are in the environment."""
    settings = settings_with(config=config, http_host=host, http_port=port)
    require_key(settings)
    serve(settings, lambda url: typer.echo(f"Wardroom runs. Pages: {url}/", err=True))


def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Run the house until a signal; `ready` is called with its address once it answers.

    Raises:
        WardroomError: it cannot start, in words.
    """
    from bot.app import build

    asyncio.run(build(settings).run(ready))
