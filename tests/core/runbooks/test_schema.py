"""The schema for editors accepts what the loader accepts, and refuses what is plainly wrong."""

from typing import Any

import jsonschema_rs
import pytest
import yaml

from bot.plugins import ACTIONS
from core.runbooks.schema import schema
from tests.core.runbooks.house import EXAMPLES

CHECK = jsonschema_rs.Draft202012Validator(schema(ACTIONS))
EVERYTHING = """
name: everything
run: {roles: [sre], teams: [night]}
triggers:
  - {alert: 'labels.x == "y"', params: {a: 1}, channel: ops}
  - {cron: "30 2 * * mon-fri", timezone: Europe/Berlin, on_missed: run_once}
  - {chat: sweep the floor}
  - {webhook: {signature: S, when: body.x, key: "${{ body.id }}"}}
steps:
  - {id: a, action: http, with: {url: x}, on_failure: skip, backoff: {base: 1s}, timeout: 1h30m}
  - {id: b, needs: [a], wait: {until: 'true', poll: {action: http, with: {url: x}, every: 10s}, limit: 10m, on_timeout: skip}}
  - {id: c, needs: [b], approval: {reason: r, ask: [{role: sre}]}, on_reject: [d], on_expire: rollback}
  - {id: d, needs: [c], action: shell, with: {argv: [x]}, on_failure: [retry, rollback], rollback: none, rollback_reason: r}
  - {id: e, runbook: {name: other, params: {x: 1}}}
  - {id: f, parallel: [{id: g, action: chat.post, with: {text: x}}]}
outputs: {x: "${{ steps.e.outputs.y }}"}
"""


def test_the_schema_is_a_schema_and_accepts_the_examples_and_the_whole_language() -> None:
    assert jsonschema_rs.meta.is_valid(schema(ACTIONS))
    texts = [path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("*.yaml"))]
    assert len(texts) >= 2
    for text in (*texts, EVERYTHING):
        assert [error.message for error in CHECK.iter_errors(yaml.safe_load(text))] == []


@pytest.mark.parametrize(
    "step",
    [
        {"id": "a"},
        {"id": "a", "action": "nothere"},
        {"id": "A b", "action": "http"},
        {"id": "a", "action": "http", "wait": {"for": "1s"}},
        {"id": "a", "action": "http", "on_failure": "maybe"},
        {"id": "a", "action": "http", "timeout": "soon"},
        {"id": "a", "action": "http", "actoin": "http"},
        {"id": "a", "action": "http", "retries": 21},
        {"id": "a", "wait": {"until": "x", "on_timeout": "rollback"}},
        {"id": "a", "runbook": {"params": {}}},
        {"id": "a", "approval": {"reason": "r", "ask": []}},
    ],
)
def test_the_schema_refuses_what_is_plainly_wrong(step: dict[str, Any]) -> None:
    assert not CHECK.is_valid({"name": "x", "steps": [step]})


@pytest.mark.parametrize(
    "trigger",
    [{}, {"alert": "x", "cron": "* * * * *"}, {"webhook": {}}, {"webhook": {"token": "A", "hmac": "B"}}],
)
def test_the_schema_refuses_a_trigger_that_waits_for_nothing_or_for_two_things(
    trigger: dict[str, Any],
) -> None:
    assert not CHECK.is_valid({"name": "x", "triggers": [trigger], "steps": [{"id": "a", "action": "http"}]})
