"""On-call schedules as the configuration file writes them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from core.errors import Problem
from core.oncall.schedule import Layer, Rotate, Schedule
from core.people.person import Person
from core.quantity import parse_duration
from core.source import Section, Source, wrong
from core.text import one_line
from core.wording import HoursConfig, Name, Zone

_EARLIEST, _LATEST = 2000, 2100
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


class LayerConfig(Section):
    """People who take turns from `start` on, in the schedule's time zone; with `hours`, only then.

    `rotate`: how long a turn is, `daily`, `weekly`, `monthly` or a span such as `12h` or `3d`.
    """

    people: tuple[Name, ...] = Field(min_length=1, max_length=100)
    rotate: Annotated[str, AfterValidator(_rotation)] = "weekly"
    start: Annotated[str, AfterValidator(_wall_time)]
    hours: HoursConfig | None = None


class ScheduleConfig(Section):
    """Layers; a later one goes before an earlier one."""

    timezone: Zone | None = None
    layers: tuple[LayerConfig, ...] = Field(min_length=1)


def schedules(configs: Mapping[str, ScheduleConfig], timezone: str) -> dict[str, Schedule]:
    """Every schedule by name. `timezone` is for those that name none."""
    return {
        name: Schedule(name, config.timezone or timezone, tuple(_layer(each) for each in config.layers))
        for name, config in configs.items()
    }


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
    return problems


def _layer(config: LayerConfig) -> Layer:
    start = datetime.fromisoformat(config.start).replace(second=0, microsecond=0)
    return Layer(config.people, _length(config.rotate), start, config.hours.hours if config.hours else None)
