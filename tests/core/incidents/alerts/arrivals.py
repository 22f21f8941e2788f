"""News of alerts as a sender whose clock is right would tell them."""

from datetime import datetime
from typing import Any

from core.incidents.alerts.course import Arrival
from core.incidents.sources.source import News, Said


def firing(started: datetime | None = None, **more: Any) -> Arrival:
    """It fires since then."""
    return arrival(News("f1", "HighErrors", Said.FIRING, started=started, **more))


def over(started: datetime | None, ended: datetime | None, **more: Any) -> Arrival:
    """It fired, and is over."""
    return arrival(News("f1", "HighErrors", Said.RESOLVED, started=started, ended=ended, **more))


def arrival(news: News, muted: str = "") -> Arrival:
    """These news, with what the house makes of them."""
    return Arrival(news, id="a1", source="alertmanager", group="g1", service="checkout", muted=muted)
