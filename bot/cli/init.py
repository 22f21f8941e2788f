"""`wardroom init`: a commented configuration and a first runbook, to be changed."""

import sys
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from core.errors import Conflict, Unavailable

_FILES = ("wardroom.yaml", "runbooks/restart-service.yaml")


def init(
    path: Annotated[Path, typer.Argument(help="The folder to write into; it may be new.")] = Path(),
) -> None:
    """Write a commented wardroom.yaml and a first runbook; files that are there are never replaced."""
    there = [name for name in _FILES if (path / name).exists()]
    if there:
        what = f"{', '.join(str(path / name) for name in there)}: already there."
        raise Conflict(what, "I replace no file. Choose another folder, or move it away.")
    templates = files("bot.cli") / "templates"
    try:
        for name in _FILES:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_text(templates.joinpath(name).read_text(encoding="utf-8"), encoding="utf-8")
            print(path / name)
    except OSError as error:
        raise Unavailable(f"{path} cannot be written: {error.strerror}.", "Choose another folder.") from None
    print(
        "\nNext:\n"
        f"  1. Put your people into {path / 'wardroom.yaml'}.\n"
        "  2. Set WARDROOM_SECRET_KEY (openssl rand -base64 33) and the tokens of Slack or Discord.\n"
        f"  3. wardroom check --config {path / 'wardroom.yaml'}",
        file=sys.stderr,
    )
