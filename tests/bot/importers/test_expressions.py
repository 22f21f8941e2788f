"""Expressions of Grafana OnCall's routes, tried on what an Alertmanager sends: they hold here where they held there."""

import json
import re
from typing import Any

import pytest

from bot.importers.oncall_expressions import condition
from core import cel
from core.errors import Invalid
from core.incidents.config import EXPRESSION_NAMES


def alert(labels: dict[str, str], **annotations: str) -> dict[str, Any]:
    return {"status": "firing", "labels": labels, "annotations": annotations}


ALERTS = [
    alert({"alertname": "Down", "severity": "critical", "team": "web"}, summary="web in us-east is down"),
    alert({"alertname": "Slow", "severity": "warning", "team": "web"}, summary="it is not critical"),
    alert({"alertname": "Full", "severity": "page", "app.kubernetes.io/name": "db-1"}),
    alert({}),
]


def holds(text: str, one: dict[str, Any]) -> bool:
    try:
        return cel.compile(text, EXPRESSION_NAMES).holds({"source": "alertmanager", **one})
    except Invalid:
        return False


@pytest.mark.parametrize(
    "expression",
    [
        '"severity": "critical"',
        r'"severity":\s*"critical"',
        r"\"severity\": \"(critical|page)\"",
        '.*"severity": "(critical|page)".*',
        '"severity": "critical"|"severity": "page"',
        '("severity": "page"|"team": "web")',
        '"severity": "critical".*"team": "we.*"',
        '"app.kubernetes.io/name": "db-[0-9]"',
        '"summary": ".*us-(east|west).*"',
        '"status": "firing"',
        "us-(east|west)",
        "(us-east|db-1)",
        "web.*us-east",
    ],
)
def test_an_expression_holds_where_it_held_there(expression: str) -> None:
    text, _ = condition(expression)
    expected = [bool(re.search(expression, json.dumps(one))) for one in ALERTS]
    assert True in expected
    assert expected == [holds(text, one) for one in ALERTS], text


@pytest.mark.parametrize(
    "expression",
    [
        r"^\{",
        "critical$",
        '"receiver": "web"',
        '"severity": "crit',
        '"count": 3',
        "(?!x)y",
        "([",
        '"',
        "(",
    ],
)
def test_what_cannot_be_said_of_labels_stays_behind_with_its_words(expression: str) -> None:
    assert ("", f"its expression has to be written anew as a condition: {expression}") == condition(
        expression
    )


def test_what_is_different_is_said() -> None:
    _, note = condition('"severity": "critical".*"team": "web"')
    assert "severity is looked for in the labels, and nowhere else" in note
    assert "its parts may stand in any order" in note
    _, note = condition("us-east")
    assert "in the values of labels and annotations" in note
