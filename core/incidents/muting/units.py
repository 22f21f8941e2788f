"""Keeping alerts quiet: a silence begins, ends early, or runs out; each function one transaction."""

from collections.abc import Mapping, Sequence
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
from core.incidents.silences.silence import LONGEST, WINDOW, Matcher, Silence, marks
from core.incidents.units import VIEW
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
        reason=as_reason(reason),
        incident=incident,
    )
    silences.add(unit, made)
    deadlines.set(unit, alerts.UNMUTE, made.id, made.ends)
    facts = {"matchers": [str(one) for one in matchers], "ends": made.ends, "reason": made.reason}
    events.append(unit, "silence.began", made.id, actor=by.id, data=facts | {"incident": incident})
    covered = [one for one in records.firing(unit) if not one.muted and made.covers(_marks(one))]
    records.save(unit, [replace(one, muted=made.id) for one in covered])
    for each in _incidents(unit, covered):
        _say(unit, each, by, f"{by.name} silenced alerts of it until {moment(made.ends)} ({made.id}).")
    return made, len(covered)


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


def rejudge(unit: Unit, scene: Scene) -> None:
    """The file is read anew: what its windows keep quiet no longer is told, and what they keep quiet on has its new end."""
    for window in records.muted_by(unit, WINDOW):
        deadlines.clear(unit, alerts.UNMUTE, window)
        _unmute(unit, scene, window)


def on_unmute(unit: Unit, scene: Scene, ref: str) -> None:
    """A silence or a window has run out: what still fires is told now."""
    if ref.startswith(f"{PREFIX}-"):
        events.append(unit, "silence.ended", ref, actor="system")
    _unmute(unit, scene, ref)


def _unmute(unit: Unit, scene: Scene, muted: str) -> int:
    """Hear alerts again that this kept quiet, unless something else does; returns how many of them fire."""
    before = records.quiet(unit, muted)
    by = alerts.muting(unit, scene)
    after = [_again(one, by(one.source, one.service, str(one.state), one)) for one in before]
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
