"""`wardroom policy`: what policies would do, before they do it."""

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from bot.cli.options import Config, Json, settings_with
from core.text import one_line

if TYPE_CHECKING:
    from bot.trials import Played
    from core.approvals.course import Course
    from core.approvals.trials.replay import Replayed

_LINE = 300

app = typer.Typer(help="Try policies before they judge.", no_args_is_help=True, rich_markup_mode=None)
Policies = Annotated[
    Path | None, typer.Option("--policies", help="Try the policies of this file instead of the configured.")
]


@app.callback()
def _group() -> None:
    """Try policies before they judge."""


@app.command("test")
def try_(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files with cases, or folders. [default: policy-tests]")
    ] = None,
    policies: Policies = None,
    config: Config = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell each course of events.")] = False,
    json: Json = False,
) -> None:
    """Play cases on a fake clock and say what came otherwise than expected; exit 1 if anything did."""
    from bot.configuration import load_world
    from bot.trials import FOLDER, play_files, read_policies

    settings = settings_with(config=config)
    world = load_world(settings)
    tried = world.policies if policies is None else read_policies(policies, world)
    played = list(play_files(files or [settings.config.parent / FOLDER], world, tried))
    if json:
        print(
            orjson.dumps(
                {"ok": all(it.holds for it in played), "cases": [_case(it) for it in played]}
            ).decode()
        )
    else:
        _tell(played, verbose=verbose)
    if not all(it.holds for it in played):
        raise typer.Exit(1)


@app.command()
def replay(
    since: Annotated[str, typer.Option(help="How far to look back, as in 30d.")] = "30d",
    policies: Policies = None,
    config: Config = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell each course of events.")] = False,
    json: Json = False,
) -> None:
    """Put past requests and their votes through policies and say what would differ; exit 1 if anything would.

    Nothing is written.
    """
    from bot.configuration import load_world
    from bot.trials import read_policies

    settings = settings_with(config=config)
    world = load_world(settings)
    tried = world.policies if policies is None else read_policies(policies, world)
    found, others = asyncio.run(_replayed(settings, world, tried, _span(since)))
    differing = [it for it in found if it.differences]
    if json:
        rows = [_request(it) for it in found]
        print(orjson.dumps({"ok": not differing, "requests": rows, "left_out": others}).decode())
    else:
        _tell_again(found, others, verbose=verbose)
    if differing:
        raise typer.Exit(1)


async def _replayed(settings: Any, world: Any, tried: Any, since: timedelta) -> tuple[list["Replayed"], int]:
    from bot.database import looked_into
    from bot.trials import custom_of, judge_of, stored_requests
    from core.approvals import simulate
    from core.approvals.draft import Cast
    from core.approvals.trials import replay as replays
    from core.store.scratch import scratch

    cast = Cast(world.people, world.teams, judge_of(world, tried), world.schedules, world.notices.stagger)
    custom = custom_of(world)
    found: list[Replayed] = []
    async with looked_into(settings) as store:
        now = store.clock.now()
        with scratch() as database:
            others = await stored_requests(
                store,
                now - since,
                world,
                lambda stored: found.append(
                    replays.again(
                        lambda scene: simulate.play(database, cast, replace(scene, custom=custom)),
                        world.people,
                        stored,
                        now,
                    )
                ),
            )
    return found, others


def _span(text: str) -> timedelta:
    from core.errors import Invalid
    from core.quantity import parse_duration

    try:
        return parse_duration(text)
    except ValueError:
        raise Invalid(f"“{text[:40]}” is not a duration.", "Write it as in 30d, 12h or 90m.") from None


def _tell(played: list["Played"], *, verbose: bool) -> None:
    from bot.cli import table
    from core.approvals.trials.expected import in_short

    rows = []
    for it in played:
        wrong = [each for each in it.compared if not each.holds]
        told = [(f"{each.what}: {each.expected}", f"{each.what}: {each.got}") for each in wrong]
        first, *more = told or [(in_short(it.course),) * 2]
        rows.append(("!!" if wrong else "ok", it.case.name, *first))
        rows += [("", "", *each) for each in more]
    for line in table.lines(("", "CASE", "EXPECTED", "GOT"), rows):
        print(line)
    for it in played if verbose else ():
        print(f"\n{it.case.name}  ({it.file})")
        _timeline(it.course)
    failed = sum(not it.holds for it in played)
    print(f"{_number(len(played), 'case')}, {failed or 'none'} otherwise than expected.", file=sys.stderr)


def _tell_again(found: list["Replayed"], others: int, *, verbose: bool) -> None:
    from bot.cli import table

    rows = [
        (
            it.id if not number else "",
            one_line(it.title) if not number else "",
            each.what,
            each.expected,
            each.got,
        )
        for it in found
        for number, each in enumerate(it.differences)
    ]
    if rows:
        for line in table.lines(("REQUEST", "WHAT", "DIFFERS IN", "WAS", "WOULD BE"), rows):
            print(line)
    for it in found if verbose else ():
        print(f"\n{it.id}  {one_line(it.title)}")
        _timeline(it.now)
    differing = sum(bool(it.differences) for it in found)
    left = f" Left out, because no policy asked for them: {others}." if others else ""
    print(f"{_number(len(found), 'request')}, {differing or 'none'} would differ.{left}", file=sys.stderr)


def _timeline(course: "Course") -> None:
    from core.quantity import span

    for after, words in course.lines:
        print(f"  {span(after).rjust(9)}  {one_line(words, _LINE)}")


def _case(it: "Played") -> dict[str, Any]:
    return {"file": it.file, "case": it.case.name, "ok": it.holds} | _course(it.course, it.compared)


def _request(it: "Replayed") -> dict[str, Any]:
    return {"request": it.id, "title": it.title, "ok": not it.differences} | _course(it.now, it.differences)


def _course(course: "Course", compared: Any) -> dict[str, Any]:
    differences = [
        {"what": each.what, "expected": each.expected, "got": each.got} for each in compared if not each.holds
    ]
    told = [{"after": after.total_seconds(), "words": words} for after, words in course.lines]
    return {"differences": differences, "timeline": told}


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
