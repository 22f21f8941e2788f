"""What those cost who wait on a WebSocket, and how soon one hears of news: `python -m bench.live`."""

import argparse
import asyncio
import resource
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from tests.bot.web.api.house import Program, World, serving
from tests.bot.web.live.socket import Line, line

LIMITS = "requests_per_minute: {person: 1000000, workspace: 1000000}\n  connections_per_token: 100000"


async def _one_line(writer: Program, number: int) -> float:
    status, said = await writer.post("/incidents/INC-1/timeline", {"text": f"no. {number}"})
    assert status == 201, said
    return time.perf_counter()


async def _soon(writer: Program, live: Line, count: int) -> list[float]:
    """Milliseconds from the answer to a line until its frame is there."""
    times = []
    for number in range(count):
        answered = await _one_line(writer, number)
        await live.hear()
        times.append((time.perf_counter() - answered) * 1000)
    return sorted(times)


async def _rate(writer: Program, count: int) -> float:
    began = time.perf_counter()
    for number in range(count):
        await _one_line(writer, number)
    return count / (time.perf_counter() - began)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _measure(world: World, waiting: int, count: int) -> None:
    ana = await world.program("ana")
    for title in ("Slow", "Slower"):
        await ana.post("/incidents", {"title": title})
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as many,
        AsyncExitStack() as held,
    ):
        waiter = Program(ana.base, ana.secret, many)
        async with line(ana) as live:
            await live.follow("incident:INC-1")
            times = await _soon(ana, live, count)
            print(
                f"one follower: frame after {statistics.median(times):.1f} ms, p99 {times[int(count * 0.99)]:.1f} ms"
            )
        alone = [await _rate(ana, count) for _ in range(3)]
        before = _memory()
        for _ in range(waiting):
            await (await held.enter_async_context(line(waiter))).follow("incident:INC-2")
        each = (_memory() - before) * 1024 / waiting
        beside = [await _rate(ana, count) for _ in range(3)]
        ratio = statistics.median(beside) / statistics.median(alone)
        print(
            f"{waiting} wait: {each:.0f} KiB each, both ends; {ratio:.2f} of the rate of writes without them"
        )


async def main(waiting: int, count: int) -> None:
    """Measure on SQLite, everything in one process."""
    with tempfile.TemporaryDirectory() as folder:
        async with serving(Path(folder) / "house", limits=LIMITS) as world:
            await _measure(world, waiting, count)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waiting", type=int, default=500)
    parser.add_argument("--count", type=int, default=200)
    given = parser.parse_args()
    asyncio.run(main(given.waiting, given.count))
