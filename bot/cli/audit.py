"""`wardroom audit`: whether the record of what happened is whole, carried elsewhere, and anchored there."""

import asyncio
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import orjson
import typer

from bot.cli.options import Config, Json, settings_with
from core.clock import SystemClock
from core.errors import ConfigError, Invalid, Problem, Unavailable
from core.text import one_line

if TYPE_CHECKING:
    from bot.settings import Settings
    from core.store.config import AuditConfig

app = typer.Typer(
    help="Check and carry the record of what happened.", no_args_is_help=True, rich_markup_mode=None
)
Moment = Annotated[
    str | None, typer.Option(help="A moment (2026-03-02 or 2026-03-02T09:00Z), or how long ago (30d).")
]


@app.callback()
def _group() -> None:
    """Check and carry the record of what happened."""


@app.command()
def verify(
    config: Config = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Check an exported file instead of the database.")
    ] = None,
    anchor: Annotated[
        Path | None,
        typer.Option("--anchor", help="Compare with the anchors of this file. [default: configured]"),
    ] = None,
    json: Json = False,
) -> None:
    """Read the whole audit chain and say what was changed, removed, reordered or replaced."""
    settings = settings_with(config=config)
    found = _file(file, anchor) if file is not None else asyncio.run(_database(settings, anchor))
    if json:
        print(orjson.dumps(found).decode())
    else:
        for finding in found["findings"]:
            print(one_line(finding, 500))
        for note in found["notes"]:
            print(note, file=sys.stderr)
        print(f"{found['links']} linked events, head {found['head'][:16]}.", file=sys.stderr)
    if found["findings"]:
        print(f"The audit is NOT whole: {len(found['findings'])} findings.", file=sys.stderr)
        raise typer.Exit(1)
    if not json:
        print("The audit is whole." if file is None else "The file is as it was exported.")


@app.command()
def export(
    style: Annotated[Literal["jsonl", "csv"], typer.Option("--format", help="How to write it.")] = "jsonl",
    since: Moment = None,
    until: Moment = None,
    request: Annotated[str | None, typer.Option(help="Only this request and its run, as in AP-1.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="The file to write; it must not exist. [default: stdout]")
    ] = None,
    config: Config = None,
) -> None:
    """Write the record from question to result, with the seals by which a reader can check it alone."""
    now = SystemClock().now()
    limits = (_moment(since, now), _moment(until, now))
    count = asyncio.run(_write(settings_with(config=config), style, limits, request, out))
    print(f"{count} rows.", file=sys.stderr)


@app.command()
def anchor(
    config: Config = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Add it to this file instead of the configured places.")
    ] = None,
) -> None:
    """Write the head of the chain outside of the database now, so that nobody can replace the whole chain."""
    from bot.configuration import load_world
    from core.store.config import AnchorConfig, AuditConfig

    settings = settings_with(config=config)
    world = load_world(settings)
    audit = world.audit if file is None else AuditConfig(anchor=AnchorConfig(file=str(file)))
    if audit.anchor is None:
        mend = "Add `audit: {anchor: {file: var/anchors.jsonl}}` to it, or give --file."
        raise Invalid("The configuration names no place for anchors.", mend)
    faults = asyncio.run(_anchored(settings, audit.anchor, world.workspace))
    if faults:
        raise Unavailable(f"The anchor was not written: {'; '.join(faults)}.", "It is kept, and tried again.")


def _file(file: Path, anchors: Path | None) -> dict[str, Any]:
    from bot import exports
    from bot.anchors import read
    from core.store.exported import Reader

    reader = Reader(read(anchors) if anchors is not None else ())
    for row in exports.read(file):
        reader.take(row)
    found = reader.result()
    return {"links": found.links, "head": found.head, "findings": found.findings, "notes": found.notes}


async def _database(settings: "Settings", anchors: Path | None) -> dict[str, Any]:
    from bot.anchors import read
    from bot.database import opened
    from core.store import anchor, audit

    configured = _configured(settings).anchor if anchors is None else None
    named = Path(configured.file) if configured is not None and configured.file is not None else anchors
    async with opened(settings) as store:
        verdict = await store.read(audit.verify)
        findings, notes = [*verdict.findings], []
        if named is not None and (anchors is not None or named.exists()):
            known = list(read(named))
            wrong = await store.read(anchor.disagreement, known)
            findings += [wrong] if wrong else []
            notes.append(f"{len(known)} anchors of {named} were compared.")
        elif named is not None and (count := await store.read(anchor.count_written, "file")):
            findings.append(f"{named} is gone, and {count} anchors were written to it")
    return {"links": verdict.links, "head": verdict.head, "findings": findings, "notes": notes}


def _configured(settings: "Settings") -> "AuditConfig":
    """What the file says of the audit; the rest of it may be wrong, and a file need not be there."""
    from bot.configuration import read_source
    from core.source import validate
    from core.store.config import AuditConfig

    if not settings.config.exists():
        return AuditConfig()
    source = read_source(settings.config)
    if source.get(("audit",)) is None:
        return AuditConfig()
    return validate(source, AuditConfig, ("audit",)).below(settings.config.parent)


async def _write(
    settings: "Settings",
    style: Literal["jsonl", "csv"],
    limits: tuple[datetime | None, datetime | None],
    request: str | None,
    out: Path | None,
) -> int:
    from bot import exports
    from bot.database import looked_into
    from core.ids import parse_numbered
    from core.store.export import Part

    count = 0
    async with looked_into(settings) as store:
        refs = None
        if request is not None:
            refs = await store.read(exports.about_request, parse_numbered(request, "AP"))
        with ExitStack() as stack:
            target = sys.stdout if out is None else stack.enter_context(_new(out))
            writer = exports.Writer(target, style)
            async for row in exports.rows(store, Part(*limits, refs), _workspace(settings)):
                writer.write(row)
                count += 1
    return count


def _new(path: Path) -> Any:
    try:
        return path.open("x", encoding="utf-8", newline="")
    except FileExistsError:
        raise Invalid(f"{path} is already there.", "Choose another name; no file is replaced.") from None
    except OSError as error:
        raise ConfigError([Problem(str(path), 0, f"This cannot be written: {error.strerror}.")]) from None


def _workspace(settings: "Settings") -> str:
    from bot.configuration import read_source

    found = read_source(settings.config).get(("workspace",)) if settings.config.exists() else None
    return found if isinstance(found, str) else ""


async def _anchored(settings: "Settings", config: Any, workspace: str) -> list[str]:
    from bot.anchors import AnchorWriter
    from bot.database import opened
    from bot.settings import named_secret
    from core.store import anchor, audit

    secret = named_secret(config.webhook.secret_env if config.webhook else None)
    async with opened(settings) as store:
        await store.transact(audit.seal)
        made = await store.transact(anchor.make, config.targets)
        tried = await AnchorWriter(store, config, workspace, secret).write()
    for each, fault in tried:
        if not fault:
            print(f"{each.target}: link {each.anchor.number}, {each.anchor.hash}")
    if made is None and not tried:
        print("Nothing has happened since the last anchor.", file=sys.stderr)
    return [f"{each.target}: {fault}" for each, fault in tried if fault]


def _moment(text: str | None, now: datetime) -> datetime | None:
    from core.quantity import parse_duration

    if text is None:
        return None
    try:
        return now - parse_duration(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        mend = "Write 2026-03-02, 2026-03-02T09:00Z, or how long ago: 30d."
        raise Invalid(f"“{text[:40]}” is no moment.", mend) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
