"""The addresses that senders of alerts point to, and what each sender is called in conditions. Pure."""

from collections.abc import Mapping

PATHS: Mapping[str, str] = {
    "alertmanager": "/hooks/alertmanager",
    "grafana": "/hooks/grafana",
    "pagerduty": "/hooks/events/v2/enqueue",
    "cloudevents": "/hooks/cloudevents",
}
"""The address of each built-in sender that has no name of its own."""

ANY = "/hooks/generic/NAME"
_ENQUEUE = "/v2/enqueue"  # clients of the Events API put this behind whatever address they are given


def named(kind: str, name: str) -> str:
    """What conditions call a sender of a kind that has a name of its own: `alertmanager:shop`."""
    return f"{kind}:{name}"


def address(kind: str, name: str = "") -> str:
    """Where a sender of this kind points to; with a name, the address that is its own."""
    if not name:
        return PATHS[kind]
    head, tail, _ = PATHS[kind].partition(_ENQUEUE)
    return f"{head}/{name}{tail}"
