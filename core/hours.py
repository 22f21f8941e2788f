"""Hours of the week by the clock on the wall: when they are open, and how much open time a span takes. Pure.

An hour that daylight saving skips counts as the one after it, and of one that comes twice the first is meant. So
the hours begin and end when clocks on the wall say so, also on the days that have 23 or 25 hours.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = frozenset(range(7))
_DAY = timedelta(days=1)
_LONGEST = timedelta(days=3650)
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True)
class Hours:
    """From `opens` to `closes` on the days that begin a stretch; Monday is 0.

    What closes no later than it opens closes on the following day, so equal times are a whole day.
    """

    days: frozenset[int] = WEEK
    opens: time = time(0)
    closes: time = time(0)

    def __post_init__(self) -> None:
        if not self.days or not self.days <= WEEK:
            raise ValueError("Hours need at least one day of the week.")

    def is_open(self, moment: datetime, zone: str) -> bool:
        """Whether the hours are open at this moment, in the named time zone."""
        begins, _ = next(self._from(moment, zone))
        return begins <= moment

    def next_open(self, moment: datetime, zone: str) -> datetime:
        """The first moment from then on at which they are open: `moment` itself if they are."""
        begins, _ = next(self._from(moment, zone))
        return max(begins, moment)

    def next_close(self, moment: datetime, zone: str) -> datetime | None:
        """When the stretch that is open now, or opens next, is over; None if they never close."""
        end: datetime | None = None
        for begins, ends in self._from(moment, zone):
            if end is not None and begins > end:
                return end
            if ends - moment > 3 * len(DAYS) * _DAY:
                return None
            end = ends
        return end

    def add(self, moment: datetime, span: timedelta, zone: str) -> datetime:
        """The moment at which the hours have been open for `span` since `moment`.

        It is at most ten years away: hours so scarce that the span needs more are taken to be a mistake.
        """
        left = span
        for begins, ends in self._from(moment, zone):
            start = max(begins, moment)
            if ends - start >= left:
                return start + left
            left -= ends - start
            if ends - moment > _LONGEST:
                return ends
        return moment + span

    def _from(self, moment: datetime, zone: str) -> Iterator[tuple[datetime, datetime]]:
        """The stretches, in UTC, that are not over at `moment`, in order and without overlap."""
        where = ZoneInfo(zone)
        day = moment.astimezone(where).date() - _DAY
        done = datetime.min.replace(tzinfo=UTC)
        while True:
            if day.weekday() in self.days:
                following = day if self.closes > self.opens else day + _DAY
                begins, ends = at_wall(day, self.opens, where), at_wall(following, self.closes, where)
                begins, done = max(begins, done), max(ends, done)
                if ends > max(begins, moment):
                    yield begins, ends
            day += _DAY


def at_wall(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which clocks on the wall show this: the first if twice, the one after if never."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def parse_days(text: str) -> frozenset[int]:
    """The days that `text` names, Monday as 0: `mon-fri`, `sat,sun`, `fri-mon`, `mon, wed-fri`, `daily`.

    Raises:
        ValueError: it names none.
    """
    found: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        if part == "daily":
            return WEEK
        first, dash, last = part.partition("-")
        begin, end = _day(first), _day(last if dash else first)
        found |= {(begin + step) % len(DAYS) for step in range((end - begin) % len(DAYS) + 1)}
    return frozenset(found)


def parse_time(text: str) -> time:
    """The time of day that `text` writes as `9:00` or `17:30`; `24:00` is midnight.

    Raises:
        ValueError: it writes none.
    """
    if text == "24:00":
        return time(0)
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return time(int(match[1]), int(match[2]))


def _day(word: str) -> int:
    """Raises ValueError if it is no day; `monday` is one too."""
    return DAYS.index(word[:3] if word.endswith("day") else word)
