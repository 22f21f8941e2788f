"""The action `sleep`."""

import asyncio
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from bot.actions.sleep import Sleep, SleepArgs
from core.runbooks.action import ActionFailed, Context


def context(stop: asyncio.Event) -> Context:
    """What a step is told."""
    now = datetime(2026, 11, 21, tzinfo=UTC)
    return Context(execution="RUN-1", step="a", key="k", attempt=1, deadline=now, stop=stop)


async def test_a_pause_lasts_as_long_as_its_file_says() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    result = await Sleep().run(SleepArgs.model_validate({"for": "50ms"}), context(asyncio.Event()))
    assert {"seconds": 0.05} == result
    assert loop.time() - began >= 0.049


async def test_a_pause_ends_when_it_is_told_to_stop() -> None:
    stop = asyncio.Event()
    pause = asyncio.ensure_future(Sleep().run(SleepArgs.model_validate({"for": "5m"}), context(stop)))
    await asyncio.wait({pause}, timeout=0.02)
    stop.set()
    with pytest.raises(ActionFailed, match="stopped"):
        await asyncio.wait_for(pause, 2)


@pytest.mark.parametrize(
    ("given", "words"), [("5m1s", "`wait: "), ("soon", "not a duration"), ("", "not a duration")]
)
def test_a_pause_that_is_long_or_none_is_refused(given: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SleepArgs.model_validate({"for": given})
