"""A house with one more runbook, which somebody runs from the chat."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.app import House
from core.runbooks import records
from core.runbooks.execution import Execution
from tests.stories.house import running, settings
from tests.stories.seats import Seat, seats


@dataclass
class Staged:
    """The house, and the people who are in its chat."""

    house: House
    dev: Seat
    ana: Seat

    async def ended(self, run: str = "RUN-1") -> Execution:
        """The run, once its card says that it has ended."""
        await self.dev.sees_one(
            lambda one: run in str(one.get("text")) and any(word in str(one.get("text")) for word in _ENDS),
            f"the end of {run}",
        )
        return await self.house.store.read(records.get, run)

    async def outputs(self, step: str, run: str = "RUN-1") -> dict[str, Any]:
        """What a step of a run that ended well gave."""
        execution = await self.ended(run)
        assert str(execution.state) == "COMPLETED", [one.error for one in execution.steps.values()]
        return execution.steps[step].outputs


_ENDS = ("is done.", " failed.", "was cancelled.")


@asynccontextmanager
async def staged(
    folder: Path, runbook: str, more: Mapping[str, Any] | None = None, **environment: Any
) -> AsyncIterator[Staged]:
    """The demo's world with this runbook and more configuration, running, with Dev and Ana in its chat."""
    given = settings(folder, **environment)
    world = yaml.safe_load(given.config.read_text(encoding="utf-8"))
    for section, values in (more or {}).items():
        world[section] = {**world[section], **values} if isinstance(world.get(section), dict) else values
    given.config.write_text(yaml.safe_dump(world, allow_unicode=True), encoding="utf-8")
    (given.config.parent / "runbooks" / "staged.yaml").write_text(runbook, encoding="utf-8")
    async with running(given) as house, seats(house.url, "dev", "ana") as (dev, ana):
        yield Staged(house, dev, ana)
