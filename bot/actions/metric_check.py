"""The action `metric.check`: one figure from the configured Prometheus."""

import math
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from bot.actions.web import Question, ask, parsed
from core.runbooks.action import ActionFailed, ActionSpec, Context

_OK = 200


class MetricArgs(BaseModel):
    """A PromQL expression that gives one number."""

    model_config = ConfigDict(extra="forbid")

    promql: str = Field(min_length=1, max_length=4_000)


class MetricCheck:
    """Asks Prometheus. `address` is empty where none is configured."""

    spec: ClassVar[ActionSpec] = ActionSpec(
        name="metric.check", args=MetricArgs, nature=lambda _: "idempotent", changes=lambda _: False
    )

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")

    async def run(self, args: MetricArgs, context: Context) -> dict[str, Any]:
        """Ask; the result has `value` and the `labels` of its series.

        Raises:
            ActionFailed: no Prometheus is configured or answers, or there is not exactly one number.
        """
        if not self._address:
            raise ActionFailed("No Prometheus is configured. Add `backends: {metrics: {prometheus: ...}}`.")
        url = f"{self._address}/api/v1/query?{urlencode({'query': args.promql})}"
        question = Question("GET", url, {"Accept": "application/json"}, seconds=30.0)
        answer = await ask(question, [urlsplit(self._address).netloc.lower()], context.stop)
        said = parsed(answer.body)
        if answer.status != _OK or not isinstance(said, dict) or said.get("status") != "success":
            why = said.get("error", "") if isinstance(said, dict) else ""
            raise ActionFailed(
                f"Prometheus could not answer (status {answer.status}). {str(why)[:300]}".rstrip(),
                retriable=answer.is_retriable,
                retry_after=answer.retry_after,
            )
        return _figure(said.get("data") or {})


def _figure(data: dict[str, Any]) -> dict[str, Any]:
    kind, found = data.get("resultType"), data.get("result") or []
    if kind == "scalar":
        found = [{"metric": {}, "value": found}]
    if kind not in ("scalar", "vector"):
        raise ActionFailed(f"The query gives a {kind}, and a step needs one number.")
    if not found:
        raise ActionFailed("There is no data for this query now.", retriable=True)
    if len(found) > 1:
        raise ActionFailed(
            f"The query gives {len(found)} series, and a step needs one. Put max(…) around it."
        )
    value = float(found[0]["value"][1])
    if not math.isfinite(value):
        raise ActionFailed(f"The query gives {found[0]['value'][1]}, which is no number to judge by.")
    return {"value": value, "labels": dict(found[0].get("metric") or {})}
