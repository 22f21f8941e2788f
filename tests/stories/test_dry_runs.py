"""What steps say they would do: told to whoever plans, and shown to those who are asked, before anything is done."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot import rehearsals
from core.approvals import records as approvals
from core.runbooks import records as runs
from core.runbooks.execution import Execution
from core.store import events
from tests.stories.house import audited
from tests.stories.seats import seats
from tests.stories.steps import Staged, staged

BOOK = """
name: clean
params: {environment: {type: environment, default: staging}, what: {type: string, default: old}}
steps:
  - id: count
    action: shell
    with: {argv: [echo, "12"]}
    destructive: false
    outputs: {n: "${{ result.stdout }}"}
  - id: clean
    needs: [count]
    action: shell
    with:
      argv: [sh, -c, "touch NOTE; echo done", "${{ secrets.TOKEN }}"]
      dry_run: [sh, -c, 'echo "would drop $1 rows <b> with $0"; exit CODE', "${{ secrets.TOKEN }}", "${{ params.what }}"]
  - id: tidy
    needs: [clean]
    action: shell
    with: {argv: [echo, tidy], dry_run: [sh, -c, "sleep 30"]}
  - id: later
    needs: [count]
    action: shell
    with: {argv: [echo, later], dry_run: [echo, "${{ steps.count.outputs.n }}"]}
  - id: not-there
    action: shell
    with: {argv: [echo, x], dry_run: [rm, -rf, /]}
"""
MORE = {"secrets": {"TOKEN": {"env": "CLEAN_TOKEN"}}, "actions": {"shell": {"allow": ["echo", "sh"]}}}


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEAN_TOKEN", "tok-very-secret")
    monkeypatch.setattr(rehearsals, "LIMIT", timedelta(seconds=3))


def book(folder: Path, code: int = 0) -> str:
    return BOOK.replace("NOTE", str(folder / "note")).replace("CODE", str(code))


async def test_a_plan_says_what_its_steps_would_do_to_whoever_asked_and_does_none_of_it(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, book(tmp_path), MORE) as on:
        await on.dev.says("/runbook plan clean what=7")
        await on.dev.sees(
            "Plan: clean", "Nothing was run.", "4 steps say what they would do in a dry run, which follows."
        )
        told = await on.dev.sees("Dry run: clean", "nothing was changed")
        assert told["only"] == "dev"
        for words in (
            "would drop 7 rows <b> with •••",
            "it took longer than 3 s and was stopped.",
            "What it would do hangs on what earlier steps give",
            "“rm” is not among the programs that may be run.",
        ):
            assert words in told["text"]
        assert on.ana.count("Dry run") == 0
        assert await on.house.store.read(runs.find, running=True) == []
        assert not (tmp_path / "note").exists()
        assert b"tok-very-secret" not in b"".join(one.read_bytes() for one in tmp_path.glob("*.db*"))


async def test_those_who_are_asked_see_what_would_be_done_and_it_changes_no_digest(tmp_path: Path) -> None:
    async with staged(tmp_path, book(tmp_path, code=2), MORE) as on, seats(on.house.url, "chi") as (chi,):
        await on.dev.says("/runbook run clean environment=production")
        card = await on.ana.sees(
            "Approval needed", "would drop old rows <b> with •••", "(It ended with code 2.)"
        )
        before = await on.house.store.read(approvals.get, "AP-1")
        await on.ana.presses(card, "Approve")
        await chi.presses(await chi.sees("Approval needed", "would drop"), "Approve")
        assert (await _ended(on)).digest == before.subject["plan"]
        assert (await on.house.store.read(approvals.get, "AP-1")).digest == before.digest
        assert (tmp_path / "note").exists()
        kinds = {event["kind"] for event in await on.house.store.read(events.history, "AP-1")}
        assert "approval.amended" not in kinds
        await audited(on.house)


async def test_whoever_may_not_run_it_starts_no_program_by_planning_it(tmp_path: Path) -> None:
    narrow = book(tmp_path).replace("params:", "run: {roles: [sre]}\nparams:", 1)
    async with staged(tmp_path, narrow, MORE) as on:
        await on.dev.says("/runbook plan clean")
        plan = await on.dev.sees("Plan: clean")
        assert "dry run" not in plan["text"]
        await on.ana.says("/runbook plan clean")
        await on.ana.sees("Dry run: clean")
        assert on.dev.count("Dry run") == 0


async def _ended(on: Staged) -> Execution:
    return await on.ended("RUN-1")
