"""`wardroom incident`: what the house knows of an incident, to take along."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.demo import OfDemo, house_of
from bot.cli.options import Config, Json

if TYPE_CHECKING:
    from bot.settings import Settings
    from core.incidents.review.review import Document

app = typer.Typer(
    help="Take along what is known of an incident.", no_args_is_help=True, rich_markup_mode=None
)


@app.callback()
def _group() -> None:
    """Take along what is known of an incident."""


@app.command()
def export(
    incident: Annotated[str, typer.Argument(help="Which one, as INC-12.")],
    config: Config = None,
    json: Json = False,
    demo: OfDemo = False,
) -> None:
    """Write the review of an incident to the standard output: Markdown, or JSON."""
    from core.digest import canonical
    from core.incidents.review import markdown
    from handlers.incidents.exported import shape

    found = asyncio.run(_look(house_of(config, demo=demo), incident))
    print(canonical(shape(found)).decode() if json else markdown.render(found), end="\n" if json else "")


async def _look(settings: "Settings", incident: str) -> "Document":
    from bot.configuration import load_world
    from bot.database import looked_into
    from core.ids import parse_numbered
    from core.incidents.review import units

    world = load_world(settings)
    async with looked_into(settings) as store:
        return await store.read(units.look, world.people, parse_numbered(incident, "INC"))
