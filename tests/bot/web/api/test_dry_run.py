"""A program that plans is told what the steps would do, if it could run them."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from tests.bot.web.api.house import Program, World
from tests.stories.steps import staged

BOOK = """
name: apply
run: {roles: [sre]}
params: {what: {type: string, default: rows}}
steps:
  - id: apply
    action: shell
    with: {argv: [echo, done], dry_run: [echo, "would change ${{ params.what }}"]}
"""
TRY = {"params": {"what": "3 rows"}, "dry_run": True}


async def planned(program: Program) -> dict[str, Any]:
    """The plan, asked for until what its steps say is there."""
    async with asyncio.timeout(20):
        while True:
            status, told = await program.post("/runbooks/apply/plan", TRY)
            assert status == 200
            if told["dry_run"]["done"]:
                return dict(told)
            await asyncio.sleep(0.05)


async def test_a_program_is_told_what_steps_would_do_and_only_one_that_could_run_them(tmp_path: Path) -> None:
    async with staged(tmp_path, BOOK) as on, aiohttp.ClientSession() as session:
        world = World(on.house, session)
        ana, dev = await world.program("ana"), await world.program("dev")
        plain = (await ana.post("/runbooks/apply/plan", {"params": TRY["params"]}))[1]
        assert "dry_run" not in plain
        told = await planned(ana)
        assert told["dry_run"]["steps"] == {"apply": "would change 3 rows"}
        assert told["digest"] == plain["digest"]
        assert (await dev.post("/runbooks/apply/plan", TRY))[0] == 403
        narrow = await world.program("ana", "runbook.plan")
        assert (await narrow.post("/runbooks/apply/plan", TRY))[0] == 403
        assert (await narrow.post("/runbooks/apply/plan", {"params": TRY["params"]}))[0] == 200
