"""`wardroom run`: the real thing, until it is told to stop."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer

from bot import memory
from bot.cli.options import Config, settings_with
from bot.settings import Settings, require_key
from core.approvals.words import list_of


def run(
    config: Config = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; 0 takes any.")] = None,
) -> None:
    """Start Wardroom with the platforms whose tokens are in the environment."""
    settings = settings_with(config=config, http_host=host, http_port=port)
    require_key(settings)
    serve(settings, lambda url: typer.echo(greeting(settings, url), err=True))


def greeting(settings: Settings, url: str) -> str:
    """What runs now, and what does not: a house that no chat is connected to can ask nobody there."""
    chats = {
        "Slack": settings.has_slack,
        "Discord": settings.has_discord,
        "the local workspace": settings.local,
    }
    connected = list_of([name for name, there in chats.items() if there])
    if connected:
        return f"Wardroom runs, in {connected}. Pages: {url}/"
    return (
        f"Wardroom runs, and NO CHAT IS CONNECTED: only the doors for programs and the pages work, at {url}/.\n"
        "People cannot ask or decide in a chat. Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or DISCORD_TOKEN, and start it "
        "again; `wardroom check` says more. Without an account: wardroom demo."
    )


def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Run the house until a signal; `ready` is called with its address once it answers.

    Raises:
        WardroomError: it cannot start, in words.
    """
    memory.hurry()
    from bot.app import build

    asyncio.run(build(settings).run(ready))
