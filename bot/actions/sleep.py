"""The action `sleep`: a short pause between two steps, or before one is undone."""

import asyncio
from datetime import timedelta
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.quantity import Duration
from core.runbooks.action import ActionFailed, ActionSpec, Context

LONGEST = timedelta(minutes=5)


class SleepArgs(BaseModel):
    """How long, five minutes at most: a worker is held for that long. A step with `wait:` holds none."""

    model_config = ConfigDict(extra="forbid")

    for_: Duration = Field(alias="for")

    @field_validator("for_")
    @classmethod
    def _is_short(cls, value: timedelta) -> timedelta:
        if value > LONGEST:
            raise ValueError("longer than 5m, for which a step with `wait: {for: ...}` is made")
        return value


class Sleep:
    """Pauses. After a crash it begins anew."""

    spec: ClassVar[ActionSpec] = ActionSpec(
        name="sleep", args=SleepArgs, nature=lambda _: "idempotent", changes=lambda _: False
    )

    async def run(self, args: SleepArgs, context: Context) -> dict[str, Any]:
        """Pause; the result has `seconds`.

        Raises:
            ActionFailed: it was stopped.
        """
        seconds = args.for_.total_seconds()
        try:
            await asyncio.wait_for(context.stop.wait(), seconds)
        except TimeoutError:
            return {"seconds": seconds}
        raise ActionFailed("The pause was stopped.")
