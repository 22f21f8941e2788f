"""The figures of the practice as metrics: of the last thirty days, looked up again every few minutes. No label names people."""

from prometheus_client import CollectorRegistry, Gauge

from core.errors import Unavailable
from core.incidents.practice import units
from core.incidents.practice.figures import Practice, Spread
from core.store.engine import Store, Unit
from core.world import World

EVERY = 300.0


class PracticeFigures:
    """Gauges; what is not known is not shown."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.incidents = Gauge(
            "wardroom_practice_incidents",
            "Incidents that were declared in the last 30 days.",
            ["severity"],
            registry=registry,
        )
        self.times = Gauge(
            "wardroom_practice_seconds",
            "From being declared until acknowledged, mitigated, resolved, in the last 30 days.",
            ["until", "quantile"],
            registry=registry,
        )
        self.pages = Gauge(
            "wardroom_practice_pages", "Pages of the last 30 days.", ["when"], registry=registry
        )
        self.noise = Gauge(
            "wardroom_practice_noise_ratio",
            "Of the alerts of the last 30 days that are over, the part on which nobody acted.",
            registry=registry,
        )

    async def measure(self, store: Store, world: World) -> None:
        """Look the figures up; while the database is away, the last ones stay."""

        def work(unit: Unit) -> Practice:
            return units.look(unit, world, units.USUAL).now

        try:
            found = await store.read(work)
        except Unavailable:
            return
        for grade in range(1, 6):
            self.incidents.labels(str(grade)).set(found.severities.get(grade, 0))
        for name, spread in (
            ("acknowledged", found.acknowledge),
            ("mitigated", found.mitigate),
            ("resolved", found.resolve),
        ):
            self._time(name, spread)
        night = sum(found.night.values())
        self.pages.labels("night").set(night)
        self.pages.labels("day").set(sum(found.pages.values()) - night)
        self.noise.set(found.noise if found.noise is not None else float("nan"))

    def _time(self, name: str, spread: Spread) -> None:
        for part, took in (("0.5", spread.median), ("0.9", spread.p90)):
            self.times.labels(name, part).set(took.total_seconds() if took is not None else float("nan"))
