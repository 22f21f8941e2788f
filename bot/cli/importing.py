"""`wardroom import`: what other programs export, as parts of `wardroom.yaml`, with a report."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.table import lines
from core.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from bot.importers.export import Export
    from bot.importers.report import Report

NOT_WHOLE = 3
app = typer.Typer(
    help="Move in: read an export of another program, and print it as parts of wardroom.yaml.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
File = Annotated[
    Path, typer.Argument(help="The export: one JSON file, or a folder with one for each kind of thing.")
]
To = Annotated[
    Path | None, typer.Option("--to", help="Write to this file, which must be new, instead of printing.")
]
Made = tuple[dict[str, Any], "Report"]


@app.callback()
def _group() -> None:
    """Move in: read an export of another program, and print it as parts of wardroom.yaml."""


@app.command()
def oncall(file: File, to: To = None) -> None:
    """Read an export of Grafana OnCall. Exit 3 if something of it stays behind; the report says what."""
    from bot.importers.oncall import parts
    from core.clock import SystemClock

    _import(file, to, "oncall", lambda export: parts(export, SystemClock().now()))


@app.command()
def dispatch(file: File, to: To = None) -> None:
    """Read an export of Netflix Dispatch. Exit 3 if something of it stays behind; the report says what."""
    from bot.importers.dispatch import parts

    _import(file, to, "dispatch", parts)


def _import(file: Path, to: Path | None, name: str, parts: "Callable[[Export], Made]") -> None:
    from bot.importers.export import load
    from bot.importers.parts import written
    from bot.importers.report import HEADS

    made, report = parts(load(file))
    text = written(made, name)
    if to is None:
        print(text, end="")
    else:
        _write(to, text)
    for line in lines(HEADS, report.table()):
        print(line, file=sys.stderr)
    print(f"\n{report.counted()}.", file=sys.stderr)
    if not report.is_whole:
        raise typer.Exit(NOT_WHOLE)


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Conflict(f"{path} is there already.", "I replace no file: name a new one.") from None
    except OSError as error:
        raise Unavailable(f"{path} cannot be written: {error.strerror}.", "Choose another folder.") from None
