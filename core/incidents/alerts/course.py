"""What becomes of an alert when its sender tells of it: fires, repeats, is over, is old news, flaps. Pure.

Deliveries may come twice and out of order. News are old when the sender's own times say so: news before the newest,
an end before the present beginning, a beginning before the known end. The last holds for a minute only: senders
put a delivery off by seconds, and after that the same beginning means that the alert is back.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.incidents.alerts.alert import Alert, State
from core.incidents.sources.source import News, Said

LATE = timedelta(minutes=1)
_KEPT = 20  # beginnings, for the figure on the card


class Change(StrEnum):
    """What news of an alert amount to."""

    FIRED = "fired"
    REPEATED = "repeated"
    RESOLVED = "resolved"
    OLD = "old"


@dataclass(frozen=True)
class Arrival:
    """News of an alert, with what the house makes of them: its id, its group, its service, who keeps it quiet."""

    news: News
    id: str
    source: str
    group: str
    service: str
    muted: str = ""


@dataclass(frozen=True)
class Flaps:
    """When coming and going is flapping: after `times` within `within`."""

    times: int
    within: timedelta


def heard(before: Alert | None, arrival: Arrival, now: datetime, flaps: Flaps) -> tuple[Alert, Change]:
    """The alert after these news, and what they amount to; an alert that is muted is not announced."""
    news = arrival.news
    if before is None:
        return _first(arrival, now)
    if _is_old(before, news, now):
        return replace(before, seen=now, at=_newest(before, news)), Change.OLD
    if news.said is Said.RESOLVED:
        return _over(before, news, now)
    facts = _facts(arrival)
    if before.state is State.FIRING:
        started = max(before.started, _past(news.started, now) or before.started)
        at, count = _newest(before, news), before.count + 1
        flapping = before.flapping and len(_lately(before, now, flaps)) >= flaps.times
        changed = {"seen": now, "at": at, "count": count, "started": started, "flapping": flapping}
        after = replace(before, **(facts | changed))
        if after.announced or after.muted:
            return after, Change.REPEATED
        # Whatever kept it quiet does so no longer.
        return unmuted(after), Change.FIRED
    return _again(before, arrival, facts, now, flaps), Change.FIRED


def settled(alert: Alert, now: datetime, quiet: timedelta) -> Alert:
    """An alert that flapped and has been over for so long is over, and flaps no more."""
    over = alert.state is State.RESOLVED and now - (alert.ended or alert.seen) >= quiet
    return replace(alert, flapping=False, announced=False) if alert.flapping and over else alert


def unmuted(alert: Alert) -> Alert:
    """An alert that nobody keeps quiet any longer: if it fires, that is told now."""
    heard_now = alert.state is State.FIRING and not alert.announced
    more: dict[str, Any] = {"announced": True, "episodes": alert.episodes + 1} if heard_now else {}
    return replace(alert, muted="", **more)


def _first(arrival: Arrival, now: datetime) -> tuple[Alert, Change]:
    news = arrival.news
    fires = news.said is not Said.RESOLVED
    tells = fires and not arrival.muted
    alert = Alert(
        id=arrival.id,
        source=arrival.source,
        fingerprint=news.fingerprint,
        group=arrival.group,
        name=news.name,
        state=State.FIRING if fires else State.RESOLVED,
        labels=news.labels,
        annotations=news.annotations,
        severity=news.severity,
        service=arrival.service,
        url=news.url,
        started=_past(news.started or news.at, now) or now,
        first=now,
        seen=now,
        ended=None if fires else _past(news.ended or news.at, now) or now,
        at=news.at,
        count=int(fires),
        begun=(now,) if fires else (),
        muted=arrival.muted,
        announced=tells,
        episodes=int(tells),
    )
    # An end of something that was never heard of changes nothing for anybody.
    return alert, Change.FIRED if fires else Change.OLD


def _again(before: Alert, arrival: Arrival, facts: dict[str, Any], now: datetime, flaps: Flaps) -> Alert:
    begun = (*_lately(before, now, flaps), now)[-_KEPT:]
    tells = not arrival.muted and not before.announced
    changed: dict[str, Any] = {
        **facts,
        "state": State.FIRING,
        "group": arrival.group,
        "started": _past(arrival.news.started or arrival.news.at, now) or now,
        "ended": None,
        "at": _newest(before, arrival.news),
        "seen": now,
        "count": before.count + 1,
        "begun": begun,
        "flapping": len(begun) >= flaps.times,
        "announced": before.announced or tells,
        "episodes": before.episodes + int(tells),
    }
    return replace(before, **changed)


def _lately(alert: Alert, now: datetime, flaps: Flaps) -> tuple[datetime, ...]:
    return tuple(one for one in alert.begun if now - one <= flaps.within)


def _over(before: Alert, news: News, now: datetime) -> tuple[Alert, Change]:
    ended = _past(news.ended or news.at, now) or now
    common: dict[str, Any] = {"seen": now, "at": _newest(before, news)}
    if before.state is State.RESOLVED:
        return replace(before, ended=max(before.ended or ended, ended), **common), Change.OLD
    over = replace(
        before,
        state=State.RESOLVED,
        ended=max(ended, before.started),
        announced=before.announced and before.flapping,
        **common,
    )
    return over, Change.RESOLVED


def _facts(arrival: Arrival) -> dict[str, Any]:
    """What the newest news say of it; an acknowledgement says nothing but that."""
    news = arrival.news
    if news.said is Said.ACKNOWLEDGED:
        return {}
    return {
        "name": news.name,
        "labels": news.labels,
        "annotations": news.annotations,
        "severity": news.severity,
        "service": arrival.service,
        "url": news.url,
        "muted": arrival.muted,
    }


def _is_old(before: Alert, news: News, now: datetime) -> bool:
    if news.at is not None and before.at is not None:
        is_same = news.said is not Said.ACKNOWLEDGED and (news.said is Said.FIRING) == (
            before.state is State.FIRING
        )
        if news.at < before.at or (news.at == before.at and is_same):
            return True
    if before.state is State.FIRING:
        return news.said is Said.RESOLVED and news.ended is not None and news.ended < before.started
    if news.said is Said.ACKNOWLEDGED:
        return True
    return (
        news.said is Said.FIRING
        and news.started is not None
        and before.ended is not None
        and news.started <= before.ended
        and now - before.seen < LATE
    )


def _newest(before: Alert, news: News) -> datetime | None:
    if before.at is None or news.at is None:
        return news.at or before.at
    return max(before.at, news.at)


def _past(at: datetime | None, now: datetime) -> datetime | None:
    """A sender's clock may be ahead of ours; nothing began in what is yet to come."""
    return None if at is None else min(at, now)
