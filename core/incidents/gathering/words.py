"""What an incident's timeline and thread say of its alerts. Pure."""

from collections.abc import Sequence
from datetime import datetime

from core.incidents.alerts.alert import Alert
from core.text import cut, moment, one_line

_NAMED = 3
_TITLE = 180
_WHERE = ("instance", "pod", "host", "node", "device", "job", "component", "source")


def title(alerts: Sequence[Alert]) -> str:
    """What an incident is called that comes of these alerts; the first is the one to name."""
    first = alerts[0]
    summary = one_line(first.annotations.get("summary", ""), _TITLE)
    of = (
        f" of {first.service}"
        if first.service and first.service.casefold() not in first.name.casefold()
        else ""
    )
    said = summary or f"{first.name}{of}"
    names = {one.name for one in alerts}
    return cut(said if len(names) == 1 else f"{said} and {len(names) - 1} more", _TITLE)


def listed(alerts: Sequence[Alert]) -> str:
    """`HighErrors (web-1), HighErrors (web-2) and 4 more`."""
    named = [_named(one) for one in alerts[:_NAMED]]
    more = len(alerts) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def fired(sender: str, alerts: Sequence[Alert]) -> str:
    """These alerts fire now."""
    return f"{sender}: {_many(len(alerts))} {'fires' if len(alerts) == 1 else 'fire'}: {listed(alerts)}."


def over(sender: str, alerts: Sequence[Alert], left: int) -> str:
    """These alerts are over; so many are not."""
    still = f" {left} still {'fires' if left == 1 else 'fire'}." if left else ""
    verb = "is" if len(alerts) == 1 else "are"
    return f"{sender}: {_many(len(alerts))} {verb} over: {listed(alerts)}.{still}"


def flaps(sender: str, alerts: Sequence[Alert]) -> str:
    """These alerts come and go."""
    verb = "comes and goes" if len(alerts) == 1 else "come and go"
    return f"{sender}: {listed(alerts)} {verb}; each single time is told no more until it is quiet."


def watched(total: int, until: datetime) -> str:
    """All are over; it is watched for a while."""
    return (
        f"{_all(total)} over. It is watched until {moment(until)}, and resolved then unless one fires again."
    )


def resolved(total: int, checked: datetime) -> str:
    """Nothing has fired meanwhile."""
    return f"Resolved by rule: {_all(total).lower()} over, and none fired again (checked {moment(checked)})."


def back(before: str) -> str:
    """Alerts fire again of an incident that was over or about to be."""
    return f"It is back: it was {before}, and its alerts fire again."


def _all(total: int) -> str:
    return "Its alert is" if total == 1 else f"All {total:,} alerts are"


def _many(number: int) -> str:
    return "1 alert" if number == 1 else f"{number:,} alerts"


def _named(alert: Alert) -> str:
    where = next((alert.labels[name] for name in _WHERE if alert.labels.get(name)), "")
    return f"{one_line(alert.name, 80)} ({one_line(where, 60)})" if where else one_line(alert.name, 100)
