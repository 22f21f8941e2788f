"""The language room is used alone as the docstring of `understand` says: in a Python of its own, without a house."""

import json
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

from core.language.understand import understand
from tests.house import ROOT

SHOWS = """
import json, sys
named = lambda one: {str(it.type): it.value for it in one.entities}
heavy = sorted({"sqlalchemy", "pydantic", "aiohttp", "structlog"} & set(sys.modules))
print(json.dumps([meant.intent, named(meant), then.intent, named(then), heavy]))
"""


def _example() -> str:
    """The lines of the docstring that are code."""
    lines = (understand.__doc__ or "").split("Args:", maxsplit=1)[0].splitlines()
    return textwrap.dedent("\n".join(line for line in lines if line.startswith(" " * 8)))


def test_the_example_of_its_docstring_runs_as_it_stands_and_loads_nothing_of_the_house(
    tmp_path: Path,
) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{_example()}\n{SHOWS}"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    first, named, then, named_then, heavy = json.loads(ran.stdout)
    span = {"start": "2026-03-18T12:30:00Z", "end": "2026-03-18T14:30:00Z"}
    assert ("METRIC_QUERY", "METRIC_QUERY", []) == (first, then, heavy)
    assert {"metric": "latency", "quantile": 0.95, "time_range": span} | {
        "service": "checkout",
        "environment": "production",
    } == named
    assert named | {"service": "payments"} == named_then


def test_a_moment_without_a_zone_and_a_zone_that_nobody_knows_count_as_utc() -> None:
    words, at = "errors since 3pm yesterday", datetime(2026, 3, 18, 14, 30)  # noqa: DTZ001 - that is what is tried
    known = understand(words, now=at.replace(tzinfo=UTC))
    assert known == understand(words, now=at) == understand(words, now=at, zone="Mars/Olympus")
    assert "2026-03-17T15:00:00Z" in str(known.entities)
