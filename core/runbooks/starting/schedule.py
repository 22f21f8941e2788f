"""The schedules of runbooks: what each is called among the due times, and when it comes next. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from core import cron
from core.digest import digest, short
from core.runbooks.definition import Runbook, Trigger

_STAMP = "%Y%m%dT%H%MZ"


@dataclass(frozen=True)
class Schedule:
    """One `cron` of a runbook. `name` stays the same while its expression and time zone do."""

    name: str
    book: Runbook
    trigger: Trigger
    zone: str

    def after(self, moment: datetime) -> datetime | None:
        """When it comes next after `moment`, in UTC."""
        return cron.parse(self.trigger.cron).after(moment, self.zone)

    def ref(self, due: datetime) -> str:
        """What the due time is about: this schedule, at this time of it."""
        return f"{self.name}@{due.strftime(_STAMP)}"


def schedules(books: Mapping[str, Runbook], zone: str) -> dict[str, Schedule]:
    """Every schedule of these runbooks by its name; `zone` is for those that name none."""
    return {one.name: one for book in books.values() for one in of(book, zone)}


def of(book: Runbook, zone: str) -> Iterator[Schedule]:
    """The schedules of one runbook."""
    seen: list[tuple[str, str]] = []
    for trigger in book.triggers:
        if trigger.cron:
            said = (trigger.cron, trigger.timezone or zone)
            name = f"{book.name}/{short(digest([*said, seen.count(said)]))}"
            seen.append(said)
            yield Schedule(name, book, trigger, said[1])


def following(book: Runbook, zone: str, now: datetime) -> datetime | None:
    """When the schedules of a runbook start it next; None if it has none."""
    return min((at for one in of(book, zone) if (at := one.after(now)) is not None), default=None)


def parse(ref: str) -> tuple[str, datetime]:
    """The schedule and its time that a due time is about."""
    name, _, stamp = ref.rpartition("@")
    return name, datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
