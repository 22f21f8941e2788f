"""Hearing of alerts: what senders deliver becomes rows, events and one reaction for each group; each function one transaction."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from core.incidents.alerts import course, records
from core.incidents.alerts.alert import Alert, Group, State, alert_id, group_id
from core.incidents.alerts.course import Arrival, Change, Flaps
from core.incidents.alerts.handling import facts, names_of, service_of
from core.incidents.alerts.scene import Scene
from core.incidents.silences import records as silences
from core.incidents.silences.silence import Told, marks, window_of
from core.incidents.sources.source import News, Report, Said
from core.runbooks.secrecy import MASK
from core.store import deadlines, events, outbox, turns
from core.store.engine import Unit
from core.text import SECRETS

REACTION = "incidents.on_alerts"
CHANGED = "alert.group_changed"
GATHER, SETTLE = "alerts.gather", "alerts.settle"
MUTE, UNMUTE = "alerts.mute", "alerts.unmute"
# A sender puts a delivery off by seconds when its answer is lost; what comes later is a repeat.
TWICE = timedelta(minutes=1)
# An incident hears of a group at most so often: a storm is one line, not a hundred.
PACE = timedelta(seconds=3)
# A group that waits so long has lost its reaction to a fault of ours: the next news of it ask again.
STUCK = timedelta(minutes=10)


@dataclass(frozen=True)
class Received:
    """What became of a delivery: how many alerts by their change; none if it had been delivered before."""

    changes: Mapping[str, int] = field(default_factory=dict)
    was_there: bool = False


def receive(unit: Unit, scene: Scene, source: str, report: Report, key: str) -> Received:
    """Keep what a sender delivered, whatever it is: after the commit nothing of it can be lost.

    Args:
        unit: the unit of work.
        scene: the world.
        source: who sends.
        report: what was said.
        key: tells this delivery from others; the sender's own key, where the report has one, goes before it.
    """
    if report.id:
        is_new = records.is_new(unit, f"{source}:{report.id}"[:120], None)
        return hear(unit, scene, source, report) if is_new else Received(was_there=True)
    is_new = records.is_new(unit, f"{source}:{key}"[:120], TWICE)
    return replace(hear(unit, scene, source, report, again=not is_new), was_there=not is_new)


def hear(unit: Unit, scene: Scene, source: str, report: Report, *, again: bool = False) -> Received:
    """Take news of alerts, whoever brought them.

    What comes `again` word for word is no repeat: it counts only for alerts that have changed in between.
    """
    arrivals = _arrivals(unit, scene, source, report.news)
    keys = {one.group: _key(one) for one in arrivals}
    for group in sorted(keys):
        turns.take(unit, f"alerts:{group}")
    alerts = records.known(unit, sorted({one.id for one in arrivals}), lock=True)
    flaps = Flaps(scene.alerts.flapping.times, scene.alerts.flapping.within)
    changes: Counter[str] = Counter()
    heard: list[Arrival] = []
    for arrival in arrivals:
        before = alerts.get(arrival.id)
        if _is_idle(before, arrival.news, again=again):
            changes[Change.OLD] += 1
            continue
        heard.append(arrival)
        alerts[arrival.id], change = course.heard(before, arrival, unit.now, flaps)
        changes[change] += 1
    touched = {one.id: alerts[one.id] for one in heard}
    records.save(unit, list(touched.values()))
    _groups(unit, source, keys, heard, touched, report.left_out)
    _time(unit, scene, touched.values())
    return Received({str(change): number for change, number in changes.items()})


def announce(unit: Unit, before: Iterable[Alert], after: Iterable[Alert]) -> None:
    """Write alerts that changed by themselves, and let their incidents know."""
    changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    records.save(unit, [other for _, other in changed])
    ids = {other.group for _, other in changed}
    records.save_groups(unit, [_wake(unit, group) for group in records.groups(unit, ids, lock=True).values()])


def muting(unit: Unit, scene: Scene) -> Callable[[str, str, str, Told], str]:
    """What says, of the source, service and state of an alert and what is told of it, what keeps it quiet now; nothing if nothing does."""
    known = silences.active(unit)
    windows = scene.alerts.windows
    timed: set[str] = set()

    def muted(source: str, service: str, status: str, told: Told) -> str:
        marked = marks(source, service, told) if known else {}
        by = next((one.id for one in known if one.covers(marked)), "")
        if by or not windows:
            return by
        seen = facts(source, service, status, told)
        found = window_of(windows, scene.timezone, unit.now, seen)
        if found is None:
            return ""
        window, ends = found
        if window not in timed:
            timed.add(window)
            deadlines.set(unit, UNMUTE, window, ends)
        return window

    return muted


def on_settle(unit: Unit, scene: Scene, ref: str) -> None:
    """Alerts of a group that flapped may have been quiet for long enough."""
    before = records.flapping(unit, ref)
    quiet = scene.alerts.resolve_after
    after = [course.settled(alert, unit.now, quiet) for alert in before]
    announce(unit, before, after)
    left = [one for one in after if one.flapping and one.state is State.RESOLVED]
    if left:
        deadlines.set(unit, SETTLE, ref, max(one.ended or one.seen for one in left) + quiet)


def end(unit: Unit, alert: Alert, by: str) -> Alert:
    """Somebody says that an alert is over whose sender does not."""
    events.append(unit, "alert.ended_by_hand", alert.id, actor=by, data={"name": alert.name})
    over = replace(
        alert, state=State.RESOLVED, ended=unit.now, announced=False, flapping=False, seen=unit.now
    )
    announce(unit, [alert], [over])
    return over


def _arrivals(unit: Unit, scene: Scene, source: str, told: Iterable[News]) -> list[Arrival]:
    muted = muting(unit, scene)
    names = names_of(scene.services)
    found = []
    for news in (_veiled(scene, one) for one in told):
        service = service_of(names, news.service, news.labels)
        arrival = Arrival(
            news=news,
            id=alert_id(source, news.fingerprint),
            source=source,
            group="",
            service=service,
            muted=muted(source, service, str(news.said), news),
        )
        found.append(replace(arrival, group=group_id(source, _key(arrival))))
    return found


def _veiled(scene: Scene, news: News) -> News:
    """The same without secrets that have got into what is told of it: whole channels and models read that."""

    def veiled(text: str) -> str:
        return SECRETS.sub(MASK, scene.conceal(text))

    whole = "\n".join((news.name, *news.labels.values(), *news.annotations.values()))
    if veiled(whole) == whole:
        return news
    labels = {name: veiled(text) for name, text in news.labels.items()}
    annotations = {name: veiled(text) for name, text in news.annotations.items()}
    return replace(news, name=veiled(news.name), labels=labels, annotations=annotations)


def _key(arrival: Arrival) -> str:
    news = arrival.news
    return news.group or f"{arrival.service or news.service}/{news.name}"


def _is_idle(before: Alert | None, news: News, *, again: bool) -> bool:
    """Whether these news change nothing for anybody."""
    if before is None:
        # Somebody has in hand what nobody has heard of: there is nothing to keep.
        return news.said is Said.ACKNOWLEDGED
    return again and (news.said is Said.RESOLVED) == (before.state is State.RESOLVED)


def _groups(
    unit: Unit,
    source: str,
    keys: Mapping[str, str],
    arrivals: Iterable[Arrival],
    alerts: Mapping[str, Alert],
    left_out: int,
) -> None:
    """Keep the groups, and let the incident of each look once at what has changed in it."""
    touched = {alerts[one.id].group for one in arrivals}
    taken = {alerts[one.id].group for one in arrivals if one.news.said is Said.ACKNOWLEDGED}
    known = records.groups(unit, touched, lock=True)
    saved = []
    for group in sorted(touched):
        one = known.get(group) or Group(group, source, keys.get(group, ""), unit.now)
        one = replace(one, left_out=left_out)
        if group in taken and one.acknowledged is None:
            one = replace(one, acknowledged=unit.now)
        saved.append(_wake(unit, one))
    records.save_groups(unit, saved)


def _wake(unit: Unit, group: Group) -> Group:
    """Let the group's incident look at it: at once, or a little later if it has just done so."""
    if group.waiting and unit.now - (group.told or group.created) < STUCK:
        return group
    next_time = None if group.told is None else group.told + PACE
    if next_time is None or next_time <= unit.now:
        outbox.react(unit, REACTION, CHANGED, group.id, {})
    else:
        deadlines.set(unit, GATHER, group.id, next_time)
    return replace(group, waiting=True)


def _time(unit: Unit, scene: Scene, alerts: Iterable[Alert]) -> None:
    """What flaps and is over for now is looked at again once it has been quiet for long enough."""
    quiet = {one.group for one in alerts if one.flapping and one.state is State.RESOLVED}
    for group in sorted(quiet):
        deadlines.set(unit, SETTLE, group, unit.now + scene.alerts.resolve_after)
