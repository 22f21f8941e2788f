"""Alerts and silences for programs."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from bot.web.api.route import Answer, Asking, Page, Query, Route
from core.incidents.alerts import records
from core.incidents.alerts.alert import Alert, Group, State
from core.incidents.alerts.search import records as searching
from core.incidents.alerts.search.records import Search
from core.incidents.silences import records as silences
from core.incidents.silences.silence import Silence
from core.store.engine import Unit

_OURS = frozenset({"begun", "told", "told_over", "told_flaps", "episodes"})


class Which(Page):
    """Which alerts; what is left out does not matter."""

    state: State | None = None
    service: str = Field(default="", max_length=64)
    group: str = Field(default="", max_length=24)
    incident: str = Field(default="", max_length=24)
    silenced: bool | None = None


def routes() -> tuple[Route, ...]:
    """Each with what it takes and may."""
    return (
        Route("GET", "/alerts", "Alerts, firing ones first.", "incident.read", listing, query=Which),
        Route("GET", "/alerts/{id}", "One alert.", "incident.read", show, query=Query, refuses=(404,)),
        Route("GET", "/silences", "What is kept quiet now.", "incident.read", quiet),
    )


async def listing(asking: Asking) -> Answer:
    """A page of alerts."""
    said: Which = asking.query
    wanted = Search(said.state, said.group, said.incident, said.service, said.silenced)

    def look(unit: Unit) -> Answer:
        found, cursor = searching.find(unit, wanted, said.limit, said.cursor)
        groups = records.groups(unit, {one.group for one in found})
        return Answer({"items": [_shape(one, groups.get(one.group)) for one in found], "next": cursor})

    return await asking.store.read(look)


async def show(asking: Asking) -> Answer:
    """One, by its whole id or the beginning of it."""

    def look(unit: Unit) -> Answer:
        alert = searching.get(unit, asking.path["id"])
        return Answer(_shape(alert, records.group(unit, alert.group)))

    return await asking.store.read(look)


async def quiet(asking: Asking) -> Answer:
    """Silences that count now."""
    found = await asking.store.read(silences.active)
    return Answer({"items": [_silence(one) for one in found], "next": None})


def _shape(alert: Alert, group: Group | None) -> dict[str, Any]:
    shown = {name: value for name, value in asdict(alert).items() if name not in _OURS}
    return shown | {
        "state": str(alert.state),
        "silenced_by": shown.pop("muted"),
        "group_key": group.key if group else "",
        "incident": group.incident if group else "",
        "has_route": group.has_route if group else True,
    }


def _silence(one: Silence) -> dict[str, Any]:
    return asdict(one)
