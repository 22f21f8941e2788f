"""The check `promql`: a condition over metrics holds for every series, or a number is not zero."""

from typing import ClassVar

from core.catalogue import condition
from core.catalogue.condition import Condition
from core.catalogue.probes import PromqlProbe
from core.health.check import CheckSpec, Finding, Status
from core.observability.ports import Figures, NoAnswer, Series
from core.text import one_line

_NO_DATA = "there is no data; write (… or vector(0)) if that is well"
_SHOWN = 3


class PromqlCheck:
    """Asks where figures are kept; None where nothing is configured."""

    spec: ClassVar[CheckSpec] = CheckSpec("promql", PromqlProbe)

    def __init__(self, figures: Figures | None, side: str = "") -> None:
        self._figures = figures
        self.side = side

    async def probe(self, args: PromqlProbe, seconds: float) -> Finding:
        """Ask."""
        del seconds
        if self._figures is None:
            return Finding(
                Status.UNKNOWN, "no Prometheus is configured: `backends: {metrics: {prometheus: …}}`"
            )
        wanted = condition.parse(args.query)
        try:
            found = await self._figures.now(wanted.ask)
            if not found:
                return Finding(Status.UNKNOWN, _NO_DATA)
            if any(one.left_out or not one.values for one in found):
                return Finding(Status.UNKNOWN, "the figure is NaN or infinite, which nobody can judge")
            bad = [one for one in found if one.values[-1] == 0]
            if not bad:
                return Finding(Status.HEALTHY, _good(found, wanted))
            figures = await self._figures.now(wanted.figure) if wanted.figure else ()
        except NoAnswer as error:
            return Finding(Status.UNKNOWN, one_line(error.why, 300), is_lost=error.retriable)
        return Finding(Status.UNHEALTHY, _bad(bad, figures, wanted))


def _good(found: tuple[Series, ...], wanted: Condition) -> str:
    if wanted.wanted:
        return f"{one_line(wanted.wanted, 60)} holds for {_count(len(found))}"
    return f"it is {found[0].values[-1]:g}" if len(found) == 1 else f"none of {_count(len(found))} is zero"


def _bad(bad: list[Series], figures: tuple[Series, ...], wanted: Condition) -> str:
    if not wanted.wanted:
        return f"it is zero{_named(bad)}"
    values = {_labels(one): one.values[-1] for one in figures if one.values}
    value = values.get(_labels(bad[0]), next(iter(values.values()), None) if len(values) == 1 else None)
    said = f"it is {value:g}, and should be" if value is not None else "it is not"
    return f"{said} {one_line(wanted.wanted, 60)}{_named(bad)}"


def _named(bad: list[Series]) -> str:
    named = [text for one in bad[:_SHOWN] if (text := _labels(one))]
    more = f" and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
    return f" for {'; '.join(named)}{more}" if named else ""


def _labels(series: Series) -> str:
    labels = sorted((name, value) for name, value in series.labels.items() if name != "__name__")
    return one_line(", ".join(f"{name}={value}" for name, value in labels), 120)


def _count(number: int) -> str:
    return f"{number} series"
