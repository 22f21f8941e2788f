"""`wardroom runbook`: runbook files, before anybody runs them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from bot.cli.options import Config, Json, settings_with
from bot.cli.table import lines
from core.text import one_line

if TYPE_CHECKING:
    from bot.settings import Settings
    from core.runbooks.plan import Plan
    from core.world import World

_HEADS = ("", "Step", "What", "Changes things")
_WIDEST = 300

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


@app.command()
def schema() -> None:
    """Print a JSON Schema of runbook files, for editors that complete and check while one writes."""
    from bot.plugins import ACTIONS
    from core.runbooks.schema import schema as made

    print(orjson.dumps(made(ACTIONS), option=orjson.OPT_INDENT_2).decode())


@app.command()
def plan(
    runbook: Annotated[str, typer.Argument(help="The runbook's name.")],
    params: Annotated[list[str] | None, typer.Argument(help="What it is told: name=value ...")] = None,
    config: Config = None,
    json: Json = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Let steps say what they would do.")] = False,
) -> None:
    """Show what a run would do and who would have to approve it; nothing is run."""
    from bot.configuration import load_world
    from core.clock import SystemClock
    from core.runbooks import plan as plans
    from core.runbooks.gate import judge
    from core.runbooks.params import Names
    from core.runbooks.starting.schedule import following
    from handlers.cards.plan import verdict_words
    from handlers.talk.wishes import find_book

    settings = settings_with(config=config)
    world = load_world(settings)
    book = find_book(world, runbook, "")
    names = Names(world.services, world.environments, world.runbooks)
    made = plans.make(book, dict(_pair(each) for each in params or ()), names)
    now = SystemClock().now()
    verdict = judge(world.policies, made, now)
    tried = _tried(settings, world, made) if dry_run else {}
    if json:
        said = made.model_dump(mode="json") | {"digest": made.digest, "policies": verdict.facts()}
        said |= {"dry_run": tried} if dry_run else {}
        print(orjson.dumps(said).decode())
        return
    for each in lines(_HEADS, _rows(made)):
        print(each)
    for step, text in tried.items():
        print(f"\n{step} would:\n{text}")
    print(f"\n{verdict_words(verdict)}\nPlan {made.digest}. Nothing was run.")
    if (at := following(book, world.timezone, now)) is not None:
        print(f"By its schedule it starts next at {at:%Y-%m-%d %H:%M} UTC.")


def _tried(settings: "Settings", world: "World", made: "Plan") -> dict[str, str]:
    import asyncio

    from bot.plugins import actions
    from bot.rehearsals import rehearse
    from bot.secrets import Secrets
    from core.clock import SystemClock

    secrets = Secrets(world.secrets, settings.config.parent)
    return asyncio.run(rehearse(made, actions(world), secrets, SystemClock()))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"`{text[:60]}` is not name=value.")
    return name, value


def _rows(made: "Plan", within: str = "") -> Iterator[tuple[str, str, str, str]]:
    """One row a step; the steps of a runbook that a step runs come after it, as 2.1, 2.2."""
    from core.runbooks.definition import duration_text
    from core.runbooks.plan import Plan, shown

    steps = [node for node in made.nodes if node.kind != "group"]
    for number, node in enumerate(steps, 1):
        said = shown(node, made.params)
        keys = ("runbook", "action", "with", "reason", "until")
        words = " ".join(_text(said[key]) for key in keys if said.get(key))
        if node.wait is not None and not words:
            words = f"wait {duration_text(node.wait)}"
        place = f"{within}{number}"
        yield place, node.name, one_line(words, _WIDEST) or node.kind, "yes" if node.destructive else ""
        if node.child is not None:
            yield from _rows(Plan.model_validate(node.child), f"{place}.")


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
