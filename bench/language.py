"""How well messages are understood: python -m bench.language [FILE.jsonl ...] [--world FILE.json] [--now TIME] [--verbose]

A file has one message on each line: `text`, `intent`, and `entities` if those are to be judged; or a dialogue: `turns`, each
with `role`, `text` and, for the user, `expect`. Without a file our own sets are judged. What is said about them is in README.md.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.language.classify import classifier
from core.language.entity import Names
from core.language.intent import Intent

SETS = Path(__file__).parent / "sets"


@dataclass
class Score:
    """What came of one set."""

    right: int = 0
    messages: int = 0
    strangers: int = 0
    false: int = 0
    labels: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    milliseconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def judge(self, said: dict[str, Any], names: Names) -> None:
        """Count one message."""
        expected, text = said["intent"], said["text"]
        begun = time.perf_counter()
        model = classifier()
        shares = model.shares(model.tokens(text, names))
        self.milliseconds.append((time.perf_counter() - begun) * 1_000)
        found, sure = next(iter(shares.items()))
        self.messages += 1
        self.right += found == expected
        self.labels[expected][0] += 1
        self.labels[found][1] += 1
        self.labels[found][2] += found == expected
        if expected == Intent.NONE:
            self.strangers += 1
            self.false += found is not Intent.NONE
        if found != expected:
            self.wrong.append(f"{expected} taken for {found} ({sure:.2f}): {text}")

    @property
    def f1(self) -> float:
        """The mean over the labels of the harmonic mean of precision and recall."""
        real = [counts for counts in self.labels.values() if counts[0]]
        return statistics.mean(2 * hits / (there + given) for there, given, hits in real)

    def lines(self) -> Iterable[str]:
        """What is printed."""
        times = sorted(self.milliseconds)
        yield f"intent accuracy {self.right / self.messages:.1%} of {self.messages}, macro F1 {self.f1:.1%}"
        if self.strangers:
            yield f"answers to messages that were not for the bot: {self.false} of {self.strangers}"
        yield f"time for a message: p50 {times[len(times) // 2]:.2f} ms, p99 {times[int(len(times) * 0.99)]:.2f} ms"


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
    asked.add_argument("--verbose", action="store_true", help="print what was taken for something else")
    given = asked.parse_args()
    names = world(given.world)
    print(f"loading: {loading():.0f} ms in a fresh process")
    classifier().shares(classifier().tokens("warm up", names))
    for path in given.files or sorted(SETS.glob("*.jsonl")):
        score = Score()
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                score.judge(json.loads(line), names)
        print(f"\n{path.name}")
        for line in (*score.lines(), *(score.wrong if given.verbose else ())):
            print(f"  {line}")


if __name__ == "__main__":
    main()
