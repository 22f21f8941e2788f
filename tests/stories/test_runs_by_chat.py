"""Longer runs as people see and steer them in a chat: waits, runs inside runs, pauses, cancels, retries, rollbacks."""

from collections.abc import Mapping
from pathlib import Path

from core.runbooks import records
from tests.platforms.slack import FakeSlack
from tests.platforms.slack_api import APP_TOKEN, BOT_TOKEN
from tests.stories.house import audited, running, settings
from tests.stories.seats import said, seats
from tests.stories.world import write_world

WAITS = """
name: waits
steps:
  - id: up
    name: Wait for the flag
    wait:
      until: result.stdout.startsWith("up")
      poll: {action: shell, with: {argv: [sh, -c, "test -f $0 && echo up || echo down", FOLDER/flag]}, every: 1s, nature: idempotent}
      limit: 1m
  - {id: say, needs: [up], action: chat.post, with: {text: it is up}}
"""
INNER = """
name: inner
params: {tag: {type: string, required: true}}
steps:
  - id: put
    name: Put the tag
    action: shell
    with: {argv: [sh, -c, "echo $1 >> $0; echo put $1", FOLDER/inner, "${{ params.tag }}"]}
    destructive: false
    outputs: {line: "${{ result.stdout }}"}
    rollback: {action: shell, with: {argv: [sh, -c, "echo un$1 >> $0", FOLDER/inner, "${{ params.tag }}"]}}
outputs: {line: "${{ steps.put.outputs.line }}"}
"""
OUTER = """
name: outer
steps:
  - {id: call, name: Run the inner one, runbook: {name: inner, params: {tag: blue}}}
  - {id: say, needs: [call], action: chat.post, with: {text: "the inner one said: ${{ steps.call.outputs.line }}"}}
"""
STEPS = """
name: steps
steps:
  - id: one
    name: First
    action: shell
    with: {argv: [sh, -c, "echo one >> $0", FOLDER/steps]}
    destructive: false
    rollback: {action: shell, with: {argv: [sh, -c, "echo unone >> $0", FOLDER/steps]}}
  - id: two
    name: Second
    needs: [one]
    action: shell
    with: {argv: [sh, -c, "echo two >> $0; test -f $1", FOLDER/steps, FOLDER/flag]}
    destructive: false
    rollback: {action: shell, with: {argv: [sh, -c, "echo untwo >> $0", FOLDER/steps]}}
  - {id: three, name: Third, needs: [two], wait: {for: WAIT}}
"""


def world(folder: Path, books: Mapping[str, str], *, channels: tuple[str, ...] = ("local",)) -> Path:
    config = write_world(folder, channels=channels)
    for name, text in books.items():
        (config.parent / "runbooks" / f"{name}.yaml").write_text(text.replace("FOLDER", str(folder)))
    return config


def written(folder: Path, name: str) -> list[str]:
    path = folder / name
    return path.read_text().split() if path.exists() else []


async def test_a_run_waits_until_what_it_asks_for_holds_and_says_so_meanwhile(tmp_path: Path) -> None:
    config = world(tmp_path, {"waits": WAITS})
    async with running(settings(tmp_path, config=config)) as house, seats(house.url, "dev") as (dev,):
        await dev.says("run waits")
        await dev.sees(
            "waits: running", "Wait for the flag", "again at", 'until result.stdout.startsWith("up")'
        )
        (tmp_path / "flag").touch()
        await dev.sees("it is up")
        await dev.sees("waits: done")
        await audited(house)


async def test_a_run_inside_a_run_is_seen_as_two_and_taken_back_as_one(tmp_path: Path) -> None:
    config = world(tmp_path, {"inner": INNER, "outer": OUTER})
    async with (
        running(settings(tmp_path, config=config)) as house,
        seats(house.url, "dev", "ana") as (dev, ana),
    ):
        await dev.says("run outer")
        await dev.sees("the inner one said: put blue")
        await dev.sees("outer: done", "Run the inner one", "RUN-2")
        await ana.presses(await ana.sees("outer: done"), "Roll back")
        await dev.sees_one(lambda one: said(one).startswith("rollback of RUN-1: outer: done\n"))
        await dev.sees("inner: done, then taken back", "Put the tag", "taken back by RUN-3")
        await dev.sees("outer: done, then taken back")
        await dev.sees("RUN-3 (rollback of RUN-1) is done.")
        assert written(tmp_path, "inner") == ["blue", "unblue"]
        await audited(house)


async def test_a_run_that_waits_for_approval_is_paused_approved_and_resumed(tmp_path: Path) -> None:
    config = write_world(tmp_path, channels=("local",))
    async with (
        running(settings(tmp_path, config=config)) as house,
        seats(house.url, "dev", "ana", "chi") as (dev, ana, chi),
    ):
        await dev.says("restart checkout in production")
        waiting = await dev.sees("restart-service of checkout in production: waits for people")
        await dev.presses(waiting, "Pause")
        await dev.sees("restart-service of checkout in production: paused")
        for person in (ana, chi):
            await person.presses(await person.sees("Approval needed"), "Approve")
        await dev.sees("AP-1", "approved")
        paused = await dev.sees("restart-service of checkout in production: paused")
        assert dev.count("checkout is back") == 0
        await dev.presses(paused, "Resume")
        await dev.sees("checkout is back")
        await dev.sees("Approved and done")


async def test_a_cancel_with_rollback_takes_back_what_was_done(tmp_path: Path) -> None:
    config = world(tmp_path, {"steps": STEPS.replace("WAIT", "1h")})
    (tmp_path / "flag").touch()
    async with running(settings(tmp_path, config=config)) as house, seats(house.url, "dev") as (dev,):
        await dev.says("run steps")
        await dev.sees("steps: running", "waits 1h")
        await dev.says("/runbook cancel RUN-1 rollback=true")
        await dev.sees("RUN-1 is told to stop", "What was done is taken back first.")
        await dev.sees("steps: cancelled", "Nothing that was changed still stands.")
        assert written(tmp_path, "steps") == ["one", "two", "untwo", "unone"]
        assert str((await house.store.read(records.get, "RUN-1")).state) == "CANCELLED"


async def test_a_failed_run_is_retried_from_a_checkpoint(tmp_path: Path) -> None:
    config = world(tmp_path, {"steps": STEPS.replace("WAIT", "50ms")})
    async with (
        running(settings(tmp_path, config=config)) as house,
        seats(house.url, "dev", "ana") as (dev, ana),
    ):
        await dev.says("run steps")
        await dev.sees("steps: failed", "Second failed")
        await ana.says("/runbook status RUN-1 checkpoints")
        points = said(await ana.sees("Checkpoints of RUN-1"))
        before = [row for row in points.splitlines() if "running" in row and "nothing" in row]
        (tmp_path / "flag").touch()
        number = next(word for word in before[0].replace("|", " ").split() if word.strip("`").isdigit())
        await ana.says(f"/runbook retry RUN-1 checkpoint={number.strip('`')}")
        await dev.sees("retry of RUN-1: steps: done")
        assert written(tmp_path, "steps") == ["one", "two", "one", "two"]
        await ana.presses(await ana.sees("retry of RUN-1: steps: done"), "Roll back")
        await dev.sees("rollback of RUN-2: steps: done")
        assert written(tmp_path, "steps")[4:] == ["untwo", "unone"]


async def test_on_slack_a_run_is_paused_resumed_and_taken_back_by_buttons(
    tmp_path: Path, slack: FakeSlack
) -> None:
    config = world(tmp_path, {"inner": INNER, "outer": OUTER}, channels=("slack",))
    text = (config.parent / "runbooks" / "outer.yaml").read_text()
    first = "  - {id: sure, approval: {reason: Go on, ask: [{role: sre}]}}\n"
    text = text.replace("steps:\n", f"steps:\n{first}").replace(
        "runbook: {name", "needs: [sure], runbook: {name"
    )
    (config.parent / "runbooks" / "outer.yaml").write_text(text)
    given = settings(
        tmp_path,
        config=config,
        local=False,
        demo=False,
        slack_bot_token=BOT_TOKEN,
        slack_app_token=APP_TOKEN,
        slack_api_url=slack.api_url,
    )
    async with running(given) as house:
        await slack.mentions("U0DEV", "run outer")
        await slack.clicks("U0DEV", await slack.sees("U0DEV", "outer: waits for people"), "Pause")
        paused = await slack.sees("U0DEV", "outer: paused")
        await slack.clicks("U0ANA", await slack.sees("U0ANA", "Approval needed"), "Approve")
        await slack.sees("U0DEV", "AP-1 is done. RUN-1 is paused, and goes on once it is resumed.")
        assert written(tmp_path, "inner") == []
        await slack.clicks("U0DEV", paused, "Resume")
        await slack.sees("U0DEV", "the inner one said: put blue")
        await slack.clicks("U0ANA", await slack.sees("U0ANA", "outer: done"), "Roll back")
        await slack.sees("U0DEV", "inner: done, then taken back")
        assert written(tmp_path, "inner") == ["blue", "unblue"]
        await audited(house)
