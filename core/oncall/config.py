"""On-call schedules as the configuration file writes them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from core.digest import digest
from core.errors import Problem
from core.oncall.schedule import Feed, Layer, Rotate, Schedule
from core.people.person import Person
from core.quantity import Duration, parse_duration
from core.source import Section, Source, wrong
from core.text import one_line
from core.wording import HoursConfig, Label, Name, Variable, Zone

_EARLIEST, _LATEST = 2000, 2100
_NO_START = datetime.fromisoformat("2000-01-01")
_SHORTEST, _LONGEST = timedelta(hours=1), timedelta(days=366)


def _wall_time(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None or not _EARLIEST <= moment.year < _LATEST:
        mend = "Write 2026-01-05T09:00; the schedule's time zone is meant."
        raise wrong(f"`{one_line(value, 40)}` is not a wall-clock time.", mend)
    return value


def _rotation(value: str) -> str:
    _length(value)
    return value


def _length(value: str) -> Rotate:
    """How long a turn is: a word, or a span from an hour to a year."""
    match value:
        case "daily" | "weekly" | "monthly":
            return value
    try:
        span = parse_duration(value)
    except (ValueError, OverflowError):
        span = timedelta()
    if not _SHORTEST <= span <= _LONGEST:
        what = f"`{one_line(value, 40)}` is not how long a turn may be."
        raise wrong(what, "Write daily, weekly, monthly, or a span from 1h to 366d, such as 12h or 3d.")
    return span


def _source(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme in ("http", "https") and parts.hostname:
        return value
    if "://" in value or not value.lower().endswith((".ics", ".ical")):
        mend = "Write an address that begins with https://, or a file that ends in .ics."
        raise wrong(f"`{one_line(value, 60)}` is neither an address nor a file of a calendar.", mend)
    return value


class LayerConfig(Section):
    """People who take turns from `start` on, in the schedule's time zone; with `hours`, only then.

    `rotate`: how long a turn is, `daily`, `weekly`, `monthly` or a span such as `12h` or `3d`.

    Or those whom a calendar names: `ical` is its address or its file, `ical_env` the variable that holds an address which
    is a secret. It is read every `refresh`. `names` says which of its words mean whom; `people` then limits who may be meant.
    """

    people: tuple[Name, ...] = Field(default=(), max_length=100)
    rotate: Annotated[str, AfterValidator(_rotation)] = "weekly"
    start: Annotated[str, AfterValidator(_wall_time)] | None = None
    hours: HoursConfig | None = None
    ical: Annotated[str, Field(max_length=2_000), AfterValidator(_source)] | None = None
    ical_env: Variable | None = None
    refresh: Duration = Field(default=timedelta(minutes=15), ge=timedelta(minutes=1), le=timedelta(days=1))
    names: dict[Label, Name] = Field(default_factory=dict, max_length=500)

    @property
    def is_calendar(self) -> bool:
        """Whether a calendar elsewhere says who is on call."""
        return self.ical is not None or self.ical_env is not None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if self.ical is not None and self.ical_env is not None:
            raise wrong("A layer has one calendar: `ical` or `ical_env`.", "Take one of them out.")
        if self.is_calendar and self.start is not None:
            raise wrong("A calendar says itself when it begins, so there is no `start`.", "Take `start` out.")
        if not self.is_calendar and (not self.people or self.start is None):
            missing = "people" if not self.people else "start"
            raise wrong(
                f"`{missing}` is missing in this layer.", f"Add `{missing}: …`, or a calendar: `ical: …`."
            )
        return self


class ScheduleConfig(Section):
    """Layers; a later one goes before an earlier one."""

    timezone: Zone | None = None
    layers: tuple[LayerConfig, ...] = Field(min_length=1)


def schedules(configs: Mapping[str, ScheduleConfig], timezone: str) -> dict[str, Schedule]:
    """Every schedule by name. `timezone` is for those that name none."""
    return {name: _schedule(name, config, config.timezone or timezone) for name, config in configs.items()}


def check_schedules(
    source: Source, configs: Mapping[str, ScheduleConfig], people: Mapping[str, Person]
) -> list[Problem]:
    """People in a schedule who do not exist, are programs, or have left."""
    problems = []
    humans = [person.id for person in people.values() if person.is_human]
    for name, config in configs.items():
        for layer, each in enumerate(config.layers):
            for index, person in enumerate(each.people):
                at = ("schedules", name, "layers", layer, "people", index)
                if person not in humans:
                    problems.append(source.unknown(at, "human", person, humans))
                elif not people[person].active:
                    what = f"{people[person].name} is not active, and would be on call."
                    problems.append(source.problem(at, what, "Put somebody else in this place."))
            problems += [
                source.unknown(("schedules", name, "layers", layer, "names", word), "human", person, humans)
                for word, person in each.names.items()
                if person not in humans
            ]
    return problems


def _schedule(name: str, config: ScheduleConfig, zone: str) -> Schedule:
    layers = (_layer(each, name, number, zone) for number, each in enumerate(config.layers, start=1))
    return Schedule(name, zone, tuple(layers))


def _layer(config: LayerConfig, schedule: str, number: int, zone: str) -> Layer:
    hours = config.hours.hours if config.hours else None
    if config.is_calendar:
        feed = Feed(
            key=digest([schedule, number, config.ical or "", config.ical_env or ""])[:24],
            schedule=schedule,
            source=config.ical or "",
            variable=config.ical_env or "",
            refresh=config.refresh,
            zone=zone,
            people=config.people,
            aliases=tuple(config.names.items()),
        )
        return Layer(config.people, "weekly", _NO_START, hours, feed)
    start = datetime.fromisoformat(config.start or "").replace(second=0, microsecond=0)
    return Layer(config.people, _length(config.rotate), start, hours)
