"""An Alertmanager that notifies one webhook receiver as the real one does: groups, waits, repeats, tries again.

Source: Alertmanager's notification pipeline and the documentation of `webhook_config`. A group is told again when
something in it changed, or after `repeat_interval`; what could not be told is told at the next flush; 5xx answers
are tried again at once, 4xx are not; alerts that ended leave the group once that was told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp

_NEVER = "0001-01-01T00:00:00Z"
_TRIES = 3


@dataclass
class _Alert:
    labels: dict[str, str]
    annotations: dict[str, str]
    starts: datetime
    ends: datetime | None = None

    @property
    def status(self) -> str:
        return "resolved" if self.ends is not None else "firing"


@dataclass
class _Group:
    labels: dict[str, str]
    alerts: dict[str, _Alert] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    last: datetime | None = None


class Alertmanager:
    """Fires, repeats and resolves at a receiver."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        group_by: tuple[str, ...] = ("alertname",),
        repeat_interval: timedelta = timedelta(hours=4),
        max_alerts: int = 0,
    ) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}", "User-Agent": "Alertmanager/0.28.1"}
        self._group_by = group_by
        self._repeat = repeat_interval
        self._max = max_alerts
        self._groups: dict[str, _Group] = {}

    def fires(self, at: datetime, summary: str = "", **labels: str) -> None:
        """Prometheus sends an alert that fires."""
        group = self._group(labels)
        known = group.alerts.get(fingerprint(labels))
        if known is None or known.ends is not None:
            notes = {"summary": summary} if summary else {}
            group.alerts[fingerprint(labels)] = _Alert(dict(labels), notes, at)

    def resolves(self, at: datetime, **labels: str) -> None:
        """Prometheus sends that it is over."""
        self._group(labels).alerts[fingerprint(labels)].ends = at

    async def flush(self, now: datetime) -> list[int]:
        """Every group whose interval is over tells what it has to tell; returns the answers."""
        answers = []
        async with aiohttp.ClientSession(headers=self._headers) as http:
            for key, group in self._groups.items():
                if not self._is_due(group, now):
                    continue
                answer = await self._notify(http, self._payload(key, group))
                answers.append(answer)
                if answer < 300:
                    self._told(group, now)
        return answers

    def _group(self, labels: Mapping[str, str]) -> _Group:
        named = {name: labels.get(name, "") for name in self._group_by if labels.get(name)}
        inside = ", ".join(f'{name}="{value}"' for name, value in sorted(named.items()))
        return self._groups.setdefault(f"{{}}:{{{inside}}}", _Group(named))

    def _is_due(self, group: _Group, now: datetime) -> bool:
        stand = {key: alert.status for key, alert in group.alerts.items()}
        if not stand:
            return False
        if group.last is None or any(group.told.get(key) != status for key, status in stand.items()):
            return True
        return now - group.last >= self._repeat

    def _told(self, group: _Group, now: datetime) -> None:
        group.last = now
        group.told = {key: alert.status for key, alert in group.alerts.items()}
        group.alerts = {key: alert for key, alert in group.alerts.items() if alert.ends is None}

    async def _notify(self, http: aiohttp.ClientSession, payload: dict[str, Any]) -> int:
        status = 0
        for _ in range(_TRIES):
            async with http.post(self._url, json=payload) as answer:
                status = answer.status
            if status < 500:
                break
        return status

    def _payload(self, key: str, group: _Group) -> dict[str, Any]:
        alerts = [_wire(each, alert) for each, alert in sorted(group.alerts.items())]
        kept = alerts[: self._max] if self._max else alerts
        fires = any(alert.ends is None for alert in group.alerts.values())
        return {
            "version": "4",
            "groupKey": key,
            "truncatedAlerts": len(alerts) - len(kept),
            "status": "firing" if fires else "resolved",
            "receiver": "wardroom",
            "groupLabels": group.labels,
            "commonLabels": group.labels,
            "commonAnnotations": {},
            "externalURL": "http://alertmanager.example:9093",
            "alerts": kept,
        }


def fingerprint(labels: Mapping[str, str]) -> str:
    """As Prometheus makes it: FNV-1a of 64 bits over names and values."""
    value = 0xCBF29CE484222325
    for name, text in sorted(labels.items()):
        for byte in f"{name}\xff{text}\xff".encode("latin-1", "replace"):
            value = ((value ^ byte) * 0x100000001B3) & (2**64 - 1)
    return f"{value:016x}"


def _wire(key: str, alert: _Alert) -> dict[str, Any]:
    return {
        "status": alert.status,
        "labels": alert.labels,
        "annotations": alert.annotations,
        "startsAt": alert.starts.isoformat(),
        "endsAt": alert.ends.isoformat() if alert.ends is not None else _NEVER,
        "generatorURL": "http://prometheus.example:9090/graph",
        "fingerprint": key,
    }
