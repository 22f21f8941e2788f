"""How well the material in `material/` is understood; what is held out is only ever measured, never tuned on."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.language import times
from core.language.entity import Names

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
