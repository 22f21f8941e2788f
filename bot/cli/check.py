"""`wardroom check`: is every part fine, and if not, what mends it."""

import asyncio
import sys
from typing import Annotated, NoReturn

import orjson
import typer

from bot.cli.options import Config, Json, settings_with
from bot.cli.parts import Part, Status
from core.errors import ConfigError

_COLOURS = {Status.OK: typer.colors.GREEN, Status.WARN: typer.colors.YELLOW, Status.FAIL: typer.colors.RED}


def check(
    config: Config = None,
    json: Json = False,
    offline: Annotated[bool, typer.Option("--offline", help="Try no connection, only the files.")] = False,
) -> None:
    """Check the configuration and every connection. Exit 0: fine, 1: something fails, 2: the files are wrong."""
    try:
        settings = settings_with(config=config)
    except ConfigError as error:
        _finish([_wrong("environment", error)], json=json, colour=False, code=2)
    from bot.cli import alerts, connections, doors, paging, parts, secrets, services, watch

    found, broken = parts.files(settings)
    found += paging.parts(settings)
    found += alerts.parts(settings)
    found += secrets.parts(settings)
    found += doors.parts(settings)
    found += asyncio.run(watch.on_call(settings, offline=offline))
    found += asyncio.run(services.services(settings, offline=offline))
    if not offline:
        found += asyncio.run(connections.tried(settings))
    code = 2 if broken else int(any(part.status is Status.FAIL for part in found))
    _finish(found, json=json, colour=sys.stdout.isatty() and not settings.no_color, code=code)


def _wrong(name: str, error: ConfigError) -> Part:
    return Part(name, Status.FAIL, "; ".join(str(problem) for problem in error.problems))


def _finish(parts: list[Part], *, json: bool, colour: bool, code: int) -> NoReturn:
    if json:
        rows = [
            {
                "part": it.name,
                "status": it.status,
                "detail": it.detail,
                "mend": it.mend,
                "problems": it.problems,
            }
            for it in parts
        ]
        print(orjson.dumps({"ok": code == 0, "parts": rows}).decode())
        raise typer.Exit(code)
    for part in parts:
        word = part.status.ljust(4)
        print(
            f"{typer.style(word, fg=_COLOURS[part.status]) if colour else word}  {part.name.ljust(15)} {part.detail}"
        )
        for problem in part.problems:
            print(f"      {problem}")
        if part.mend:
            print(f"      → {part.mend}")
    raise typer.Exit(code)
