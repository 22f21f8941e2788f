"""Keeping alerts quiet: a silence begins, ends early, or runs out; each function one transaction."""

from dataclasses import replace
from datetime import timedelta

from core.errors import Conflict, Invalid
from core.incidents import records as incidents
from core.incidents.alerts import course, records
from core.incidents.alerts import units as alerts
from core.incidents.alerts.alert import Alert
from core.incidents.alerts.scene import Scene
from core.incidents.alerts.search import records as searching
from core.incidents.alerts.search.records import Search
from core.incidents.incident import Entry
from core.incidents.silences import records as silences
from core.incidents.silences.silence import LONGEST, Matcher, Silence
from core.incidents.units import VIEW
from core.people.person import Person
from core.quantity import span
from core.store import deadlines, events, outbox
from core.store.engine import Unit
from core.store.numbers import next_number
from core.text import clean, cut, moment

PREFIX = "SIL"
_REASON = 500
_LOOKED_AT = 500
# What tells one alert of a group from another says nothing about the trouble that they share.
_EACH_ITS_OWN = frozenset({"instance", "pod", "host", "node", "device", "id", "container"})


def silence(
    unit: Unit,
    by: Person,
    matchers: tuple[Matcher, ...],
    lasts: timedelta,
    reason: str = "",
    incident: str = "",
) -> tuple[Silence, int]:
    """Keep alerts with these labels quiet for so long; returns how many that fire now are kept quiet by it.

    Raises:
        Invalid: it would last no time, or more than 90 days.
    """
    if not timedelta() < lasts <= LONGEST:
        raise Invalid(f"A silence lasts up to {span(LONGEST)}.", "Say for how long, as in 30m, 2h or 1d.")
    made = Silence(
        id=next_number(unit, PREFIX),
        matchers=matchers,
        begins=unit.now,
        ends=unit.now + lasts,
        by=by.id,
        by_name=by.name,
        reason=cut(clean(reason), _REASON),
        incident=incident,
    )
    silences.add(unit, made)
    deadlines.set(unit, alerts.UNMUTE, made.id, made.ends)
    facts = {"matchers": [str(one) for one in matchers], "ends": made.ends, "reason": made.reason}
    events.append(unit, "silence.began", made.id, actor=by.id, data=facts | {"incident": incident})
    covered = [one for one in records.firing(unit) if not one.muted and made.covers(one.labels)]
    records.save(unit, [replace(one, muted=made.id) for one in covered])
    for each in _incidents(unit, covered):
        _say(unit, each, by, f"{by.name} silenced alerts of it until {moment(made.ends)} ({made.id}).")
    return made, len(covered)


def shared_by(unit: Unit, incident: str) -> tuple[Matcher, ...]:
    """The labels that all alerts of an incident have in common, as matchers.

    Raises:
        Invalid: no alert belongs to it, or they have nothing in common.
    """
    found, _ = searching.find(unit, Search(incident=incident), _LOOKED_AT)
    if not found:
        raise Invalid(
            f"No alert belongs to {incident}.", "Name labels: `/alerts silence 2h service=checkout`."
        )
    common = set(found[0].labels.items()).intersection(*(one.labels.items() for one in found[1:]))
    kept = sorted(pair for pair in common if pair[0] not in _EACH_ITS_OWN and "*" not in pair[1])[:10]
    if not kept:
        raise Invalid(
            f"The alerts of {incident} have no label in common.",
            "Name labels: `/alerts silence 2h service=checkout`.",
        )
    return tuple(Matcher(name, value) for name, value in kept)


def unsilence(unit: Unit, scene: Scene, silence_id: str, by: Person) -> tuple[Silence, int]:
    """End a silence now; returns how many alerts are heard again.

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
    return known, _unmute(unit, scene, silence_id)


def on_unmute(unit: Unit, scene: Scene, ref: str) -> None:
    """A silence or a window has run out: what still fires is told now."""
    if ref.startswith(f"{PREFIX}-"):
        events.append(unit, "silence.ended", ref, actor="system")
    _unmute(unit, scene, ref)


def _unmute(unit: Unit, scene: Scene, muted: str) -> int:
    """Hear alerts again that this kept quiet, unless something else does; returns how many of them fire."""
    before = records.quiet(unit, muted)
    by = alerts.muting(unit, scene)
    after = [_again(one, by(one.source, str(one.state), one.labels, one.annotations)) for one in before]
    alerts.announce(unit, before, after)
    return sum(other.episodes > one.episodes for one, other in zip(before, after, strict=True))


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
