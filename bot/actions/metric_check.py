"""The action `metric.check`: one figure from Prometheus, now or over a window, held against a bound."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from bot.actions.backend import Window, configured, looks, unless_stopped
from core.observability.ports import Figures, Series
from core.observability.queries import promql
from core.runbooks.action import ActionFailed, ActionSpec, Context
from core.runbooks.definition import duration_text


class MetricArgs(BaseModel):
    """A PromQL expression that gives one number, and what the number has to be.

    With a `window`, every value of that time has to be so.
    """

    model_config = ConfigDict(extra="forbid")

    promql: str = Field(min_length=1, max_length=4_000)
    above: float | None = None
    below: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    window: Window | None = None


_BOUNDS: Mapping[str, Callable[[float, float], bool]] = {
    "above": lambda value, bound: value > bound,
    "below": lambda value, bound: value < bound,
    "at_least": lambda value, bound: value >= bound,
    "at_most": lambda value, bound: value <= bound,
}


class MetricCheck:
    """Asks where figures are kept; None where none is configured."""

    spec: ClassVar[ActionSpec] = replace(
        looks("metric.check", MetricArgs), queries={"promql": promql.written}
    )

    def __init__(self, figures: Figures | None) -> None:
        self._figures = figures

    async def run(self, args: MetricArgs, context: Context) -> dict[str, Any]:
        """Ask; the result has `value` (the latest), `labels`, and `lowest`, `highest`, `mean` of the window.

        Raises:
            ActionFailed: no Prometheus is configured or answers, there is not exactly one series, or it is not
                as it has to be, which may pass.
        """
        figures = configured(self._figures, "Prometheus", "{metrics: {prometheus: ...}}")
        asking = figures.now(args.promql) if args.window is None else figures.over(args.promql, args.window)
        series = _one(await unless_stopped(asking, context.stop))
        values = series.values
        for name, holds in _BOUNDS.items():
            bound = getattr(args, name)
            wrong = [value for value in values if bound is not None and not holds(value, bound)]
            if wrong:
                raise ActionFailed(_complaint(args, name, bound, wrong[-1]), retriable=True)
        return {
            "value": values[-1],
            "labels": dict(series.labels),
            "lowest": min(values),
            "highest": max(values),
            "mean": sum(values) / len(values),
        }


def _one(found: tuple[Series, ...]) -> Series:
    if not found:
        raise ActionFailed("There is no data for this query now.", retriable=True)
    if len(found) > 1:
        raise ActionFailed(
            f"The query gives {len(found)} series, and a step needs one. Put max(…) around it."
        )
    if not found[0].values:
        raise ActionFailed("The query gives NaN or infinity, which is no number to judge by.", retriable=True)
    return found[0]


def _complaint(args: MetricArgs, name: str, bound: float, value: float) -> str:
    when = "" if args.window is None else f" for {duration_text(args.window)}"
    return f"It is {value:g}, and has to be {name.replace('_', ' ')} {bound:g}{when}."
