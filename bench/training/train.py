"""Trains the classifier of intents and writes its file: python -m bench.training.train [--samples 4500] [--seeds 7 8 9 10]

Needs numpy and scipy, which nothing else here needs. The model is the mean of one for each
seed, which depends less on what the dice gave. The same seeds and patterns give the same file.
"""

import argparse
import json
import random
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from bench.training import grammar, noise
from bench.training.slots import Slots
from core.language.classify import MODEL
from core.language.entity import Names
from core.language.features import BUCKETS, features, words
from core.language.intent import Intent
from core.language.normalise import decode
from core.language.signs import signs
from core.language.spelling import Spelling

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "core" / "language" / MODEL
LABELS = list(Intent)
TALK = (Intent.NONE, Intent.CLARIFICATION)
SAID = (0.45, 0.75)
"""The share of sentences that are taken from `said`: of a request, and of what is not for the bot."""
BOT = frozenset({"wardroom", "u0wardroom", "900000000000000001"})


class Source:
    """Sentences of every intent, each with the names that are known where it is said."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self._patterns = {label: [grammar.parse(line) for line in lines(label)] for label in LABELS}
        self._weights = {label: [len(line) ** 0.6 for line in lines(label)] for label in LABELS}
        self._said = {label: said(label) for label in LABELS}
        self.worlds = [Slots(self.dice) for _ in range(300)]

    def clean(self, label: Intent, world: Slots) -> str:
        """One sentence as it should be written."""
        if self._said[label] and self.dice.random() < SAID[label is Intent.NONE]:
            return world.fill_all(self.dice.choice(self._said[label]))
        node = self.dice.choices(self._patterns[label], self._weights[label])[0]
        return " ".join(node(self.dice, world.fill).split())

    def sample(self, label: Intent) -> tuple[str, Names]:
        """One sentence as it may arrive."""
        dice, world = self.dice, self.dice.choice(self.worlds)
        said, chat = self.clean(label, world), label in TALK
        if not chat and dice.random() < 0.14:
            said = world.fill_all(noise.story(dice)) + said
        elif not chat and dice.random() < 0.08:
            said += noise.aside(dice)
        elif not chat and dice.random() < 0.06:
            other = self.clean(dice.choice([one for one in LABELS if one not in TALK]), world)
            said += (
                dice.choice((" and then ", ". then ", ", and ", ", also ", ". after that ", " and ")) + other
            )
        elif label is Intent.NONE and dice.random() < 0.25:
            said = dice.choice(
                (
                    f"{said}. {self.clean(label, world)}",
                    world.fill_all(noise.story(dice)),
                    f"{said}, {self.clean(label, world)}",
                )
            )
        names = Names(bot=BOT) if dice.random() < 0.2 else world.names(BOT)
        return noise.worn(dice, said, chat=chat), names


def said(label: Intent) -> list[str]:
    """Sentences as people say them, which are taken as they are; the names in them vary."""
    text = (HERE / "said" / f"{label.lower()}.txt").read_text()
    return [line.replace("\\n", "\n") for line in text.splitlines()]


def lines(label: Intent) -> list[str]:
    """The patterns of an intent."""
    text = (HERE / "intents" / f"{label.lower()}.txt").read_text()
    return [line for line in text.splitlines() if line.strip()]


def spelling(source: Source) -> list[str]:
    """The words that mean something, the more usual first."""
    seen: Counter[str] = Counter()
    for label in LABELS:
        for _ in range(1_500):
            world = source.dice.choice(source.worlds)
            seen.update(words(source.clean(label, world), world.names(BOT)))
    return [word for word, count in seen.most_common() if count >= 4 and "_" not in word and len(word) > 2]


def matrix(rows: list[list[int]]) -> csr_matrix:
    """Rows of features, each of length 1."""
    ends = np.cumsum([0, *(len(row) for row in rows)])
    data = np.concatenate([np.full(len(row), 1 / max(1.0, len(row) ** 0.5), np.float32) for row in rows])
    return csr_matrix(
        (data, np.concatenate([np.asarray(row, np.int32) for row in rows]), ends), (len(rows), BUCKETS)
    )


def fit(x: csr_matrix, y: np.ndarray, decay: float, rounds: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights and offsets of a softmax regression with an L2 penalty, by L-BFGS."""
    n, k = x.shape[0], len(LABELS)
    xt = x.T.tocsr()
    hot = np.zeros((n, k), np.float32)
    hot[np.arange(n), y] = 1

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        w = flat[: BUCKETS * k].reshape(BUCKETS, k).astype(np.float32)
        z = x @ w + flat[BUCKETS * k :].astype(np.float32)
        z -= z.max(1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(1, keepdims=True)
        miss = (p - hot) / n
        value = -np.log(np.maximum((p * hot).sum(1), 1e-9)).mean() + decay * float((w**2).sum()) / 2
        return float(value), np.concatenate([(xt @ miss + decay * w).ravel(), miss.sum(0)]).astype(np.float64)

    found = minimize(
        loss, np.zeros(BUCKETS * k + k), jac=True, method="L-BFGS-B", options={"maxiter": rounds, "maxcor": 6}
    )
    return found.x[: BUCKETS * k].reshape(BUCKETS, k), found.x[BUCKETS * k :]


def pack(w: np.ndarray, offsets: np.ndarray, known: list[str], temperature: float) -> bytes:
    """The file: a line of JSON, then a column of signed bytes for each intent; all of it deflated."""
    step = float(np.abs(w).max()) / 127
    small = np.rint(w / step).astype(np.int8)
    head = {
        "intents": [label.value for label in LABELS],
        "offsets": [round(float(value) / temperature, 5) for value in offsets],
        "scale": step / temperature,
        "words": known,
    }
    return zlib.compress(json.dumps(head).encode() + b"\n" + small.T.tobytes(), 9)


def samples(source: Source, each: int) -> Iterator[tuple[str, Names, int]]:
    """Sentences of all intents; of what is not for the bot four times as many, since it is the widest field."""
    for at, label in enumerate(LABELS):
        for _ in range(each * (4 if label is Intent.NONE else 1)):
            yield (*source.sample(label), at)


def main() -> None:
    """Train and write."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--samples", type=int, default=4_500)
    asked.add_argument("--seeds", type=int, nargs="+", default=[7, 8, 9, 10])
    asked.add_argument("--decay", type=float, default=1.5e-7)
    asked.add_argument("--rounds", type=int, default=110)
    asked.add_argument("--temperature", type=float, default=1.0)
    asked.add_argument("--to", type=Path, default=TARGET)
    given = asked.parse_args()
    known = spelling(Source(given.seeds[0]))
    mend = Spelling(known).mend
    fits = []
    for seed in given.seeds:
        rows, y = [], []
        for text, names, label in samples(Source(seed), given.samples):
            # In order, since that of a set is another one in each process, and sums of floats depend on it.
            said = decode(text)
            rows.append(sorted(features([mend(word) for word in words(said, names)], signs(said, names))))
            y.append(label)
        print(
            f"{len(rows)} sentences, {len(known)} words, {sum(map(len, rows)) / len(rows):.0f} features each"
        )
        fits.append(fit(matrix(rows), np.asarray(y), given.decay, given.rounds))
    w, offsets = (np.mean([one[part] for one in fits], axis=0) for part in (0, 1))
    packed = pack(w, offsets, known, given.temperature)
    given.to.write_bytes(packed)
    print(f"{given.to.name}: {len(packed) // 1024} KiB")


if __name__ == "__main__":
    main()
