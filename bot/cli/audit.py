"""`wardroom audit`: whether the record of what happened is whole."""

import asyncio
import sys

import orjson
import typer

from bot.cli.options import Config, Json, settings_with

app = typer.Typer(help="Check the record of what happened.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Check the record of what happened."""


@app.command()
def verify(config: Config = None, json: Json = False) -> None:
    """Read the whole audit chain and say what was changed, removed or reordered."""
    from bot.database import opened
    from core.store import audit

    async def read() -> audit.Verdict:
        async with opened(settings_with(config=config)) as store:
            return await store.read(audit.verify)

    verdict = asyncio.run(read())
    if json:
        print(orjson.dumps(verdict).decode())
    else:
        for finding in verdict.findings:
            print(finding)
        print(f"{verdict.links} linked events, head {verdict.head[:16]}.", file=sys.stderr)
    if verdict.findings:
        print(f"The audit is NOT whole: {len(verdict.findings)} findings.", file=sys.stderr)
        raise typer.Exit(1)
    if not json:
        print("The audit is whole.")
