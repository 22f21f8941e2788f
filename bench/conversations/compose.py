"""Composes long conversations from exchanges that were written by hand, and from small talk.

A file of exchanges has a block for each, begun by `@name`. Its lines are turns, `A: words`, of two people whose names
are put in; `*1` behind a turn makes it the evidence of the question `?1` below. `?? question | name.1 other.2` needs
turns of several exchanges. The kind of a question stands behind `|`.
Each conversation has its own names, its own order, and its own two parts: who is A in an exchange is drawn by lot.
"""

import json
import random
import re
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAIRS = {
    "tuned": [("Maya", "Tomas"), ("Ines", "Robert"), ("Karim", "Lucy"), ("Sofia", "Daniel")],
    "held": [("Ruth", "Emil"), ("Noah", "Priya"), ("Elena", "Marcus"), ("Aisha", "Viktor")],
}
_EVIDENCE = re.compile(r"\s*\*(\d)$")


@dataclass
class Exchange:
    """Some turns in a row, and what can be asked about them."""

    name: str
    turns: list[tuple[str, str, str]] = field(default_factory=list)  # A or B, words, mark
    questions: list[tuple[str, str, str]] = field(default_factory=list)  # mark, question, kind


def read(path: Path) -> tuple[list[Exchange], list[tuple[str, list[str]]]]:
    """The exchanges of a file, and the questions that need several of them."""
    exchanges: list[Exchange] = []
    several = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            exchanges.append(Exchange(line[1:]))
        elif line.startswith("??"):
            question, _, needs = line[2:].partition("|")
            several.append((question.strip(), needs.split()))
        elif line.startswith("?"):
            question, _, kind = line[2:].partition("|")
            exchanges[-1].questions.append((line[1], question.strip(), kind.strip()))
        elif line[:2] in ("A:", "B:"):
            mark = _EVIDENCE.search(line)
            exchanges[-1].turns.append(
                (line[0], _EVIDENCE.sub("", line[2:]).strip(), mark[1] if mark else "")
            )
    return exchanges, several


def small_talk() -> list[list[tuple[str, str]]]:
    """Exchanges about which nobody asks."""
    blocks = (HERE / "filler.txt").read_text(encoding="utf-8").split("\n\n")
    return [[(line[0], line[2:].strip()) for line in block.splitlines() if line] for block in blocks]


def compose(name: str, pair: tuple[str, str], seed: int) -> dict[str, Any]:
    """One conversation of this file's exchanges between these two."""
    lot = random.Random(seed)
    exchanges, several = read(HERE / f"{name}.txt")
    talk, order = small_talk(), lot.sample(range(len(exchanges)), len(exchanges))
    made = _Conversation(f"{name}-{pair[0].lower()}", pair, lot)
    while order:
        made.sit_down()
        for block in lot.sample(talk, 2):
            made.chat(block)
        for index in order[:3]:
            made.exchange(exchanges[index])
            made.chat(lot.choice(talk))
        order = order[3:]
    for question, needs in several:
        made.several(question, needs)
    return made.written()


class _Conversation:
    def __init__(self, id: str, pair: tuple[str, str], lot: random.Random) -> None:  # noqa: A002 - as in the format
        self._id, self._pair, self._lot = id, pair, lot
        self._at = datetime(2025, 1, 7, 18, tzinfo=UTC)
        self._session = 0
        self._turns: list[dict[str, str]] = []
        self._questions: list[dict[str, Any]] = []
        self._marked: dict[str, tuple[str, str]] = {}  # exchange.mark -> turn, whose A

    def sit_down(self) -> None:
        """Begin another session, some days later."""
        self._session += 1
        self._at += timedelta(days=self._lot.randint(4, 16), minutes=self._lot.randint(-200, 200))

    def chat(self, block: list[tuple[str, str]]) -> None:
        """Say something about which nobody asks."""
        names = self._names()
        for who, words in block:
            self._say(names[who], words.format(**names))

    def exchange(self, exchange: Exchange) -> None:
        """Say what can be asked about, and ask."""
        names = self._names()
        evidence: dict[str, list[str]] = {}
        for who, words, mark in exchange.turns:
            turn = self._say(names[who], words)
            if mark:
                evidence.setdefault(mark, []).append(turn)
                self._marked[f"{exchange.name}.{mark}"] = (turn, names["A"])
        for mark, question, kind in exchange.questions:
            self._ask(question.format(**names), evidence[mark], kind)
            if kind == "plain":
                # The same, asked by somebody who remembers when it was.
                month = f"{question.format(**names).rstrip('?')} in {self._at:%B}?"
                self._ask(month, evidence[mark], "dated")

    def several(self, question: str, needs: list[str]) -> None:
        """Ask what needs more than one exchange, about whoever is A in most; of theirs alone."""
        for person in self._pair:
            turns = [self._marked[one][0] for one in needs if self._marked[one][1] == person]
            if len(turns) > 1:
                self._ask(question.format(A=person), turns, "several")

    def written(self) -> dict[str, Any]:
        """The conversation in the format of the benchmark; everything is asked an hour after its end."""
        asked = (self._at + timedelta(hours=1)).isoformat()
        questions = [question | {"time": asked} for question in self._questions]
        return {"id": self._id, "turns": self._turns, "questions": questions}

    def _names(self) -> dict[str, str]:
        first, second = self._lot.sample(self._pair, 2)
        return {"A": first, "B": second}

    def _say(self, speaker: str, text: str) -> str:
        turn = f"{self._session}:{len(self._turns) + 1}"
        self._at += timedelta(seconds=self._lot.randint(20, 90))
        row = {"id": turn, "session": str(self._session), "speaker": speaker}
        self._turns.append(row | {"time": self._at.isoformat(), "text": text})
        return turn

    def _ask(self, question: str, evidence: list[str], kind: str) -> None:
        number = len(self._questions) + 1
        self._questions.append({"id": str(number), "question": question, "evidence": evidence, "kind": kind})


def conversations(name: str) -> list[dict[str, Any]]:
    """All conversations of `tuned` or `held`, the same each time."""
    return [compose(name, pair, seed) for seed, pair in enumerate(PAIRS[name])]


if __name__ == "__main__":
    for conversation in conversations(sys.argv[1]):
        print(json.dumps(conversation, ensure_ascii=False))
