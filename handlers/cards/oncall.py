"""Who is on call, until when, and who follows; and what changes it. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.oncall.calendars.calendar import Copy
from core.oncall.schedule import Override, Schedule, Shift
from core.text import one_line
from core.world import World
from handlers.cards.approval import who
from handlers.cards.card import Card, Line, Quote, Span, Table, Text, When, line, plain

_UNKNOWN = 3


@dataclass(frozen=True)
class Watch:
    """A schedule, what it is called by its teams, and its shifts from a moment on."""

    schedule: Schedule
    teams: tuple[str, ...]
    shifts: Sequence[Shift]
    copies: Sequence[Copy] = ()

    @property
    def title(self) -> str:
        """The teams, or the schedule where it belongs to none."""
        return ", ".join(self.teams) or self.schedule.name


@dataclass(frozen=True)
class Decided:
    """Who set something for others, and why."""

    by: str
    reason: str = ""


def overview(world: World, watches: Sequence[Watch], at: datetime | None) -> Card:
    """Every schedule with who is on call and who follows; `at` if not now was asked for."""
    rows = tuple(_row(world, each) for each in watches)
    head = ("For", "On call", "Until", "Then")
    said = "; ".join(
        f"{watch.title}: {plain(row[1])} until {plain(row[2])}"
        for watch, row in zip(watches, rows, strict=True)
    )
    title = "On call" if at is None else f"On call at {at:%Y-%m-%d %H:%M} UTC"
    parts: list[Text | Table] = [Table(head=head, rows=rows)]
    parts += [Text(line=_why(world, watch), small=True) for watch in watches if _override(watch)]
    parts += [Text(line=each, small=True) for watch in watches for each in _copies(watch)]
    return Card(title=title, parts=tuple(parts), summary=f"{title}: {said}.")


def overridden(world: World, watch: Watch, made: Override, before: Iterable[Shift]) -> Card:
    """What is told where the team is: somebody takes over for a time."""
    instead = [shift.person for shift in before if shift.person]
    names: list[str | Span] = []
    for person in dict.fromkeys(instead):
        names += [", " if names else " instead of ", _who(world, person, ping=True)]
    spans = line(
        *(_who(world, made.person, ping=True), f" is on call for {watch.title} from "),
        *(_when(made.begins), " until ", _when(made.ends), *names, ", decided by "),
        *(_who(world, made.by), "."),
    )
    return _told(spans, made.reason)


def swapped(world: World, watch: Watch, one: Shift, other: Shift, decided: Decided | None = None) -> Card:
    """What is told where the team is: two people have exchanged a shift, by agreement unless somebody decided it."""
    spans: Line = ()
    for shift, taker in ((one, other), (other, one)):
        if shift.ends is not None:
            spans += line(
                *(_who(world, taker.person, ping=True), f" is on call for {watch.title} from "),
                *(_when(shift.begins), " until ", _when(shift.ends), " instead of "),
                *(_who(world, shift.person), ". "),
            )
    if decided is None:
        spans += line("Both agreed to swap.")
    else:
        spans += line("They swapped; decided by ", _who(world, decided.by), ".")
    return _told(spans, decided.reason if decided else "")


def _told(spans: Line, reason: str) -> Card:
    why = (Quote(label="Reason", text=reason),) if reason else ()
    return Card(parts=(Text(line=spans), *why), summary=plain(spans))


def _row(world: World, watch: Watch) -> tuple[Line, ...]:
    now, *later = watch.shifts
    follows = next((shift for shift in later if shift.person), None)
    return (
        line(watch.title),
        line(_who(world, now.person)) if now.person else line("nobody"),
        line(_when(now.ends)) if now.ends else line("no end in sight"),
        line(_who(world, follows.person), " from ", _when(follows.begins)) if follows else line("nobody"),
    )


def _copies(watch: Watch) -> Iterator[Line]:
    """What is wrong with a calendar that says who is on call, and how old the copy is that counts."""
    for copy in watch.copies:
        if copy.failures and copy.good is not None:
            since: list[str | Span] = [When(at=copy.good, style="date_time", ago=True)]
            yield line(
                f"{watch.title}: the calendar cannot be read: {copy.error} What it said ",
                *since,
                " counts on.",
            )
        elif copy.failures:
            yield line(f"{watch.title}: the calendar was never read: {copy.error}")
        if copy.unknown:
            named = ", ".join(f"“{one_line(one, 60)}”" for one in copy.unknown[:_UNKNOWN])
            more = f" and {len(copy.unknown) - _UNKNOWN} more" if len(copy.unknown) > _UNKNOWN else ""
            yield line(f"{watch.title}: the calendar names nobody known by {named}{more}.")


def _override(watch: Watch) -> Override | None:
    return watch.shifts[0].override


def _why(world: World, watch: Watch) -> Line:
    over = watch.shifts[0].override
    if over is None:
        return ()
    reason = f": {over.reason}" if over.reason else "."
    if over.swapped_with:
        said = (_who(world, over.person), " swapped with ", _who(world, over.swapped_with), reason)
        return line(f"{watch.title}: ", *said)
    return line(f"{watch.title}: put in by ", _who(world, over.by), reason)


def _who(world: World, person: str, *, ping: bool = False) -> Span:
    known = world.people.get(person)
    return who(world, person, known.name if known else person, ping=ping)


def _when(at: datetime) -> When:
    return When(at=at, style="date_time")
