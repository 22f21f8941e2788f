"""How well the material in `material/` is understood; what is held out is only ever measured, never tuned on."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.language import times

NOW = datetime(2026, 3, 18, 14, 30, tzinfo=UTC)
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
