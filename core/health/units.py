"""What looks at services lead to. Each public function is one transaction, or part of one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from core.catalogue.model import Service
from core.health import aggregate, records, standing
from core.health.aggregate import Count, Part, Report
from core.health.check import Sighting, Status, Watched
from core.health.config import HealthRules
from core.health.spell import PREFIX, VIEW, Change, Spell
from core.health.standing import Standing
from core.notify.channel import Channel
from core.people.team import Team
from core.place import Place
from core.quantity import span
from core.store import events, leases, outbox
from core.store.engine import Unit
from core.store.numbers import next_number
from core.text import moment

LEASE = "health"
TTL = timedelta(seconds=10)
TOPIC = "health"
CHANGED = "health.changed"
_REASONS = 5
_WRONG = frozenset({Status.DEGRADED, Status.UNHEALTHY})


class Scene(Protocol):
    """What of the world health needs."""

    @property
    def services(self) -> Mapping[str, Service]:
        """Every service, by name."""
        ...

    @property
    def teams(self) -> Mapping[str, Team]:
        """Every team, by name."""
        ...

    @property
    def channels(self) -> Mapping[str, Channel]:
        """Every notification channel, by name."""
        ...

    @property
    def health(self) -> HealthRules:
        """How health is watched and told."""
        ...


@dataclass(frozen=True)
class _Turn:
    """A service that becomes something else, and why."""

    service: Service
    status: Status
    reasons: tuple[Part, ...]


def watched(scene: Scene) -> list[Watched]:
    """Every check of every service."""
    return [Watched(service.name, check) for service in scene.services.values() for check in service.health]


def take(unit: Unit, scene: Scene, *, begins: bool) -> dict[str, Status] | None:
    """Be the process that looks; None while another one is.

    Whoever begins forgets what is not watched any more, does what follows from a changed configuration, and is told
    what every service counts as.
    """
    if leases.hold(unit, LEASE, TTL) is None:
        return None
    if not begins:
        return {}
    _tidy(unit, scene)
    known, counts = records.standings(unit), records.counts(unit)
    moved = [
        name
        for name, count in counts.items()
        if aggregate.own_status(scene.services[name].health, _of(name, known)) is not count.status
    ]
    _follow(unit, scene, moved, known)
    return {name: count.status for name, count in records.counts(unit).items()}


def record(unit: Unit, scene: Scene, sightings: Sequence[Sighting]) -> dict[str, Status] | None:
    """Keep what was seen, and do what follows from it; returns which services became what.

    None: another process looks by now, and nothing was kept.
    """
    if leases.hold(unit, LEASE, TTL) is None:
        return None
    services = {sighting.watched.service for sighting in sightings}
    known = records.standings(unit, services)
    moved = set()
    for sighting in sightings:
        key = sighting.watched.key
        before = known.get(key) or standing.new(unit.now)
        now = standing.after(before, sighting.finding, sighting.took, sighting.watched.check, unit.now)
        known[key] = now
        if (now.status, now.judged) != (before.status, before.judged):
            moved.add(sighting.watched.service)
    for key in dict.fromkeys(sighting.watched.key for sighting in sightings):
        records.put(unit, *key, known[key])
    return _follow(unit, scene, moved, known) if moved else {}


def reports(unit: Unit, services: Mapping[str, Service], names: Iterable[str]) -> list[Report]:
    """How these services are now, in this order."""
    known, counts = records.standings(unit), records.counts(unit)
    return [aggregate.report(services[name], services, known, counts.get(name), unit.now) for name in names]


def _follow(
    unit: Unit, scene: Scene, moved: Iterable[str], known: Mapping[tuple[str, str], Standing]
) -> dict[str, Status]:
    """What follows when checks of these services count as something else."""
    counts = records.counts(unit)
    became = {}
    for name in sorted(moved):
        service = scene.services[name]
        mine = _of(name, known)
        status = aggregate.own_status(service.health, mine)
        if status is None:
            continue
        turn = _Turn(service, status, _reasons(service, mine))
        before = counts.get(name)
        if before is not None and before.status is status:
            _still(unit, before, turn)
            continue
        became[name] = status
        _turn(unit, scene, before, turn)
    return became


def _of(service: str, known: Mapping[tuple[str, str], Standing]) -> dict[str, Standing]:
    """How the checks of one service stand, by their names."""
    return {check: each for (owner, check), each in known.items() if owner == service}


def _turn(unit: Unit, scene: Scene, before: Count | None, turn: _Turn) -> None:
    """A service becomes something else: its spell begins, goes on or ends, and whoever follows it is told."""
    spell = _spell(unit, before, turn)
    count = Count(turn.status, unit.now, spell.id if spell else before.spell if before else "")
    records.put_count(unit, turn.service.name, count)
    data = {
        "from": str(before.status if before else Status.UNKNOWN),
        "to": str(turn.status),
        "reasons": [f"{part.name}: {part.why}" for part in turn.reasons[:_REASONS]],
        "spell": spell.id if spell else "",
        "tier": turn.service.tier,
        "needed_by": needed_by(scene.services, turn.service.name),
    }
    events.append(unit, CHANGED, turn.service.name, actor="system", data=data)
    unit.wake(TOPIC)
    if spell is not None:
        _show(unit, scene, spell, turn)


def _show(unit: Unit, scene: Scene, spell: Spell, turn: _Turn) -> None:
    """Show the card once something is seen to be wrong, and from then on tell each change.

    That something cannot be found out makes none: when Prometheus is away, every service would have one.
    """
    if turn.status in _WRONG and not any(change.status in _WRONG for change in spell.changes[:-1]):
        for place in places(scene, turn.service):
            outbox.publish(unit, VIEW, spell.id, place)
        return
    outbox.announce(unit, VIEW, spell.id, _words(spell, turn))


def _spell(unit: Unit, before: Count | None, turn: _Turn) -> Spell | None:
    """The spell that this belongs to; None for what begins by being healthy."""
    change = Change(at=unit.now, status=turn.status, why=_said(turn))
    if before is not None and before.spell:
        last = records.spell(unit, before.spell)
        if last.goes_on(unit.now):
            return records.save_spell(unit, last, last.with_change(change))
    if turn.status is Status.HEALTHY:
        return None
    spell = Spell(
        id=next_number(unit, PREFIX),
        service=turn.service.name,
        began=unit.now,
        status=turn.status,
        changes=(change,),
    )
    records.add_spell(unit, spell)
    return spell


def _still(unit: Unit, count: Count, turn: _Turn) -> None:
    """It is what it was for other reasons: its card says so."""
    if not count.spell or turn.status is Status.HEALTHY:
        return
    spell = records.spell(unit, count.spell)
    change = Change(at=unit.now, status=turn.status, why=_said(turn))
    last = spell.changes[-1]
    if (last.status, last.why) == (change.status, change.why):
        return
    records.save_spell(unit, spell, spell.with_change(change))
    outbox.refresh(unit, VIEW, spell.id)
    unit.wake(TOPIC)


def _words(spell: Spell, turn: _Turn) -> str:
    name = turn.service.name
    if spell.ended is not None:
        return f"✓ {name} is healthy again, after {lasted(spell)}."
    said = "; ".join(_said(turn)[:_REASONS])
    return f"{name} is {turn.status} now: {said}."


def lasted(spell: Spell) -> str:
    """How long it was not healthy the last time, and that it was not the only time."""
    stretches = spell.stretches
    last = stretches[-1]
    said = span(last.ended - last.began) if last.ended is not None else "now"
    if len(stretches) == 1:
        return said
    return f"{said}; it was not healthy {len(stretches)} times since {moment(stretches[0].began)}"


def _said(turn: _Turn) -> tuple[str, ...]:
    return tuple(f"{part.name}: {part.why}" for part in turn.reasons)


def _reasons(service: Service, known: Mapping[str, Standing]) -> tuple[Part, ...]:
    bad = [
        Part(check.name, known[check.name].status, known[check.name].why, check.critical)
        for check in service.health
        if check.name in known and known[check.name].judged and known[check.name].status is not Status.HEALTHY
    ]
    return tuple(sorted(bad, key=lambda part: not part.critical))


def needed_by(services: Mapping[str, Service], name: str) -> list[str]:
    """The services that say that they depend on this one."""
    return [other.name for other in services.values() if name in other.depends_on]


def places(scene: Scene, service: Service) -> list[Place]:
    """Where changes of this service are told."""
    if scene.health.notify:
        found = [place for name in scene.health.notify for place in scene.channels[name].places]
    else:
        team = scene.teams.get(service.owner or "")
        found = list(team.places) if team else []
    return list({(place.platform, place.channel): place for place in found}.values())


def _tidy(unit: Unit, scene: Scene) -> None:
    """Checks and services that are not watched any more: their rows go, and their spells end."""
    kept = [each.key for each in watched(scene)]
    before = records.counts(unit)
    for name in records.forget(unit, kept, {service for service, _ in kept}):
        count = before[name]
        events.append(unit, "health.unwatched", name, actor="system", data={"from": str(count.status)})
        spell = records.spell(unit, count.spell) if count.spell else None
        if spell is not None and spell.ended is None:
            over = {"ended": unit.now, "status": Status.UNKNOWN}
            records.save_spell(unit, spell, over)
            outbox.announce(unit, VIEW, spell.id, f"{name} is not watched any more.")
