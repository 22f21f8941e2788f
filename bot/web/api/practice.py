"""The figures of the practice for programs."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from pydantic import Field

from bot.web.api.route import Answer, Asking, Query, Route
from core.incidents.practice import units
from core.incidents.practice.figures import Practice, Spread
from core.store.engine import Unit


class Period(Query):
    """Of how long a time: days, or as in `2w`."""

    period: str = Field(default="30d", max_length=20)


def routes() -> tuple[Route, ...]:
    """The one route."""
    summary = "How it goes with incidents: times, pages, noise, counts; beside the time before."
    return (Route("GET", "/practice", summary, "incident.read", show, query=Period),)


async def show(asking: Asking) -> Answer:
    """Both times."""
    days = units.days_of(asking.query.period)

    def work(unit: Unit) -> units.Compared:
        return units.look(unit, asking.world, days)

    found = await asking.store.read(work)
    return Answer({"days": days, "now": shape(found.now), "before": shape(found.before)})


def shape(one: Practice) -> dict[str, Any]:
    """The figures of one time; times that passed are in seconds."""
    return {
        "since": one.since,
        "until": one.until,
        "incidents": one.incidents,
        "time_to_acknowledge": _spread(one.acknowledge),
        "time_to_mitigate": _spread(one.mitigate),
        "time_to_resolve": _spread(one.resolve),
        "pages": dict(one.pages),
        "night_pages": dict(one.night),
        "alerts": one.alerts,
        "noise": one.noise,
        "by_service": dict(one.services),
        "by_severity": {str(grade): number for grade, number in one.severities.items()},
        "by_cause": {each.words: each.count for each in one.causes},
        "causes": [asdict(each) for each in one.causes],
    }


def _spread(one: Spread) -> dict[str, Any]:
    return {"count": one.count, "median": _seconds(one.median), "p90": _seconds(one.p90)}


def _seconds(length: timedelta | None) -> float | None:
    return length.total_seconds() if length is not None else None
