"""`wardroom demo`: everything on this machine, without any account, to try it out."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from bot.cli.run import serve
from bot.settings import Settings, load_settings


def demo(
    port: Annotated[
        int,
        typer.Option(
            help="The port of the page; 0 takes any.", min=0, max=65_535, envvar="WARDROOM_HTTP_PORT"
        ),
    ] = 8080,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its files.")] = Path("var/demo"),
) -> None:
    """Open the local workspace: a chat with people to switch between, services and runbooks, all simulated."""
    serve(demo_settings(folder, port), greet)


def demo_settings(folder: Path, port: int) -> Settings:
    """The settings of a demo that keeps its files in `folder`; makes the files.

    Raises:
        WardroomError: the folder cannot be written.
    """
    from bot.demo.seed import free_port, secret_key, seed

    port = port or free_port()
    return load_settings(
        config=seed(folder, port),
        database_url=SecretStr(f"sqlite:///{folder / 'wardroom.db'}"),
        http_host="127.0.0.1",
        http_port=port,
        public_url="",
        secret_key=SecretStr(secret_key(folder)),
        local=True,
        demo=True,
        slack_bot_token=SecretStr(""),
        discord_token=SecretStr(""),
    )


def greet(url: str) -> None:
    """Say where it is and what to try."""
    typer.echo(
        f"Wardroom's demo is open: {url}/\n"
        "Everything in it is simulated, and only this machine can reach it. Try:\n"
        "  1. As Dev, write: restart checkout in production. The answer is in the thread under it.\n"
        "  2. Switch to Ana and approve; switch to Chi and approve; watch it run.\n"
        "  3. Write /runbook list, or /incident declare, or /wardroom help.\n"
        "Stop it with Ctrl+C; it goes on where it was when you start it again."
    )
