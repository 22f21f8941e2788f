"""A small world to which alerts are sent, and everything that follows from them without a worker that waits."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from core import wiring
from core.catalogue.model import Service
from core.clock import ManualClock
from core.incidents import records as incidents
from core.incidents.alerts import units as alerts
from core.incidents.alerts.alert import Alert
from core.incidents.alerts.search import records as searching
from core.incidents.alerts.units import Received
from core.incidents.config import AlertsConfig
from core.incidents.incident import Incident
from core.incidents.sources.source import News, Report, Said
from core.notify.channel import Channel
from core.people.person import Person
from core.people.team import Team
from core.place import Place
from core.store import deadlines, dispatch, outbox_rows
from core.store.engine import Store, Unit
from core.store.spread import spread
from core.world import World

OPS, TEAM, LOUD = (Place(platform="slack", channel=name) for name in ("C0OPS", "C0TEAM", "C0LOUD"))
ANA = Person(id="ana", name="Ana")
CONFIG: dict[str, Any] = {
    "routes": [
        {"match": 'labels.severity == "critical"', "declare": "high", "team": "platform", "notify": ["loud"]},
        {"match": 'labels.severity == "warning"', "declare": "low"},
        {"match": 'labels.severity == "info"'},
    ]
}


def world(**changes: Any) -> World:
    """A service, its team, two channels."""
    return World(
        workspace="acme",
        teams={"platform": Team(name="platform", members=("ana",), places=(TEAM,))},
        services={"checkout": Service(name="checkout", aliases=("cart",), owner="platform")},
        channels={
            name: Channel(name=name, places=(place,)) for name, place in (("ops", OPS), ("loud", LOUD))
        },
        alerts=AlertsConfig.model_validate(CONFIG | changes),
        secret_key="a secret of this house",
    )


@dataclass
class Street:
    """Senders, the store, and the time."""

    store: Store
    clock: ManualClock
    world: World = field(default_factory=world)

    async def sends(self, *news: News, source: str = "alertmanager", key: str = "", **more: Any) -> Received:
        """A delivery; without a key of its own it is one that was never there before."""
        key = key or f"{self.clock.now()}:{news}"
        return await self.store.transact(alerts.receive, self.world, source, Report(news, **more), key)

    async def reacts(self) -> int:
        """Everything that follows from what was committed; returns how often groups were looked at."""
        done = 0
        while rows := await self.store.transact(_reactions):
            for row in rows:
                await self.store.transact(self._react, row)
                done += row.payload["reaction"] == alerts.REACTION
        return done

    def _react(self, unit: Unit, row: dispatch.Outgoing) -> None:
        payload = row.payload
        wiring.REACTIONS[payload["reaction"]](unit, self.world, payload["ref"], payload["data"])
        dispatch.sent(unit, row, None)

    async def hears(self, *news: News, **more: Any) -> None:
        """A delivery, and all that follows."""
        await self.sends(*news, **more)
        await self.reacts()

    async def passes(self, **span: float) -> None:
        """Time goes by, and what is due is done, in its order."""
        end = self.clock.now() + timedelta(**span)
        while True:
            at = await self.store.read(deadlines.earliest)
            if at is None or at > end:
                break
            self.clock.advance(max(timedelta(), at - self.clock.now()))
            for due in await self.store.read(deadlines.due):
                await self.store.transact(self._serve, due)
            await self.reacts()
        self.clock.advance(end - self.clock.now())

    def _serve(self, unit: Unit, due: deadlines.Deadline) -> None:
        assert deadlines.take(unit, due)
        wiring.DEADLINES[due.kind](unit, self.world, due.ref)

    async def incidents(self) -> list[Incident]:
        """All, the first first."""
        found = await self.store.read(incidents.find, only_open=False)
        return sorted(found, key=lambda one: one.created)

    async def alerts(self, **wanted: Any) -> list[Alert]:
        """All alerts."""
        found, _ = await self.store.read(searching.find, searching.Search(**wanted), 1_000)
        return found

    async def story(self, incident: str = "INC-1") -> list[str]:
        """The lines of the timeline, without what the house thought of it when it began."""
        entries = await self.store.read(incidents.timeline, incident)
        return [entry.text for entry in entries if entry.kind != "triage"]

    async def told(self) -> list[str]:
        """What was said in threads and channels."""
        return await self.store.transact(_told)

    async def changes(self, **routes: Any) -> None:
        """The file says something else now."""
        self.world = replace(self.world, alerts=AlertsConfig.model_validate(CONFIG | routes))


def firing(name: str = "HighErrors", where: str = "web-1", **more: Any) -> News:
    """An alert of checkout that fires."""
    labels = {"alertname": name, "severity": "critical", "service": "checkout", "instance": where}
    labels |= more.pop("labels", {})
    return News(
        fingerprint=f"{name}/{where}",
        name=name,
        said=Said.FIRING,
        group=more.pop("group", "{}:{service=checkout}"),
        labels=labels,
        annotations={"summary": f"{name} on {where}"},
        severity=labels["severity"],
        service=labels["service"],
        **more,
    )


def over(name: str = "HighErrors", where: str = "web-1", ended: datetime | None = None, **more: Any) -> News:
    """The same alert is over."""
    return replace(firing(name, where, **more), said=Said.RESOLVED, ended=ended)


def many(number: int, **more: Any) -> Iterable[News]:
    """So many alerts of one group."""
    return (firing(where=f"web-{index}", **more) for index in range(number))


def _reactions(unit: Unit) -> list[dispatch.Outgoing]:
    found = dispatch.claim(unit, leader=True, limit=1_000)
    rest = [row for row in found if row.kind != "react"]
    for row in rest:
        dispatch.sent(unit, row, None)
    return [row for row in found if row.kind == "react"]


def _told(unit: Unit) -> list[str]:
    spread(unit)
    rows = outbox_rows.OUTBOX
    found = unit.conn.execute(rows.select().where(rows.c.kind == "say").order_by(rows.c.seq))
    return [str(row.payload.get("text", "")) for row in found]
