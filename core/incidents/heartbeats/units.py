"""Heartbeats are waited for, come, and are missed, which is an alert like any other; each public function one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from core.incidents.alerts import scene as alerting
from core.incidents.alerts import units as alerts
from core.incidents.heartbeats import records
from core.incidents.heartbeats.config import HeartbeatConfig
from core.incidents.heartbeats.heartbeat import Heartbeat, due
from core.incidents.sources.source import News, Report, Said
from core.quantity import span
from core.store import deadlines, events, outages
from core.store.engine import Unit
from core.text import moment

SOURCE = "heartbeat"
MISSED = "heartbeats.missed"
_GONE = HeartbeatConfig(every=timedelta(days=1))


class Scene(alerting.Scene, Protocol):
    """What of the world heartbeats need."""

    @property
    def heartbeats(self) -> Mapping[str, HeartbeatConfig]:
        """What has to report, by name."""
        ...


def arm(unit: Unit, scene: Scene) -> None:
    """Wait for what the configuration names, and for nothing else any more."""
    known = records.known(unit)
    for name in known.keys() - scene.heartbeats.keys():
        if known[name].missed is not None:
            _tell(unit, scene, name, _GONE, replace(known[name], missed=None))
        records.forget(unit, name)
        deadlines.clear(unit, MISSED, name)
    for name, config in scene.heartbeats.items():
        beat = known.get(name) or Heartbeat(name, unit.now)
        records.keep(unit, beat)
        _wait(unit, beat, config)


def beat(unit: Unit, scene: Scene, name: str) -> Heartbeat | None:
    """One came; None if nobody waits for it. If it was missed, its alert is over."""
    config, known = scene.heartbeats.get(name), records.get(unit, name, lock=True)
    if config is None or known is None:
        return None
    came = replace(known, last=unit.now, count=known.count + 1, missed=None)
    records.keep(unit, came)
    _wait(unit, came, config)
    if known.missed is not None:
        away = span(unit.now - (known.last or known.since))
        events.append(unit, "heartbeat.returned", name, actor=SOURCE, data={"after": away})
        _tell(unit, scene, name, config, came)
    return came


def on_missed(unit: Unit, scene: Scene, ref: str) -> None:
    """It should have come by now. If it has not: an alert."""
    config, known = scene.heartbeats.get(ref), records.get(unit, ref, lock=True)
    if config is None or known is None or known.missed is not None:
        return
    if _due(unit, known, config) > unit.now:
        _wait(unit, known, config)
        return
    missed = replace(known, missed=unit.now)
    records.keep(unit, missed)
    events.append(
        unit, "heartbeat.missed", ref, actor="system", data={"last": known.last, "count": known.count}
    )
    _tell(unit, scene, ref, config, missed)


def _wait(unit: Unit, beat: Heartbeat, config: HeartbeatConfig) -> None:
    if beat.missed is None:
        deadlines.set(unit, MISSED, beat.name, _due(unit, beat, config))


def _due(unit: Unit, beat: Heartbeat, config: HeartbeatConfig) -> datetime:
    return due(beat, config, outages.between(unit, beat.last or beat.since, unit.now))


def _tell(unit: Unit, scene: Scene, name: str, config: HeartbeatConfig, beat: Heartbeat) -> None:
    """Let the alert of a heartbeat fire, or end."""
    fires = beat.missed is not None
    last = f"the last one came at {moment(beat.last)}" if beat.last else "none has ever come"
    said = f"{name} has not reported for {span(config.every)}: {last}."
    labels = {"alertname": "HeartbeatMissed", "heartbeat": name, "severity": config.severity, **config.labels}
    if config.service:
        labels["service"] = config.service
    notes = {"summary": f"{name} does not report", "description": said}
    news = News(
        name,
        f"{name} does not report",
        Said.FIRING if fires else Said.RESOLVED,
        group=name,
        labels=labels,
        annotations=notes | ({"about": config.about} if config.about else {}),
        severity=config.severity,
        service=config.service or "",
    )
    alerts.hear(unit, scene, SOURCE, Report((news,)))
