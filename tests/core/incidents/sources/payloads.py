"""What senders really send, as their documents show it."""

from typing import Any

ALERT: dict[str, Any] = {
    "status": "firing",
    "labels": {"alertname": "HighErrors", "severity": "critical", "service": "checkout", "instance": "web-1"},
    "annotations": {"summary": "Checkout fails for 5 %", "description": "more than 1 % for 5 minutes"},
    "startsAt": "2026-03-02T08:59:26.739266876Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://prometheus.example:9090/graph?g0.expr=up",
    "fingerprint": "c6eadffa33fcdf37",
}


def alertmanager(*alerts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A group of Alertmanager's."""
    told = alerts or (ALERT,)
    return {
        "version": "4",
        "groupKey": '{}/{severity="critical"}:{alertname="HighErrors"}',
        "truncatedAlerts": 0,
        "status": told[0].get("status", "firing"),
        "receiver": "wardroom",
        "groupLabels": {"alertname": "HighErrors"},
        "commonLabels": {"alertname": "HighErrors"},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example:9093",
        "alerts": list(told),
    } | more


def pagerduty(action: str = "trigger", **more: Any) -> dict[str, Any]:
    """An event of the Events API v2."""
    event: dict[str, Any] = {"routing_key": "r" * 32, "event_action": action, "dedup_key": "srv01/mysql"}
    if action == "trigger":
        event |= {
            "payload": {
                "summary": "DISK at 99% on machine prod-datapipe03",
                "source": "prod-datapipe03",
                "severity": "error",
                "timestamp": "2026-03-02T08:58:00.000+0000",
                "component": "checkout",
                "group": "prod-datapipe",
                "class": "disk",
                "custom_details": {"free space": "1%", "ping time": 1500},
            },
            "client": "Sample Monitoring",
            "client_url": "https://monitoring.example",
        }
    return event | more


def cloudevent(**more: Any) -> dict[str, Any]:
    """An event in the JSON format."""
    return {
        "specversion": "1.0",
        "id": "A234-1234-1234",
        "source": "/disks",
        "subject": "checkout",
        "type": "test.disk.full",
        "time": "2026-03-02T08:59:00Z",
        "data": {"status": "firing", "severity": "critical", "summary": "The disk is full"},
    } | more
