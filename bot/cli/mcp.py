"""`wardroom mcp`: the tools for an assistant on this machine, over standard input and output."""

from typing import Annotated

import typer

from bot.cli.options import settings_with
from bot.settings import Settings
from core.errors import ConfigError, Invalid, Problem


def mcp(
    url: Annotated[
        str | None, typer.Option(help="Where Wardroom runs. [default: WARDROOM_URL, http://127.0.0.1:8080]")
    ] = None,
) -> None:
    """Let an assistant on this machine use a Wardroom that runs: MCP over standard input and output.

    Speaks to it over its interface for programs with the token in WARDROOM_TOKEN, and opens no database.
    """
    settings = settings_with(url=url)
    _require_token(settings)
    try:
        from bot.mcp import stdio
    except ModuleNotFoundError as missing:
        raise not_installed(missing) from None
    stdio.serve(settings)


def not_installed(missing: ModuleNotFoundError) -> Invalid:
    """What to say where the library of the protocol is not there."""
    return Invalid(
        f"MCP needs a package that is not installed: {missing.name}.", "pip install 'wardroom-chatops[mcp]'"
    )


def _require_token(settings: Settings) -> None:
    if not settings.token.get_secret_value():
        what = "There is no token to speak to Wardroom with."
        mend = "Make one with: wardroom token create --person NAME"
        raise ConfigError([Problem("WARDROOM_TOKEN", 0, what, mend)])
