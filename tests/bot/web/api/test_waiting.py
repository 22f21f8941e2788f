"""What waits for people costs its row and nothing else."""

import asyncio
import gc
import threading
from pathlib import Path

from core.approvals.request import Request
from core.store import deadlines
from tests.bot.web.api.house import QUESTION, serving

_LIMITS = "pending_per_program: 1000"
_MORE = 40


def _held() -> tuple[int, int, int]:
    """Tasks, threads, and requests in memory."""
    gc.collect()
    requests = sum(type(one) is Request for one in gc.get_objects())
    # The loop's own pool and that of the readers grow, up to a limit, when much is done at once, whoever waits.
    pools = ("asyncio_", "wardroom-reader")
    threads = sum(not one.name.startswith(pools) for one in threading.enumerate())
    return len(asyncio.all_tasks()), threads, requests


async def test_a_question_that_nobody_answers_holds_no_worker_no_connection_and_no_memory(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path, limits=_LIMITS) as world:
        rex = await world.program("rex")

        async def ask(number: int) -> None:
            status, _ = await rex.post("/approvals", QUESTION | {"subject": {"n": number}})
            assert 201 == status

        for number in range(5):
            await ask(number)
        before = _held()
        for number in range(5, 5 + _MORE):
            await ask(number)
        # The house has work of its own, now more, now less; what a question held would be there once for each.
        async with asyncio.timeout(20):
            while any(now - then > _MORE // 2 for now, then in zip(_held(), before, strict=True)):
                await asyncio.sleep(0.05)
        waiting = [
            await world.house.store.read(deadlines.pending, "approval.due", f"AP-{n}") for n in (1, 5 + _MORE)
        ]
        assert None not in waiting, "each of them still waits, as a row"
