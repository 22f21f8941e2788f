"""`wardroom config`: what the configuration comes to, and its shape for editors."""

from typing import Any

import orjson
import typer
from pydantic import SecretStr

from bot.cli.options import Config, Json, settings_with
from bot.settings import Settings

_HIDDEN = "(set, not shown)"

app = typer.Typer(help="Show the configuration, and its shape.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def show(config: Config = None, json: Json = False) -> None:
    """Print what the environment and the file come to, with where each comes from; secrets are not shown."""
    import yaml

    from bot.configuration import WardroomFile, read_source
    from core.source import validate

    settings = settings_with(config=config)
    file = validate(read_source(settings.config), WardroomFile)
    merged = {"environment": environment(settings), "file": file.model_dump(mode="json", by_alias=True)}
    if json:
        print(orjson.dumps(merged).decode())
        return
    for name, one in merged["environment"].items():
        print(f"{name}={one['value']}  # {one['origin']}")
    print(f"\n# {settings.config}, with the usual values of what it leaves out")
    print(yaml.safe_dump(merged["file"], sort_keys=False, allow_unicode=True, width=110), end="")


@app.command()
def schema() -> None:
    """Print the JSON Schema of wardroom.yaml, which editors use to complete and to check."""
    from bot.configuration import WardroomFile

    print(orjson.dumps(WardroomFile.model_json_schema(), option=orjson.OPT_INDENT_2).decode())


def environment(settings: Settings) -> dict[str, dict[str, Any]]:
    """Every variable with its value, where it comes from, and nothing of what is secret."""
    return {
        str(info.validation_alias): {
            "value": _shown(getattr(settings, name)),
            "origin": "given" if name in settings.model_fields_set else "usual",
        }
        for name, info in Settings.model_fields.items()
    }


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return _HIDDEN if value.get_secret_value() else ""
    return str(value)
