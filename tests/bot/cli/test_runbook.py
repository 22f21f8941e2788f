"""`wardroom runbook`: files looked at, the schema, and a plan without a running house."""

import json
from pathlib import Path

from tests.bot.cli.conftest import Wardroom

CONFIG = """
workspace: acme
people: {ana: {name: Ana, roles: [sre]}}
roles: {sre: {}}
runbooks: [books]
actions: {shell: {allow: [echo]}}
"""
INNER = """
name: inner
params: {tag: {required: true}}
steps: [{id: one, action: shell, with: {argv: [echo, "${{ params.tag }}"]}}, {id: settle, wait: {for: 90s}}]
"""
OUTER = """
name: outer
params: {tag: {default: blue}}
steps: [{id: call, runbook: {name: inner, params: {tag: "${{ params.tag }}"}}}]
"""


def _home(folder: Path) -> str:
    (folder / "books").mkdir()
    (folder / "books" / "inner.yaml").write_text(INNER)
    (folder / "books" / "outer.yaml").write_text(OUTER)
    (folder / "wardroom.yaml").write_text(CONFIG)
    return str(folder / "wardroom.yaml")


def test_a_plan_is_shown_with_what_runs_inside_and_who_would_approve(
    wardroom: Wardroom, tmp_path: Path
) -> None:
    config = _home(tmp_path)
    code, out, _ = wardroom("runbook", "plan", "outer", "tag=green", "--config", config)
    assert code == 0
    assert "1.1" in out
    assert "wait 1m30s" in out
    assert '{"argv":["echo","green"]}' in out
    assert "Nobody needs to approve this" in out
    made = json.loads(wardroom("runbook", "plan", "outer", "--json", "--config", config)[1])
    assert (made["params"], len(made["digest"]) > 10) == ({"tag": "blue"}, True)
    code, _, err = wardroom("runbook", "plan", "outer", "tga=green", "--config", config)
    assert (code, "outer has no parameter" in err) == (1, True)


def test_a_wrong_file_is_told_with_line_and_column(wardroom: Wardroom, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("name: wrong\nsteps:\n  - {id: a, actoin: shell}\n")
    code, _, err = wardroom("runbook", "validate", str(file))
    assert code == 2
    assert "wrong.yaml:3:13:" in err


def test_the_schema_is_printed_for_editors(wardroom: Wardroom) -> None:
    _, out, _ = wardroom("runbook", "schema")
    assert "shell" in json.loads(out)["$defs"]["Task"]["properties"]["action"]["enum"]
