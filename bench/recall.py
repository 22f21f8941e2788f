"""What is found among the first 1, 5 and 10 turns: by plain BM25, by the design's fixed weights, and by ours, in one run.

    python -m bench.recall                 what nothing was tuned on, and what the ranking was tuned on
    python -m bench.recall FILE.jsonl ...  other conversations

A line of a file is a conversation:

    {"id": "...", "turns": [{"id": "1:1", "session": "1", "speaker": "Maya", "time": "2025-01-17T17:27:27+00:00",
                             "text": "..."}],
                  "questions": [{"id": "1", "question": "...", "time": "...", "evidence": ["1:1"], "kind": "..."}]}

`time` of a question is when it is asked (the last turn's, if it is left out); `kind` is free, and told apart with
`--kinds`. `speaker` and `session` may be left out. Recall at n is the share of a question's evidence among the first n.
"""

import argparse
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.conversations.compose import conversations
from core.conversation.recalling.question import ask, spans
from core.conversation.recalling.rank import Corpus, Said, corpus_of, rank

_AT = (1, 5, 10)
Way = Callable[[dict[str, Any], list[Said], Corpus, datetime], list[str]]


def plain(question: dict[str, Any], turns: list[Said], _corpus: Corpus, _now: datetime) -> list[str]:
    """Okapi BM25 over the words as they are, k1 1.2 and b 0.75, each turn alone, its speaker a word of it."""
    found = sorted(_bm25(question, turns).items(), key=lambda one: -one[1])
    return [turn for turn, score in found if score]


def fixed(question: dict[str, Any], turns: list[Said], _corpus: Corpus, now: datetime) -> list[str]:
    """The design's weights as they are written: likeness 0.50, recency 0.30 always, importance 0.20."""
    likeness = _bm25(question, turns)
    most = max(likeness.values()) or 1.0

    def score(turn: Said) -> float:
        recency = math.exp(-max(timedelta(), now - turn.at) / timedelta(hours=24))
        return 0.5 * likeness[turn.id] / most + 0.3 * recency + 0.2 * min(1.0, len(_words(turn.text)) / 20)

    return [turn.id for turn in sorted(turns, key=score, reverse=True)]


def ours(question: dict[str, Any], turns: list[Said], corpus: Corpus, now: datetime) -> list[str]:
    """What the house does."""
    words = question["question"]
    asked = ask(words, {turn.speaker for turn in turns if turn.speaker}, within=spans(words, now))
    return [one.said.id for one in rank(asked, turns, corpus, now)]


def _bm25(question: dict[str, Any], turns: list[Said]) -> dict[str, float]:
    said = {turn.id: Counter(_words(f"{turn.speaker} {turn.text}")) for turn in turns}
    having = Counter(word for words in said.values() for word in words)
    average = sum(words.total() for words in said.values()) / len(said)
    scores = dict.fromkeys(said, 0.0)
    for word in _words(question["question"]):
        rarity = math.log(1 + (len(said) - having[word] + 0.5) / (having[word] + 0.5))
        for turn, words in said.items():
            if words[word]:
                share = 1.2 * (0.25 + 0.75 * words.total() / average)
                scores[turn] += rarity * words[word] * 2.2 / (words[word] + share)
    return scores


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _turns(conversation: dict[str, Any]) -> list[Said]:
    rows = enumerate(conversation["turns"])
    return [
        Said(one["id"], one.get("session", ""), number, one.get("speaker", ""), _at(one["time"]), one["text"])
        for number, one in rows
    ]


def _at(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def measure(given: Iterable[dict[str, Any]], ways: dict[str, Way]) -> dict[str, dict[str, list[list[float]]]]:
    """For each way and kind the recall of each question at each n."""
    found: dict[str, dict[str, list[list[float]]]] = {way: defaultdict(list) for way in ways}
    for conversation in given:
        turns = _turns(conversation)
        corpus = corpus_of(turns)
        for question in conversation["questions"]:
            wanted = set(question["evidence"])
            now = _at(question.get("time") or conversation["turns"][-1]["time"])
            for name, way in ways.items() if wanted else ():
                first = way(question, turns, corpus, now)
                row = [len(wanted & set(first[:n])) / len(wanted) for n in _AT]
                found[name][str(question.get("kind", ""))].append(row)
    return found


def _print(title: str, given: list[dict[str, Any]], *, kinds: bool) -> None:
    found = measure(given, {"plain BM25": plain, "fixed weights": fixed, "ours": ours})
    turns = sum(len(one["turns"]) for one in given)
    print(f"{title}: {len(given)} conversations, {turns} turns")
    for way, by_kind in found.items():
        _line(way, [row for rows in by_kind.values() for row in rows])
        for kind, rows in sorted(by_kind.items()) if kinds else ():
            _line(f"  {kind or 'no kind'}", rows)


def _line(name: str, rows: list[list[float]]) -> None:
    means = (sum(row[column] for row in rows) / max(1, len(rows)) for column in range(len(_AT)))
    told = "  ".join(f"recall@{n} {mean:6.1%}" for n, mean in zip(_AT, means, strict=True))
    print(f"  {name:<18} {told}  ({len(rows)} questions)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--kinds", action="store_true", help="each kind of question apart")
    given = parser.parse_args()
    for path in given.files:
        lines = path.read_text(encoding="utf-8").splitlines()
        _print(path.name, [json.loads(line) for line in lines if line.strip()], kinds=given.kinds)
    for part in () if given.files else ("held", "tuned"):
        _print(part, conversations(part), kinds=given.kinds)
