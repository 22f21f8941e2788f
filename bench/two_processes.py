"""Decisions of two processes on one PostgreSQL, beside bare commits of two: `python -m bench.two_processes`."""

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from functools import partial

from sqlalchemy.ext.asyncio import create_async_engine

from bench.decisions import ITEMS, ask, decided, lay, one_statement, server
from bench.pairs import Once, turn
from bot.memory import settle
from core.clock import SystemClock
from core.store.engine import Store
from tests.stores import opened

CALLERS = 16
READY = "ready"


async def things_of(store: Store, url: str, kind: str, name: str, count: int) -> list[Once]:
    """What one process is to do: decide on requests of its own, or change rows of its own."""
    if kind == "ours":
        made = [await store.transact(ask, number, name) for number in range(count // 2)]
        return [partial(decided, store, each, who) for who in ("ana", "bo") for each in made]
    engine = create_async_engine(url, pool_size=CALLERS, max_overflow=0)
    half = ITEMS // 2
    first = half if name.endswith("b") else 0
    return [partial(one_statement, engine, first + number % half) for number in range(count)]


async def child(url: str, kind: str, name: str, count: int) -> None:
    """One of the processes: get ready, say so, and do it when told to."""
    async with opened(url, SystemClock(), process=f"bench-{name}") as store:
        things = await things_of(store, url, kind, name, count)
        settle()
        print(READY, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        began = time.perf_counter()
        await turn(things, CALLERS)
        print(time.perf_counter() - began, flush=True)


def rate(url: str, kind: str, turn_name: str, options: argparse.Namespace) -> float:
    """Things a second that so many processes reach together."""
    names = [f"{turn_name}-{letter}" for letter in "ab"[: options.processes]]
    running = [_start(url, kind, name, options.count) for name in names]
    for each in running:
        if _line(each) != READY:
            raise RuntimeError("a process did not get ready")
    for each in running:
        if each.stdin is not None:
            each.stdin.write("go\n")
            each.stdin.flush()
    slowest: float = max(float(_line(each)) for each in running)
    for each in running:
        each.communicate(timeout=60)
    return options.count * len(running) / slowest


def _start(url: str, kind: str, name: str, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bench.two_processes", "--child", url, kind, name, str(count)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _line(process: "subprocess.Popen[str]") -> str:
    return process.stdout.readline().strip() if process.stdout is not None else ""


async def measure(options: argparse.Namespace) -> None:
    """Pairs of turns, ours and bare one after the other."""
    pairs = []
    async with server() as url:
        async with opened(url, SystemClock()) as store:
            await store.transact(lay)
        for number in range(options.turns):
            ours = await asyncio.to_thread(rate, url, "ours", f"ours{number}", options)
            theirs = await asyncio.to_thread(rate, url, "bare", f"bare{number}", options)
            pairs.append((ours, theirs))
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    mine, bare = (statistics.median(each) for each in zip(*pairs, strict=True))
    print(
        f"decision, PostgreSQL, {options.processes} processes          ours {mine:7.0f}/s   bare {bare:7.0f}/s   "
        f"ratio {ratio:.2f}",
        flush=True,
    )


def main(arguments: list[str] | None = None) -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3, help="pairs of turns")
    parser.add_argument("--count", type=int, default=1000, help="things for each process in a turn")
    parser.add_argument("--processes", type=int, choices=[1, 2], default=2)
    asyncio.run(measure(parser.parse_args(arguments)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        asyncio.run(child(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])))
    else:
        main()
