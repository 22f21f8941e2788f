"""`wardroom slack`: what a person pastes into Slack."""

from typing import Annotated

import typer

from bot.cli.options import Config, settings_with

app = typer.Typer(help="Set up the Slack side.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def slack() -> None:
    """Set up the Slack side."""


@app.command()
def manifest(
    config: Config = None,
    http: Annotated[str, typer.Option(help="Where Slack can deliver over HTTP; else Socket Mode.")] = "",
) -> None:
    """Print the app's manifest, with the command names of the configuration if there is one."""
    from bot.configuration import WardroomFile, read_source
    from bot.slack.manifest import manifest as made
    from bot.slack.manifest import to_yaml
    from core.source import validate
    from handlers.registry import REGISTRY

    path = settings_with(config=config).config
    names = validate(read_source(path), WardroomFile).slack.commands if path.exists() else {}
    print(to_yaml(made(REGISTRY.verbs, http, names)), end="")
