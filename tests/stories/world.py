"""A small world that is the same on every platform: five people, one channel, two services, one policy."""

from pathlib import Path

PEOPLE = {
    "ana": ("Ana Ruiz", "sre", "U0ANA", "1001"),
    "bo": ("Bo Lindqvist", "sre", "U0BO", "1002"),
    "chi": ("Chi Okafor", "security", "U0CHI", "1003"),
    "dev": ("Dev Patel", "developer", "U0DEV", "1004"),
    "eve": ("Eve Martin", "manager", "U0EVE", "1005"),
}
CHANNELS = {"slack": "C0OPS", "discord": '"2001"', "local": "ops"}

_WORLD = """
workspace: acme
people:
{people}
teams:
  platform: {{members: [ana, bo]}}
roles:
  sre: {{permissions: [ask.*, incident.*, runbook.*, approval.*]}}
  security: {{permissions: [ask.*, approval.*, audit.read]}}
  developer: {{permissions: [ask.*, incident.declare, runbook.list, runbook.plan, runbook.run, approval.request]}}
  manager: {{permissions: [ask.*, approval.*, incident.read]}}
environments:
  production: {{aliases: [prod, live]}}
  staging: {{aliases: [stg]}}
services:
  checkout: {{aliases: [cart], tier: 0, owner: platform, runbooks: [restart-service]}}
  payments: {{tier: 0, owner: platform}}
channels:
  ops: {{{places}}}
policies:
  - name: production-change
    applies_to: runbook
    when: subject.environment == "production" && subject.destructive
    severity: HIGH
    reason: Change to production
    ask: [{{role: sre}}, {{role: security, must: true}}]
    approvals: 2
    veto: [{{role: security}}]
    rejections_to_block: 1
    timeout: 12h
    notify: [ops]
runbooks: [./runbooks]
actions:
  shell: {{allow: [echo, sh]}}
limits:
  messages_per_minute: {{person: 300, workspace: 3000}}
"""

_RUNBOOK = """
name: restart-service
version: "1.0"
description: Restart one service and say so.
owners: [platform]
params:
  service: {type: service, required: true, description: Which service}
  environment: {type: environment, default: staging}
steps:
  - id: restart
    name: Restart
    action: shell
    with: {argv: [echo, restarting, "${{ params.service }}"]}
    destructive: true
    nature: idempotent
  - id: settle
    needs: [restart]
    wait: {for: WAIT}
  - id: say
    needs: [settle]
    action: chat.post
    with: {text: "${{ params.service }} is back"}
"""


def write_world(
    folder: Path,
    *,
    wait: str = "50ms",
    channels: tuple[str, ...] = ("slack", "discord", "local"),
    without: tuple[tuple[str, str], ...] = (),
) -> Path:
    """Write the world into `folder` and return the configuration's path.

    `wait` is how long the runbook lets things settle, `channels` the platforms that #ops is on, and `without`
    names accounts that are not configured, as (person, platform).
    """
    rows = []
    for name, (full, role, slack, discord) in PEOPLE.items():
        ids = {"slack": slack, "discord": f'"{discord}"', "local": name}
        known = [f"{on}: {one}" for on, one in ids.items() if (name, on) not in without]
        rows.append(f"  {name}: {{name: {full}, roles: [{role}], {', '.join(known)}}}")
    places = ", ".join(f"{on}: {CHANNELS[on]}" for on in channels)
    folder = folder / "world"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "wardroom.yaml"
    path.write_text(_WORLD.format(people="\n".join(rows), places=places))
    (folder / "runbooks").mkdir(exist_ok=True)
    for old in (folder / "runbooks").iterdir():
        old.unlink()
    (folder / "runbooks" / "restart-service.yaml").write_text(_RUNBOOK.replace("WAIT", wait))
    return path
