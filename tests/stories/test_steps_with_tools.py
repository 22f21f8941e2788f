"""Steps that use a tool of the machine: planned, tried, run, and told, from the chat."""

from pathlib import Path

import pytest

from bot.actions import process
from tests.stories.steps import staged

SCALE = """
name: scale
params: {replicas: {type: integer, default: 3}}
steps:
  - id: scale
    action: kubectl
    with: {context: staging, namespace: shop, args: [scale, "--replicas=${{ string(params.replicas) }}", deployment/cart]}
    outputs: {said: "${{ result.stdout }}"}
  - id: play
    needs: [scale]
    action: ansible
    with: {playbook: site.yml, inventory: hosts.ini, vars: {word: "${{ steps.scale.outputs.said }}"}}
    outputs: {hosts: "${{ result.hosts }}"}
"""
KUBECTL = """#!/bin/sh
case "$*" in *--dry-run=server*) echo "cart scaled (server dry run)";; *) echo "cart scaled $2"; echo x > NOTE;; esac
"""
ANSIBLE = """#!/bin/sh
echo "PLAY RECAP ****"
echo "web : ok=2 changed=1 unreachable=0 failed=0"
"""


async def test_a_tool_says_what_it_would_do_and_does_it_when_it_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools, plays, note = tmp_path / "tools", tmp_path / "plays", tmp_path / "note"
    for folder in (tools, plays):
        folder.mkdir()
    for name, text in (("kubectl", KUBECTL.replace("NOTE", str(note))), ("ansible-playbook", ANSIBLE)):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    (plays / "site.yml").touch()
    (plays / "hosts.ini").touch()
    monkeypatch.setattr(process, "PATH", f"{tools}:/usr/bin:/bin")
    rules = {"kubectl": {"contexts": ["staging"], "verbs": ["scale"]}, "ansible": {"folder": str(plays)}}
    async with staged(tmp_path, SCALE, {"actions": rules}) as on:
        await on.dev.says("/runbook plan scale")
        await on.dev.sees("Plan: scale", "changes things")
        await on.dev.sees(
            "Dry run: scale", "cart scaled (server dry run)", "hangs on what earlier steps give"
        )
        assert not note.exists()
        await on.dev.says("/runbook run scale replicas=5")
        assert await on.outputs("scale") == {"said": "cart scaled --replicas=5"}
        assert (await on.outputs("play"))["hosts"]["web"]["changed"] == 1
        assert note.exists()
