"""`wardroom db`: the shape of the database, and copies of it."""

import asyncio
import sqlite3
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import settings_with
from core.errors import Conflict, Invalid, NotFound, Unavailable

app = typer.Typer(
    help="Upgrade, downgrade and copy the database.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def upgrade(
    to: Annotated[str, typer.Argument(help="The revision to reach.")] = "head",
) -> None:
    """Bring the database to the shape that this version needs."""
    from bot.database import address
    from core.store import migrate

    url = address(settings_with())
    asyncio.run(migrate.run(url, partial(migrate.upgrade, to=to)))
    print(f"The database is at {asyncio.run(migrate.run(url, migrate.current)) or 'its beginning'}.")


@app.command()
def downgrade(
    to: Annotated[str, typer.Argument(help="The revision to go back to; `base` empties the database.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it, although data of newer versions is lost.")
    ] = False,
) -> None:
    """Take the database back to an older shape; what only newer versions know is lost."""
    from bot.database import address
    from core.store import migrate

    if not yes:
        raise Invalid("This loses what only newer versions know.", "Make a backup, then say --yes.")
    url = address(settings_with())
    asyncio.run(migrate.run(url, partial(migrate.downgrade, to=to)))
    print(f"The database is at {asyncio.run(migrate.run(url, migrate.current)) or 'its beginning'}.")


@app.command()
def backup(target: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")]) -> None:
    """Copy a running database file, whole and consistent."""
    from core.store.opening import sqlite_path

    source = sqlite_path(settings_with().database_url.get_secret_value())
    if source is None:
        raise Invalid("Only a database file is copied here.", "For PostgreSQL use: pg_dump")
    if not source.exists():
        raise NotFound(f"There is no database at {source}.")
    if target.exists():
        raise Conflict(f"{target} is already there.", "Choose another name; no file is replaced.")
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise Unavailable(
            f"The copy could not be made: {error}.", "Is there space, and may I write there?"
        ) from None
    print(target)
    print(f"Copied {target.stat().st_size:,} bytes.", file=sys.stderr)
