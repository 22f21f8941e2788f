"""Keeping alerts quiet: a silence begins, ends early, or runs out; each function one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from core.errors import Conflict, Invalid
from core.incidents import records as incidents
from core.incidents.alerts import course, records
from core.incidents.alerts import units as alerts
from core.incidents.alerts.alert import Alert
from core.incidents.alerts.alert import State as Standing
from core.incidents.alerts.scene import Scene as Alerted
from core.incidents.alerts.search import records as searching
from core.incidents.alerts.search.records import Search
from core.incidents.config import WindowConfig
from core.incidents.hushing import units as hushing
from core.incidents.incident import Entry
from core.incidents.silences import records as silences
from core.incidents.silences.silence import (
    LONGEST,
    WINDOW,
    Matcher,
    Silence,
    end_of,
    is_window,
    marks,
    next_begin,
)
from core.incidents.units import VIEW
from core.paging import records as pages
from core.paging.page import Page, State
from core.people.person import Person
from core.quantity import span
from core.store import deadlines, events, outbox
from core.store.engine import Unit
from core.store.numbers import next_number
from core.text import as_reason, moment

PREFIX = "SIL"
_LOOKED_AT = 500
# What tells one alert of a group from another says nothing about the trouble that they share.
_EACH_ITS_OWN = frozenset({"instance", "pod", "host", "node", "device", "id", "container"})
# By these alone alerts would be silenced that have nothing to do with it.
_SAID_OF_MANY = frozenset(
    {"severity", "priority", "level", "source", "env", "environment", "region", "cluster", "team"}
)
_MOST = 10


class Scene(Alerted, hushing.Scene, Protocol):
    """What of the world is needed to keep alerts quiet, and to call people when they are heard again."""


@dataclass(frozen=True)
class Wish:
    """Which alerts to keep quiet, for how long, and why; `incident` is the one it was said of."""

    matchers: tuple[Matcher, ...]
    lasts: timedelta
    reason: str = ""
    incident: str = ""


@dataclass(frozen=True)
class Begun:
    """A silence, how many alerts that fire it keeps quiet, and the pages of their incidents that are not over."""

    silence: Silence
    covered: int
    pages: tuple[Page, ...]


@dataclass(frozen=True)
class Ended:
    """A silence that is over, how many of its alerts still fire, how many of these are told now, and which pages call again."""

    silence: Silence
    firing: int
    told: int
    pages: tuple[str, ...]


def silence(unit: Unit, scene: Scene, by: Person, wish: Wish) -> Begun:
    """Keep alerts with these labels quiet for so long. The page of an incident that is quiet altogether is held.

    Raises:
        Invalid: it would last no time, or more than 90 days.
    """
    if not timedelta() < wish.lasts <= LONGEST:
        raise Invalid(f"A silence lasts up to {span(LONGEST)}.", "Say for how long, as in 30m, 2h or 1d.")
    made = Silence(
        id=next_number(unit, PREFIX),
        matchers=wish.matchers,
        begins=unit.now,
        ends=unit.now + wish.lasts,
        by=by.id,
        by_name=by.name,
        reason=as_reason(wish.reason),
        incident=wish.incident,
    )
    silences.add(unit, made)
    deadlines.set(unit, alerts.UNMUTE, made.id, made.ends)
    facts = {"matchers": [str(one) for one in wish.matchers], "ends": made.ends, "reason": made.reason}
    events.append(unit, "silence.began", made.id, actor=by.id, data=facts | {"incident": wish.incident})
    covered = [one for one in records.firing(unit) if not one.muted and made.covers(_marks(one))]
    records.save(unit, [replace(one, muted=made.id) for one in covered])
    found: list[Page] = []
    for each in _incidents(unit, covered):
        _say(unit, each, by, f"{by.name} silenced alerts of it until {moment(made.ends)} ({made.id}).")
        found += hushing.settle(unit, scene, each)
    return Begun(made, len(covered), tuple(found))


def shared_by(unit: Unit, incident: str) -> tuple[Matcher, ...]:
    """What all alerts of an incident have in common, as matchers: their labels, and their name; of a single one what it is.

    Raises:
        Invalid: no alert belongs to it, or they have nothing in common that others do not have as well.
    """
    found, _ = searching.find(unit, Search(incident=incident), _LOOKED_AT)
    if not found:
        raise Invalid(
            f"No alert belongs to {incident}.", "Name labels: `/alerts silence 2h service=checkout`."
        )
    first, *others = (_marks(one) for one in found)
    common = dict(set(first.items()).intersection(*(one.items() for one in others)))
    is_one = len({one.fingerprint for one in found}) == 1
    own = common.pop("fingerprint", "")
    kept = {name: value for name, value in common.items() if name not in _EACH_ITS_OWN and "*" not in value}
    if is_one and "*" not in own and not kept.keys() - _SAID_OF_MANY:
        kept |= {"fingerprint": own}
    if not kept.keys() - _SAID_OF_MANY:
        raise _nothing_in_common(incident, kept, found)
    if "alertname" in found[0].labels or kept.keys() - _SAID_OF_MANY - {"alertname", "fingerprint"}:
        kept.pop("source", None)
    ordered = sorted(kept.items(), key=lambda pair: (pair[0] in _SAID_OF_MANY, pair[0]))[:_MOST]
    return tuple(Matcher(name, value) for name, value in sorted(ordered))


def _nothing_in_common(incident: str, kept: Mapping[str, str], found: Sequence[Alert]) -> Invalid:
    """Why the alerts of an incident cannot be silenced together, and what does it."""
    many = ", ".join(f"{name}={value}" for name, value in sorted(kept.items()))
    what = f"only {many} in common, and that would silence others, too" if many else "nothing in common"
    one = Matcher("alertname", found[0].name)
    return Invalid(
        f"The alerts of {incident} have {what}.",
        f"Silence them one after the other by what they have: `/alerts silence 2h {one}`.",
    )


def _marks(alert: Alert) -> dict[str, str]:
    return marks(alert.source, alert.service, alert)


def unsilence(unit: Unit, scene: Scene, silence_id: str, by: Person) -> Ended:
    """End a silence now: what still fires is heard again, and pages that it held call again.

    Raises:
        NotFound: there is no such silence.
        Conflict: it is over.
    """
    known = silences.get(unit, silence_id)
    if not known.is_active(unit.now):
        raise Conflict(f"{silence_id} is over already.", "`/alerts silences` shows those that count.")
    silences.end(unit, silence_id, unit.now)
    deadlines.clear(unit, alerts.UNMUTE, silence_id)
    events.append(unit, "silence.ended", silence_id, actor=by.id)
    held = hushing.held_by(unit, silence_id)
    after, told = _unmute(unit, scene, silence_id)
    fires = [one for one in after if one.state is Standing.FIRING and not one.muted]
    again = (one for one in held if pages.get(unit, one).state is State.CALLING)
    return Ended(known, len(fires), told, tuple(again))


def rejudge(unit: Unit, scene: Scene) -> None:
    """The file is read anew: what its windows keep quiet no longer is told, what they keep quiet on has its new end.

    Those that are open keep quiet what fires already, and the others will when they begin.
    """
    for window in records.muted_by(unit, WINDOW):
        deadlines.clear(unit, alerts.UNMUTE, window)
        _unmute(unit, scene, window)
    for one in scene.alerts.windows:
        _expect(unit, scene, one)
    _mute(unit, scene)


def on_mute(unit: Unit, scene: Scene, ref: str) -> None:
    """A window begins: what it covers and fires already is quiet from now on."""
    known = next((one for one in scene.alerts.windows if one.name == ref), None)
    if known is not None:
        _expect(unit, scene, known)
        _mute(unit, scene)


def _expect(unit: Unit, scene: Scene, window: WindowConfig) -> None:
    begins = next_begin(window, scene.timezone, unit.now)
    if begins is None:
        deadlines.clear(unit, alerts.MUTE, window.name)
    else:
        deadlines.set(unit, alerts.MUTE, window.name, begins)


def _mute(unit: Unit, scene: Scene) -> None:
    """What fires, is told, and is covered by a window that is open is quiet from now on."""
    if all(end_of(one, scene.timezone, unit.now) is None for one in scene.alerts.windows):
        return
    by = alerts.muting(unit, scene)
    told = [one for one in records.firing(unit) if not one.muted]
    after = [replace(one, muted=by(one.source, one.service, str(one.state), one)) for one in told]
    covered = [one for one in after if is_window(one.muted)]
    records.save(unit, covered)
    for each in _incidents(unit, covered):
        hushing.settle(unit, scene, each)


def on_unmute(unit: Unit, scene: Scene, ref: str) -> None:
    """A silence or a window has run out: what still fires is told now."""
    if ref.startswith(f"{PREFIX}-"):
        events.append(unit, "silence.ended", ref, actor="system")
    _unmute(unit, scene, ref)


def _unmute(unit: Unit, scene: Scene, muted: str) -> tuple[list[Alert], int]:
    """Hear alerts again that this kept quiet, unless something else does; returns them, and how many are told only now."""
    before = records.quiet(unit, muted)
    by = alerts.muting(unit, scene)
    after = [_again(one, by(one.source, one.service, str(one.state), one)) for one in before]
    alerts.announce(unit, before, after)
    for each in _incidents(unit, after):
        hushing.settle(unit, scene, each)
    return after, sum(other.episodes > one.episodes for one, other in zip(before, after, strict=True))


def _again(alert: Alert, muted: str) -> Alert:
    return replace(alert, muted=muted) if muted else course.unmuted(alert)


def _incidents(unit: Unit, covered: list[Alert]) -> list[str]:
    found = records.groups(unit, {one.group for one in covered})
    return sorted({group.incident for group in found.values() if group.incident})


def _say(unit: Unit, incident: str, by: Person, words: str) -> None:
    if not incidents.get(unit, incident).is_open:
        return
    incidents.note(unit, incident, Entry(at=unit.now, kind="silence", author=by.name, text=words))
    outbox.announce(unit, VIEW, incident, words, urgent=False)
