"""`wardroom token`: keys for programs, each belonging to a person."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.demo import OfDemo, house_of
from bot.cli.options import Config, settings_with
from bot.settings import require_key
from core.errors import Invalid
from core.text import one_line

if TYPE_CHECKING:
    from core.world import World

_ACTOR = "cli"

app = typer.Typer(
    help="Make, list and revoke tokens for programs.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def create(
    person: Annotated[str, typer.Option(help="Whose token it is: a key under `people:`.")],
    scope: Annotated[list[str] | None, typer.Option(help="What it may do (area.verb); repeat it.")] = None,
    config: Config = None,
    demo: OfDemo = False,
) -> None:
    """Make a token and show it this once; only its hash is kept."""
    from bot.configuration import load_world
    from bot.database import called, opened
    from core.people.tokens import units

    settings = house_of(config, demo=demo)
    people = load_world(settings).people

    async def make() -> str:
        async with opened(settings) as store:
            return await store.transact(units.create, people, person, tuple(scope or ()), _ACTOR)

    print(asyncio.run(make()))
    print("This is shown once. Keep it like a password; only its hash is stored.", file=sys.stderr)
    print(f"It counts where Wardroom uses {called(settings)}.", file=sys.stderr)


@app.command("list")
def list_(
    person: Annotated[str, typer.Option(help="Whose tokens: a key under `people:`.")],
    config: Config = None,
    demo: OfDemo = False,
) -> None:
    """List a person's tokens by id; secrets are not kept."""
    from bot.database import opened
    from core.people.tokens import records
    from core.people.tokens.token import Token

    async def read() -> list[Token]:
        async with opened(house_of(config, demo=demo)) as store:
            return await store.read(records.of_person, person)

    for token in asyncio.run(read()):
        state = f"revoked {token.revoked:%Y-%m-%d}" if token.revoked else "counts"
        print(
            f"{token.id}  {token.created:%Y-%m-%d %H:%M}  {state}  {' '.join(token.scopes) or 'everything'}"
        )


@app.command()
def revoke(
    token_id: Annotated[str, typer.Argument(help="The id that `token list` shows.")],
    config: Config = None,
    demo: OfDemo = False,
) -> None:
    """Let a token count no longer, at once."""
    from bot.database import opened
    from core.people.tokens import units

    async def end() -> None:
        async with opened(house_of(config, demo=demo)) as store:
            await store.transact(units.revoke, token_id, _ACTOR)

    asyncio.run(end())
    print(f"{token_id} counts no longer.")


@app.command()
def signing(
    name: Annotated[str, typer.Argument(help="A channel with a webhook, or a program that is called back.")],
    config: Config = None,
) -> None:
    """Show the key that signs webhooks to a channel, or callbacks to a program, made from WARDROOM_SECRET_KEY.

    Give it to the receiver. A channel with `secret_env` is signed with that key instead.
    """
    from bot.configuration import load_world
    from core.notify.links import signing_secret
    from core.source import suggestion

    settings = settings_with(config=config)
    world = load_world(settings)
    require_key(settings)
    kind = "channel" if "webhook" in _ways(world, name) else "person" if name in world.people else ""
    if not kind:
        raise Invalid(
            f"“{one_line(name, 60)}” is no channel and no person.", suggestion(name, world.channels)
        )
    print(signing_secret(world.secret_key, kind, name))
    print("Keep it like a password. It changes with WARDROOM_SECRET_KEY.", file=sys.stderr)


def _ways(world: "World", name: str) -> list[str]:
    channel = world.channels.get(name)
    return list(channel.outlets) if channel else []
