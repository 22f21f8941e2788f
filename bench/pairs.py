"""Two ways of one thing, measured in short turns one after the other; what counts is the median ratio."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Once = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Turn:
    """What one turn of one way reached: things per second, and how long each took, in seconds."""

    rate: float
    times: tuple[float, ...]

    def share(self, part: float) -> float:
        """The time below which this part of all things stayed, in milliseconds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000


async def turn(things: list[Once], callers: int) -> Turn:
    """Do all things, `callers` at a time."""
    waiting = iter(things)
    times: list[float] = []

    async def work() -> None:
        for thing in waiting:
            began = time.perf_counter()
            await thing()
            times.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(callers)))
    return Turn(len(things) / (time.perf_counter() - began), tuple(times))


def report(name: str, ours: list[Turn], bare: list[Turn], target: float) -> bool:
    """Print the median of both and of their ratio; whether the target is reached."""
    ratio = statistics.median(one.rate / other.rate for one, other in zip(ours, bare, strict=True))
    mine = statistics.median(each.rate for each in ours)
    theirs = statistics.median(each.rate for each in bare)
    p99 = statistics.median(each.share(0.99) for each in ours)
    verdict = "reached" if ratio >= target else "MISSED"
    print(
        f"{name:44} ours {mine:7.0f}/s (p99 {p99:6.1f} ms)   bare {theirs:7.0f}/s   "
        f"ratio {ratio:.2f}, target {target:.2f}: {verdict}",
        flush=True,
    )
    return ratio >= target
