"""Schedules of a Grafana OnCall export: calendars become calendars, shifts become layers as far as turns can say them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.importers.export import Export, Thing, number, text, texts
from bot.importers.oncall_levels import Placed, stacked
from bot.importers.parts import Names, accepted
from bot.importers.report import Report
from core.hours import DAYS
from core.oncall.config import LayerConfig, ScheduleConfig

_BY_DAY = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), DAYS, strict=True))
_HOUR, _DAY, _WEEK = 3_600, 86_400, 604_800
_PERIODS = {"hourly": _HOUR, "daily": _DAY, "weekly": _WEEK}


class _Stays(Exception):
    """A shift that turns cannot say; the words say why."""


@dataclass(frozen=True)
class _Shift:
    thing: Thing
    zone: str
    people: Names
    now: datetime

    @property
    def name(self) -> str:
        return text(self.thing, "name") or text(self.thing, "id")


def schedules(export: Export, report: Report, names: Names, people: Names, now: datetime) -> dict[str, Any]:
    """Every schedule that has somebody, by its key."""
    shifts = {text(one, "id"): one for one in export.all("on_call_shifts", "shifts")}
    found: dict[str, Any] = {}
    for schedule in export.all("schedules"):
        name, zone = text(schedule, "name"), text(schedule, "time_zone") or "UTC"
        own = [shifts[one] for one in texts(schedule.get("shifts")) if one in shifts]
        layers = [*_of_shifts(own, report, zone, people, now), *_of_calendars(schedule, report)]
        entry, _ = accepted(ScheduleConfig, {"timezone": zone, "layers": layers})
        if entry is None or "layers" not in entry:
            report.left("schedule", name, "nothing of it could be carried over, so nobody would be on call")
            continue
        found[names.give(text(schedule, "id"), name)] = entry
        report.carried("schedule", name, *_changes(schedule, entry))
    return found


def _changes(schedule: Thing, entry: dict[str, Any]) -> Iterator[str]:
    if "timezone" not in entry:
        yield f"its time zone {text(schedule, 'time_zone')} is unknown"
    if isinstance(schedule.get("slack"), dict) and text(schedule["slack"], "user_group_id"):
        yield "the user group in Slack is not kept up to date"


def _of_calendars(schedule: Thing, report: Report) -> Iterator[dict[str, Any]]:
    for key, what in (("ical_url_primary", "calendar"), ("ical_url_overrides", "calendar of overrides")):
        address = text(schedule, key)
        if not address:
            continue
        entry, _ = accepted(LayerConfig, {"ical": address})
        if entry:
            report.carried(
                what,
                text(schedule, "name"),
                "its address is a secret, perhaps: `ical_env` keeps it out of the file",
            )
            yield entry
        else:
            report.left(what, text(schedule, "name"), "its address is none that can be called")


def _of_shifts(
    shifts: list[Thing], report: Report, zone: str, people: Names, now: datetime
) -> Iterator[dict[str, Any]]:
    placed = list[Placed]()
    for one in shifts:
        shift = _Shift(one, zone, people, now)
        try:
            said, changes = _layer(shift)
        except _Stays as why:
            report.left("shift", shift.name, str(why))
            continue
        entry, lost = accepted(LayerConfig, said)
        if entry is None or lost:
            report.left(
                "shift", shift.name, f"{', '.join(lost) or 'it'} cannot be used as it stands in the export"
            )
        else:
            placed.append(Placed(shift.name, number(one, "level"), entry, tuple(changes)))
    yield from stacked(placed, report, now)


def _layer(shift: _Shift) -> tuple[dict[str, Any], list[str]]:
    one, changes = shift.thing, list[str]()
    kind, frequency = text(one, "type"), text(one, "frequency")
    if kind == "single_event":
        raise _Stays("it happens once: put it in with `/oncall override`")
    if kind not in ("recurrent_event", "rolling_users"):
        raise _Stays(f"shifts of the type {kind or 'nothing'} are unknown")
    if one.get("by_month") or one.get("by_monthday"):
        raise _Stays("turns are not counted by months or days of a month: `ical` can say it")
    if kind == "recurrent_event" and number(one, "interval", 1) > 1:
        raise _Stays("somebody alone is on call only every other time, which turns cannot say: `ical` can")
    until = _moment(text(one, "until"))
    if until is not None:
        if until.replace(tzinfo=UTC) <= shift.now:
            raise _Stays(f"it is over since {until:%Y-%m-%d}")
        changes.append(f"it has no end any more, and should end on {until:%Y-%m-%d}")
    start = _start(shift, changes)
    period = _period(frequency, max(1, number(one, "interval", 1)))
    hours = _hours(shift, start, frequency, period)
    said = {
        "people": _people(shift, changes),
        "rotate": _rotate(frequency, period),
        "start": f"{start:%Y-%m-%dT%H:%M}",
    }
    return said | ({"hours": hours} if hours else {}), changes


def _people(shift: _Shift, changes: list[str]) -> list[str]:
    one = shift.thing
    if text(one, "type") == "rolling_users":
        groups = [texts(group) for group in one.get("rolling_users") or []]
        first = number(one, "start_rotation_from_user_index")
        groups = groups[first:] + groups[:first] if 0 <= first < len(groups) else groups
    else:
        groups = [texts(one.get("users"))]
    if any(len(group) > 1 for group in groups):
        changes.append("of several on call at once, the first is")
    known = [next((key for user in group if (key := shift.people.of(user))), "") for group in groups]
    if not known or not all(known):
        raise _Stays("it names nobody, or somebody who is not in the export")
    return known


def _start(shift: _Shift, changes: list[str]) -> datetime:
    found = _moment(text(shift.thing, "start"))
    if found is None:
        raise _Stays("it has no start")
    own = text(shift.thing, "time_zone")
    if own and own != shift.zone:
        try:
            found = found.replace(tzinfo=ZoneInfo(own)).astimezone(ZoneInfo(shift.zone)).replace(tzinfo=None)
        except (KeyError, ValueError):
            raise _Stays(f"its time zone {own} is unknown") from None
        changes.append(
            f"its times are of {shift.zone} now, and were of {own}: they differ when clocks change"
        )
    return found


def _period(frequency: str, interval: int) -> int:
    if frequency == "monthly" and interval == 1:
        return 0
    if frequency not in _PERIODS:
        raise _Stays(f"it repeats {frequency or 'never'} ({interval}), which turns cannot say")
    return _PERIODS[frequency] * interval


def _rotate(frequency: str, period: int) -> str:
    if frequency == "monthly":
        return "monthly"
    return {_DAY: "daily", _WEEK: "weekly"}.get(period) or f"{period // _HOUR}h"


def _hours(shift: _Shift, start: datetime, frequency: str, period: int) -> dict[str, Any] | None:
    """The hours of the week that a shift is limited to; None if it goes on until the next turn."""
    length = number(shift.thing, "duration")
    days = [_BY_DAY[day] for day in texts(shift.thing.get("by_day")) if day in _BY_DAY]
    if not days and (length >= (period or 28 * _DAY)):
        return None
    if not 0 < length <= _DAY or frequency in ("hourly", "monthly"):
        raise _Stays("it ends before the next turn begins, and not on the same day: `ical` can say it")
    if not days and frequency == "weekly":
        days = [DAYS[start.weekday()]]
    ends = start + timedelta(seconds=length)
    return {"days": days or "daily", "from": f"{start:%H:%M}", "to": f"{ends:%H:%M}"}


def _moment(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None) if value else None
    except ValueError:
        return None
