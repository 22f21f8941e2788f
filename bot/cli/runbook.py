"""`wardroom runbook`: runbook files, before anybody runs them."""

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Look at runbook files.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Look at runbook files."""


@app.command()
def validate(files: Annotated[list[Path], typer.Argument(help="Runbook files, or folders of them.")]) -> None:
    """Say what is wrong in runbook files, with line and cure; exit 2 if anything is."""
    from bot.configuration import read_library

    books = read_library(files)
    for name, book in sorted(books.items()):
        print(f"ok  {name} {book.version}  {len(book.steps)} steps")
    if not books:
        print("There is no runbook there: none of these has a .yaml file.", file=sys.stderr)
        raise typer.Exit(1)
