"""When the next update of an incident is due. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.incidents.incident import Incident, State

_WATCHED = 2


@dataclass(frozen=True)
class Pace:
    """When news is due, counted from the news of `since`.

    `by` put it off, or switched it `off` for good. `late`: since when it is overdue; `due` is then when people are reminded again.
    """

    due: datetime | None = None
    since: datetime | None = None
    off: bool = False
    by: str = ""
    late: datetime | None = None


def span(incident: Incident, every: Mapping[int, timedelta]) -> timedelta | None:
    """How long people wait for news of it; None if nobody does. What is only watched may take twice as long."""
    usual = every.get(incident.severity)
    if usual is None or not incident.is_open or incident.is_test:
        return None
    return usual * (_WATCHED if incident.state is State.MONITORING else 1)


def follows(incident: Incident, known: Pace, every: Mapping[int, timedelta], now: datetime) -> Pace:
    """The pace after something happened: news begins it anew, a graver incident may only shorten it."""
    patience = span(incident, every)
    if known.off and incident.is_open:
        return known
    if patience is None:
        return Pace()
    news = incident.updated or incident.created
    if known.due is None or known.since != news:
        due = news + patience
        return Pace(due if due > now else now + patience, news)
    if known.by or known.due <= now:
        return known
    return replace(known, due=min(known.due, now + patience))
