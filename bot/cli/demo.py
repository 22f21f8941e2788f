"""`wardroom demo`: everything on this machine, without any account, to try it out."""

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import SecretStr

from bot.cli.options import settings_with
from bot.cli.run import serve
from bot.settings import Settings, load_settings
from core.errors import Invalid

_FOLDER = Path("var/demo")
_NOT_OURS = (
    "database_url",
    "secret_key",
    "public_url",
    "config",
    "http_host",
    "slack_bot_token",
    "discord_token",
)
OfDemo = Annotated[bool, typer.Option("--demo", help=f"For the demo of this folder, in {_FOLDER}.")]


def demo(
    port: Annotated[
        int,
        typer.Option(
            help="The port of the page; 0 takes any.", min=0, max=65_535, envvar="WARDROOM_HTTP_PORT"
        ),
    ] = 8080,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its files.")] = _FOLDER,
) -> None:
    """Open the local workspace: a chat with people to switch between, services and runbooks, all simulated."""
    settings = demo_settings(folder, port)
    for said in (passed_over(folder), kept(folder)):
        if said:
            typer.echo(said, err=True)
    serve(settings, greet)


def demo_settings(folder: Path, port: int) -> Settings:
    """The settings of a demo that keeps its files in `folder`; makes the files.

    Raises:
        WardroomError: the folder cannot be written.
    """
    from bot.demo.seed import free_port, seed

    port = port or free_port()
    return _kept_in(folder, seed(folder, port), http_port=port)


def _kept_in(folder: Path, config: Path, **more: Any) -> Settings:
    """The settings of a demo: none of the environment that a real house has."""
    from bot.demo.seed import secret_key

    return load_settings(
        config=config,
        database_url=SecretStr(f"sqlite:///{folder / 'wardroom.db'}"),
        http_host="127.0.0.1",
        public_url="",
        secret_key=SecretStr(secret_key(folder)),
        local=True,
        demo=True,
        slack_bot_token=SecretStr(""),
        discord_token=SecretStr(""),
        **more,
    )


def passed_over(folder: Path) -> str:
    """What of the environment the demo does not use although it is set; a demo in a real database would be a mistake."""
    given = load_settings().model_fields_set
    named = [str(Settings.model_fields[name].validation_alias) for name in _NOT_OURS if name in given]
    if not named:
        return ""
    verb = "is" if len(named) == 1 else "are"
    return (
        f"{', '.join(named)} {verb} set, and not used: the demo is simulated and keeps everything in "
        f"{folder / 'wardroom.db'}. What is real runs by: wardroom run"
    )


def kept(folder: Path) -> str:
    """Which files of the demo were left as they are: somebody, or another version of it, has changed them."""
    from bot.demo.seed import changed

    named = [str(path) for path in changed(folder)]
    if not named:
        return ""
    return f"Kept, because it differs from the demo's own: {', '.join(named)}. Remove it to have that again."


def house_of(config: Path | None, *, demo: bool) -> Settings:
    """The settings of the house that is meant: the demo that was started here, or the configured one.

    Raises:
        Invalid: both are named, or no demo was started here.
        ConfigError: with every variable that cannot be used.
    """
    if not demo:
        return settings_with(config=config)
    if config is not None:
        raise Invalid("This names a configuration and the demo.", "Give --config or --demo.")
    if not (_FOLDER / "wardroom.yaml").exists():
        raise Invalid(f"There is no demo in {_FOLDER}.", "Start one first: wardroom demo, or make run.")
    return _kept_in(_FOLDER, _FOLDER / "wardroom.yaml")


def greet(url: str) -> None:
    """Say where it is and what to try."""
    typer.echo(
        f"Wardroom's demo is open: {url}/\n"
        "Everything in it is simulated, and only this machine can reach it. Try:\n"
        "  1. As Dev, write: restart checkout in production. The answer is in the thread under it.\n"
        "  2. Switch to Ana and approve; switch to Chi and approve; watch it run.\n"
        "  3. Write /runbook list, or /incident declare, or /wardroom help.\n"
        "A token for a program that asks here: wardroom token create --person rex --demo\n"
        "Stop it with Ctrl+C; it goes on where it was when you start it again."
    )
