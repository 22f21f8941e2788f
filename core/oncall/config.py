"""On-call schedules as the configuration file writes them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from core.errors import Problem
from core.source import Section, Source, wrong
from core.text import one_line
from core.wording import Name, Zone


def _wall_time(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        mend = "Write 2026-01-05T09:00; the schedule's time zone is meant."
        raise wrong(f"`{one_line(value, 40)}` is not a wall-clock time.", mend)
    return value


class LayerConfig(Section):
    """People who take turns from `start` on, in the schedule's time zone."""

    people: tuple[Name, ...] = Field(min_length=1)
    rotate: Literal["daily", "weekly", "monthly"] = "weekly"
    start: Annotated[str, AfterValidator(_wall_time)]


class ScheduleConfig(Section):
    """Layers; a later one goes before an earlier one."""

    timezone: Zone | None = None
    layers: tuple[LayerConfig, ...] = Field(min_length=1)


def check_schedules(
    source: Source, configs: Mapping[str, ScheduleConfig], humans: Iterable[str]
) -> list[Problem]:
    """People in a schedule who do not exist, or are programs."""
    humans = list(humans)
    return [
        source.unknown(("schedules", name, "layers", layer, "people", index), "human", person, humans)
        for name, config in configs.items()
        for layer, each in enumerate(config.layers)
        for index, person in enumerate(each.people)
        if person not in humans
    ]
