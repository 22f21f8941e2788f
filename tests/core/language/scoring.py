"""How well the material in `material/` is understood; what is held out is only ever measured, never tuned on."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.language import entities, times
from core.language.entity import Entity, Names
from core.language.leaning.finder import Finder
from core.language.leaning.said import Meant, Said
from core.language.leaning.turns import Turn
from core.language.references import resolve

NOW = datetime(2026, 3, 18, 14, 30, tzinfo=UTC)
NAMES = Names(
    services=dict.fromkeys(
        [
            "checkout",
            "payments",
            "search",
            "auth-gateway",
            "recommendation-engine",
            "inference-cluster",
            "user-db",
            "cache",
            "ingest-pipeline",
            "billing-api",
        ],
        (),
    ),
    models=dict.fromkeys(("sentiment-model", "fraud-model"), ()),
    environments=dict.fromkeys(("production", "staging", "dev", "canary"), ()),
    runbooks=dict.fromkeys(
        [
            "database-failover",
            "restart-service",
            "drain-node",
            "rotate-certs",
            "clear-cache",
            "scale-out",
            "rollback-release",
        ],
        (),
    ),
    workflows=dict.fromkeys(["deploy-pipeline", "nightly-batch", "canary-release", "model-retrain"], ()),
    bot=frozenset({"wardroom", "U0WARDROOM", "900000000000000001"}),
)
FINDER = Finder(NOW, names=NAMES)
_MATERIAL = Path(__file__).parent / "material"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_MATERIAL / f"{name}.jsonl").read_text().splitlines()]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def right_time(row: dict[str, Any]) -> bool:
    found = times.find(row["text"], now=NOW, forward=row.get("forward", False))
    if row.get("none"):
        return not found
    slack = timedelta(seconds=row.get("tolerance_s", 0))
    wanted = moment(row["start"]), moment(row["end"])
    return (
        len(found) == 1
        and abs(found[0].start - wanted[0]) <= slack
        and abs(found[0].end - wanted[1]) <= slack
    )


def same(found: Entity, wanted: dict[str, Any]) -> bool:
    """Whether an entity is the one that is expected: its type and value, a time with its slack."""
    if found.type != wanted["type"]:
        return False
    value = found.value
    if isinstance(value, Mapping):
        slack = timedelta(seconds=wanted.get("tolerance_s", 0))
        return all(
            abs(moment(value[key]) - moment(wanted["value"][key])) <= slack for key in ("start", "end")
        )
    return bool(value == wanted["value"])


def compared(
    found: Iterable[Entity], wanted: list[dict[str, Any]]
) -> tuple[int, list[Entity], list[dict[str, Any]]]:
    """How many are right, which are wrong, and which are missing; what is optional counts on no side."""
    left, right, wrong = list(wanted), 0, []
    for one in found:
        match = next((row for row in left if same(one, row)), None)
        if match is not None:
            left.remove(match)
            right += not match.get("optional")
        elif not any(same(one, row) for row in wanted):
            wrong.append(one)
    return right, wrong, [row for row in left if not row.get("optional")]


def f1(name: str) -> tuple[float, list[str]]:
    """The F1 of entities by type and value, and the messages with mistakes."""
    right = wrong = missing = 0
    texts = []
    for row in rows(name):
        found = entities.find(row["text"], now=NOW, names=NAMES, intent=row["intent"])
        good, extra, left = compared(found, row["entities"])
        right, wrong, missing = right + good, wrong + len(extra), missing + len(left)
        texts += [row["text"]] if extra or left else []
    return 2 * right / (2 * right + wrong + missing), texts


def turns(name: str, *, guessed: bool) -> list[tuple[bool, str]]:
    """Of each turn of a person whether it is understood. `guessed`: the intent of what leans on others is not known before."""
    outcomes = []
    for row in rows(name):
        history: list[Turn] = []
        for turn in row["turns"]:
            if turn["role"] == "bot":
                history.append(Turn("bot", turn["text"]))
                continue
            meant = _meant(turn, history, guessed=guessed)
            history.append(Turn("user", turn["text"], meant.intent, meant.entities))
            _, wrong, missing = compared(meant.entities, turn["expect"]["entities"])
            outcomes.append(
                (meant.intent == turn["expect"]["intent"] and not wrong and not missing, turn["text"])
            )
    return outcomes


def _meant(turn: dict[str, Any], history: list[Turn], *, guessed: bool) -> Meant:
    intent = "CLARIFICATION" if guessed and turn.get("leans") else turn["expect"]["intent"]
    return resolve(Said(turn["text"], intent, FINDER.find(turn["text"], intent)), history, FINDER)
