"""Options that several commands have, and how they become settings."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bot.settings import Settings, load_settings

Config = Annotated[
    Path | None, typer.Option("--config", "-c", help="The configuration file. [default: wardroom.yaml]")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def settings_with(**given: Any) -> Settings:
    """The settings with the options that were given; None leaves one to the environment.

    Raises:
        ConfigError: with every variable that cannot be used.
    """
    return load_settings(**{name: value for name, value in given.items() if value is not None})
