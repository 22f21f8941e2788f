"""How many steps a second more processes and a larger database would do: `python -m bench.simulate_scaling`.

A closed queueing network: so many runs are in flight, and each step of each waits in turn for a worker process, for a
core of the database and for its disk. It is solved by mean value analysis, with several servers of a kind as one that is
as many times faster and a delay that makes up for it. Sources: Reiser and Lavenberg, "Mean-value analysis of closed
multichain queueing networks", 1980; Seidmann, Schweitzer and Shalev-Oren, "Computerized closed queueing network models
of flexible manufacturing systems", 1987.

What it leaves out: locks that runs hold against each other, the network between machines, work beside the steps (cards,
decisions, vacuum), and a database that grows. So it gives bounds from above; give it what you measured.
"""

import argparse
from dataclasses import dataclass


@dataclass(frozen=True)
class Station:
    """Something that a step waits for: `demand` in seconds of one server for each step, and how many servers."""

    name: str
    demand: float
    servers: int


@dataclass(frozen=True)
class Answer:
    """Steps a second, seconds that a step takes, and what it waits for most."""

    rate: float
    seconds: float
    bound: str


def solve(stations: list[Station], in_flight: int) -> Answer:
    """Mean value analysis: from one run in flight to all of them."""
    fast = [station.demand / station.servers for station in stations]
    delay = sum(station.demand * (station.servers - 1) / station.servers for station in stations)
    waiting = [0.0] * len(stations)
    rate = seconds = 0.0
    for population in range(1, in_flight + 1):
        here = [demand * (1 + before) for demand, before in zip(fast, waiting, strict=True)]
        seconds = delay + sum(here)
        rate = population / seconds
        waiting = [rate * each for each in here]
    bound = max(zip(fast, stations, strict=True), key=lambda pair: pair[0])[1].name
    return Answer(rate, seconds, bound)


def stations(options: argparse.Namespace, processes: int, cores: int) -> list[Station]:
    """What a step waits for, with so many worker processes and cores of the database."""
    return [
        Station("workers", options.worker / 1_000_000, processes),
        Station("database", options.database / 1_000_000, cores),
        Station("disk", options.flush / 1_000 / options.together, 1),
    ]


def main() -> None:
    """Print a table: worker processes down, cores of the database across."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker", type=float, default=1_000, help="us of CPU a step in a worker process")
    parser.add_argument("--database", type=float, default=500, help="us of CPU a step in the database")
    parser.add_argument(
        "--flush", type=float, default=0.35, help="ms that the disk takes to be sure of a commit"
    )
    parser.add_argument("--together", type=float, default=4, help="commits that share one flush")
    parser.add_argument("--in-flight", type=int, default=32, help="runs in flight for each process")
    options = parser.parse_args()
    sizes = (2, 4, 8, 16, 32)
    print("steps/s, and what bounds them; cores of the database across, worker processes down")
    print("      " + "".join(f"{cores:>18}" for cores in sizes))
    for processes in (1, 2, 4, 8, 16, 32):
        row = [solve(stations(options, processes, cores), options.in_flight * processes) for cores in sizes]
        print(f"{processes:>6}" + "".join(f"{one.rate:>9.0f} {one.bound:<8}" for one in row))


if __name__ == "__main__":
    main()
