"""`wardroom totp`: who has a second factor, and taking away one that was lost."""

import asyncio
import sys
from datetime import datetime
from typing import Annotated

import typer

from bot.cli.options import Config, settings_with
from core.errors import Invalid
from core.text import one_line

_ACTOR = "cli"

app = typer.Typer(
    help="See who has a second factor, and take away a lost one.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def list_(config: Config = None) -> None:
    """List the people, and since when each has a second factor."""
    from bot.configuration import load_world
    from bot.database import opened
    from core.people.factor import records

    settings = settings_with(config=config)
    people = [person for person in load_world(settings).people.values() if person.is_human]

    async def read() -> dict[str, datetime]:
        async with opened(settings) as store:
            return await store.read(records.everybody)

    enrolled = asyncio.run(read())
    for person in people:
        at = enrolled.get(person.id)
        print(f"{person.id:20}  {f'since {at:%Y-%m-%d %H:%M} UTC' if at else 'none'}")


@app.command()
def reset(
    name: Annotated[str, typer.Argument(help="Whose second factor: a key under `people:`.")],
    config: Config = None,
) -> None:
    """Take a person's second factor away and sign them out everywhere; they set up another with /wardroom totp."""
    from bot.configuration import load_world
    from bot.database import opened
    from core.people.factor import units
    from core.source import suggestion

    settings = settings_with(config=config)
    people = load_world(settings).people
    if name not in people:
        raise Invalid(f"I know no person “{one_line(name, 60)}”.", suggestion(name, people))

    async def take_away() -> int:
        async with opened(settings) as store:
            return await store.transact(units.reset, name, _ACTOR)

    ended = asyncio.run(take_away())
    sessions = f"{ended} session{'' if ended == 1 else 's'} ended"
    print(f"{name} has no second factor any more; {sessions}. The audit says so.")
    print(
        "Be sure that it was really they who asked: anybody in their chat can set up the next one.",
        file=sys.stderr,
    )
