"""How well messages are understood: python -m bench.language [FILE.jsonl ...] [--world FILE.json] [--now TIME] [--verbose]

A file has one message on each line: `text`, `intent`, and `entities` if those are to be judged; or a dialogue: `turns`, each
with `role`, `text` and, for the user, `expect`. Without a file our own sets are judged. What is said about them is in README.md.
No language model is asked, so these are the figures of what is understood without one.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any

from core.language.entity import Entity, Names
from core.language.intent import Intent
from core.language.leaning.turns import Turn
from core.language.understand import understand

SETS = Path(__file__).parent / "sets"
NOW = "2026-03-18T14:30:00+00:00"


@dataclass
class Score:
    """What came of one set."""

    right: int = 0
    messages: int = 0
    strangers: int = 0
    false: int = 0
    labels: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    kinds: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    milliseconds: list[float] = field(default_factory=list)
    of_a_cpu: list[float] = field(default_factory=list)
    turns: list[int] = field(default_factory=lambda: [0, 0])
    wrong: list[str] = field(default_factory=list)

    def judge(self, said: dict[str, Any], names: Names, now: datetime, zone: str) -> None:
        """Count one message."""
        expected, text = said["intent"], said["text"]
        begun, cpu = time.perf_counter(), time.process_time()
        found = understand(text, now=now, zone=zone, names=names)
        self.milliseconds.append((time.perf_counter() - begun) * 1_000)
        self.of_a_cpu.append((time.process_time() - cpu) * 1_000)
        self.messages += 1
        self.right += found.intent == expected
        self.labels[expected][0] += 1
        self.labels[found.intent][1] += 1
        self.labels[found.intent][2] += found.intent == expected
        if expected == Intent.NONE:
            self.strangers += 1
            overheard = understand(text, now=now, zone=zone, names=names, addressed=False)
            self.false += overheard.intent is not Intent.NONE
        if found.intent != expected:
            self.wrong.append(f"{expected} taken for {found.intent} ({found.confidence:.2f}): {text}")
        if "entities" in said:
            self._entities(said["entities"], found.entities, text)

    def talk(self, turns: list[dict[str, Any]], names: Names, now: datetime, zone: str) -> None:
        """Count the user's turns of a dialogue, each after what was said before it."""
        history: list[Turn] = []
        for turn in turns:
            if turn["role"] != "user":
                history.append(Turn(turn["role"], turn["text"]))
                continue
            found = understand(turn["text"], now=now, zone=zone, names=names, history=history)
            history.append(Turn("user", turn["text"], found.intent.value, found.entities))
            wanted = turn["expect"]
            left = list(found.entities)
            hits = [
                other for one in wanted["entities"] if (other := taken(one, left)) or not one.get("optional")
            ]
            is_right = found.intent == wanted["intent"] and None not in hits and not left
            self.turns[0] += 1
            self.turns[1] += is_right
            if not is_right:
                told = ", ".join(f"{one.type}={one.value}" for one in found.entities)
                self.wrong.append(
                    f"{wanted['intent']} in a dialogue taken for {found.intent}: {turn['text']} ({told})"
                )

    def _entities(self, wanted: list[dict[str, Any]], found: Iterable[Entity], text: str) -> None:
        left = list(found)
        for one in sorted(wanted, key=lambda one: bool(one.get("optional"))):
            hit = taken(one, left)
            if one.get("optional"):
                continue
            self._count(one["type"], there=1, given=hit is not None, hits=hit is not None)
            if hit is None:
                self.wrong.append(f"{one['type']} {one['value']} not found: {text}")
        for extra in left:
            self._count(extra.type, there=0, given=1, hits=0)
            self.wrong.append(f"{extra.type} {extra.value} found, and not meant: {text}")

    def _count(self, kind: str, *, there: int, given: int, hits: int) -> None:
        for name in (kind, "all"):
            counts = self.kinds[name]
            counts[0], counts[1], counts[2] = counts[0] + there, counts[1] + given, counts[2] + hits

    def lines(self) -> Iterable[str]:
        """What is printed."""
        if self.turns[0]:
            yield f"dialogue turns {self.turns[1] / self.turns[0]:.1%} of {self.turns[0]}"
        if not self.messages:
            return
        real = [counts for counts in self.labels.values() if counts[0]]
        yield f"intent accuracy {self.right / self.messages:.1%} of {self.messages}, macro F1 {mean(map(f1, real)):.1%}"
        if self.strangers:
            yield f"answers to messages that were not for the bot: {self.false} of {self.strangers}"
        if self.kinds:
            yield f"entities F1 {f1(self.kinds['all']):.1%} of {self.kinds['all'][0]}"
        if there := self.kinds["time_range"][0]:
            yield f"time ranges {self.kinds['time_range'][2] / there:.1%} of {there}"
        yield f"time for a message: {spread(self.milliseconds)}; of a CPU: {spread(self.of_a_cpu)}"


def spread(times: list[float]) -> str:
    """Median and 99th percentile."""
    ordered = sorted(times)
    return f"p50 {ordered[len(ordered) // 2]:.2f} ms, p99 {ordered[int(len(ordered) * 0.99)]:.2f} ms"


def f1(counts: list[int]) -> float:
    """The harmonic mean of precision and recall, of what is there, what was given, and what of that is right."""
    there, given, hits = counts
    return 2 * hits / (there + given) if there + given else 1.0


def taken(wanted: dict[str, Any], left: list[Entity]) -> Entity | None:
    """The first that is this one, which is then no longer there."""
    hit = next((other for other in left if same(wanted, other)), None)
    if hit is not None:
        left.remove(hit)
    return hit


def same(wanted: dict[str, Any], found: Entity) -> bool:
    """Whether this was found; times within the tolerance of the set."""
    if wanted["type"] != found.type:
        return False
    value = found.value
    if isinstance(wanted["value"], dict) and isinstance(value, Mapping):
        within = float(wanted.get("tolerance_s", 0))
        return all(
            abs(seconds(wanted["value"][edge]) - seconds(value[edge])) <= within for edge in ("start", "end")
        )
    if isinstance(wanted["value"], int | float) and isinstance(value, int | float):
        return abs(wanted["value"] - value) < 1e-6 * max(1, abs(value))
    return str(wanted["value"]).casefold() == str(value).casefold()


def seconds(stamp: str) -> float:
    """A moment as a number."""
    return datetime.fromisoformat(stamp).timestamp()


def world(path: Path) -> Names:
    """The names that are known; a file as `sets/world.json`."""
    told = json.loads(path.read_text(encoding="utf-8"))
    kinds = ("services", "models", "runbooks", "workflows", "environments", "people", "channels", "metrics")
    known = {kind: {name: tuple(others) for name, others in told.get(kind, {}).items()} for kind in kinds}
    return Names(**known, bot=frozenset(name.casefold() for name in told.get("bot", ["wardroom"])))


def loading() -> float:
    """How long a fresh process takes to read the classifier, in milliseconds, its imports included."""
    script = "import time; t = time.perf_counter(); from core.language.classify import classifier; classifier(); print(time.perf_counter() - t)"
    told = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True).stdout
        for _ in range(3)
    ]
    return min(float(one) for one in told) * 1_000


def main() -> None:
    """Judge and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("files", nargs="*", type=Path)
    asked.add_argument("--world", type=Path, default=SETS / "world.json")
    asked.add_argument("--now", type=datetime.fromisoformat, default=datetime.fromisoformat(NOW))
    asked.add_argument("--zone", default="UTC")
    asked.add_argument("--verbose", action="store_true", help="print what was taken for something else")
    given = asked.parse_args()
    names = world(given.world)
    print(f"loading: {loading():.0f} ms in a fresh process")
    now = given.now if given.now.tzinfo else given.now.replace(tzinfo=UTC)
    understand("warm up the latency of nothing since yesterday", now=now, names=names)
    for path in given.files or sorted(SETS.glob("*.jsonl")):
        score = Score()
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                said = json.loads(line)
                if "turns" in said:
                    score.talk(said["turns"], names, now, given.zone)
                else:
                    score.judge(said, names, now, given.zone)
        print(f"\n{path.name}")
        for line in (*score.lines(), *(score.wrong if given.verbose else ())):
            print(f"  {line}")


if __name__ == "__main__":
    main()
