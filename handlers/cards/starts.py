"""What starts a runbook without anybody asking, in words: its schedules with their next time, calls, alerts. Pure."""

from collections.abc import Iterator
from datetime import datetime

from core.runbooks.definition import Hook, Runbook
from core.runbooks.starting import schedule
from core.text import one_line
from core.world import World
from handlers.cards.card import Bold, Code, Line, Part, Table, Text, When, line

_PROVED = {"token": "with its token", "signature": "signed", "hmac": "with an HMAC"}


def starts(world: World, book: Runbook, now: datetime) -> tuple[Part, ...]:
    """A row for each trigger; nothing for a runbook that only people start."""
    rows = tuple(_rows(world, book, now))
    return (Table(head=("Started by", "When", "Shown in"), rows=rows),) if rows else ()


def next_start(world: World, book: Runbook | None, now: datetime) -> tuple[Part, ...]:
    """When the schedules of a runbook start it next, in a line; nothing if it has none."""
    at = schedule.following(book, world.timezone, now) if book is not None else None
    return (Text(line=line(Bold(text="By its schedule: "), "next ", _at(at))),) if at is not None else ()


def _rows(world: World, book: Runbook, now: datetime) -> Iterator[tuple[Line, ...]]:
    planned = iter(list(schedule.of(book, world.timezone)))
    for trigger in book.triggers:
        shown = line(trigger.channel or ", ".join(book.owners))
        if trigger.cron:
            one = next(planned)
            at = one.after(now)
            when = line("next ", _at(at)) if at is not None else line("never again")
            yield line("schedule ", Code(text=one.trigger.cron), f" {one.zone}"), when, shown
        elif trigger.webhook is not None:
            address = f"{world.public_url}/hooks/runbooks/{book.name}"
            yield line("webhook ", Code(text=address)), line(_called(trigger.webhook)), shown
        elif trigger.chat:
            yield line("words ", Code(text=trigger.chat)), line("said to me"), line("where they are said")
        else:
            yield line("alert"), line(Code(text=one_line(trigger.alert, 160))), shown


def _called(hook: Hook) -> str:
    proved = " or ".join(_PROVED[way] for way in hook.secrets)
    return f"called {proved}" + (f" if {one_line(hook.when, 120)}" if hook.when else "")


def _at(at: datetime) -> When:
    return When(at=at, style="date_time")
