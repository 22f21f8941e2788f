"""The action `shell`, with real processes."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.actions import process
from bot.actions.shell import Shell, ShellArgs
from core.runbooks.action import ActionFailed, Context
from core.runbooks.config import ShellRules

SHELL = Shell(ShellRules(allow=("echo", "sh", "env", "nosuchprogram")))


def context(stop: asyncio.Event | None = None) -> Context:
    """What a step is told."""
    return Context(
        execution="RUN-1",
        step="a",
        key="k1",
        attempt=1,
        deadline=datetime(2026, 11, 21, tzinfo=UTC),
        stop=stop or asyncio.Event(),
    )


async def test_a_listed_program_runs_with_its_arguments_as_they_are() -> None:
    result = await SHELL.run(ShellArgs(argv=["echo", "$HOME; rm -rf", "`id`"]), context())
    assert result == {"stdout": "$HOME; rm -rf `id`", "stderr": "", "code": 0}


@pytest.mark.parametrize("name", ["ls", "/bin/echo", "./echo", "echo "])
async def test_a_program_that_is_not_listed_does_not_run(name: str) -> None:
    with pytest.raises(ActionFailed, match="not among the programs"):
        await SHELL.run(ShellArgs(argv=[name]), context())


async def test_a_listed_program_that_is_not_there_is_told() -> None:
    with pytest.raises(ActionFailed, match="not installed"):
        await SHELL.run(ShellArgs(argv=["nosuchprogram"]), context())


async def test_nothing_of_our_environment_is_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    result = await SHELL.run(ShellArgs(argv=["env"]), context())
    names = {line.split("=")[0] for line in result["stdout"].splitlines()}
    assert "xoxb-secret" not in result["stdout"]
    assert names == {"PATH", "LANG", "HOME", "TMPDIR", "WARDROOM_EXECUTION", "WARDROOM_STEP", "WARDROOM_KEY"}


async def test_another_code_than_zero_fails_with_the_last_lines() -> None:
    with pytest.raises(ActionFailed, match="code 3") as failed:
        await SHELL.run(ShellArgs(argv=["sh", "-c", "echo out; echo err >&2; exit 3"]), context())
    assert (failed.value.retriable, failed.value.log) == (True, "out\nerr")


async def test_much_output_is_cut_to_its_end() -> None:
    loud = "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done"
    result = await SHELL.run(ShellArgs(argv=["sh", "-c", loud]), context())
    assert len(result["stdout"]) <= 32 * 1024
    assert result["stdout"].endswith("line 19999")


async def test_a_stopped_program_ends_with_everything_that_it_started(tmp_path: Path) -> None:
    stop = asyncio.Event()
    note = tmp_path / "pid"
    script = f"sleep 60 & echo $! > {note}; wait"
    running = asyncio.ensure_future(SHELL.run(ShellArgs(argv=["sh", "-c", script]), context(stop)))
    async with asyncio.timeout(5):
        while not note.exists() or not note.read_text().strip():
            await asyncio.wait({running}, timeout=0.02)
    stop.set()
    with pytest.raises(ActionFailed, match="was stopped"):
        await running
    left = Path(f"/proc/{int(note.read_text())}/stat")
    assert not left.exists() or left.read_text().rsplit(")", 1)[1].split()[0] == "Z"


async def test_a_program_that_does_not_listen_to_a_polite_word_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert process.PATIENCE == 10.0
    monkeypatch.setattr(process, "PATIENCE", 0.2)
    stop = asyncio.Event()
    note = tmp_path / "heard"
    script = f"trap 'echo heard > {note}' TERM; echo ready > {note}; while :; do sleep 0.05; done"
    running = asyncio.ensure_future(SHELL.run(ShellArgs(argv=["sh", "-c", script]), context(stop)))
    async with asyncio.timeout(5):
        while not note.exists() or not note.read_text().strip():
            await asyncio.wait({running}, timeout=0.02)
        stop.set()
        with pytest.raises(ActionFailed, match="was stopped"):
            await running
    assert note.read_text() == "heard\n"


async def test_what_is_left_in_the_background_does_not_hold_a_step() -> None:
    async with asyncio.timeout(8):
        result = await SHELL.run(ShellArgs(argv=["sh", "-c", "sleep 60 & echo done"]), context())
    assert result["stdout"] == "done"


STUBBORN = "sh -c 'trap \"\" TERM; echo $$ > {note}; while :; do sleep 0.05; done' &"


async def test_what_a_stopped_program_started_is_ended_though_it_does_not_listen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "PATIENCE", 0.2)
    stop = asyncio.Event()
    note = tmp_path / "pid"
    script = f"{STUBBORN.format(note=note)} wait"
    running = asyncio.ensure_future(SHELL.run(ShellArgs(argv=["sh", "-c", script]), context(stop)))
    pid = await _noted(note, running)
    stop.set()
    with pytest.raises(ActionFailed, match="was stopped"):
        await running
    await _gone(pid)


async def test_what_a_finished_program_left_in_the_background_is_ended(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = f"{STUBBORN.format(note=note)} while [ ! -s {note} ]; do sleep 0.01; done; echo done"
    async with asyncio.timeout(8):
        assert (await SHELL.run(ShellArgs(argv=["sh", "-c", script]), context()))["stdout"] == "done"
    await _gone(int(note.read_text()))


async def _noted(note: Path, running: "asyncio.Future[Any]") -> int:
    async with asyncio.timeout(5):
        while not note.exists() or not note.read_text().strip():
            await asyncio.wait({running}, timeout=0.02)
    return int(note.read_text())


async def _gone(pid: int) -> None:
    """Wait until a process has ended; it may still be listed until somebody asks for its end."""
    stat = Path(f"/proc/{pid}/stat")
    async with asyncio.timeout(3):
        while stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z":
            await _pause()


async def _pause() -> None:
    asyncio.get_running_loop().call_later(0.02, (woken := asyncio.Event()).set)
    await woken.wait()


def test_an_argument_with_a_zero_byte_is_refused() -> None:
    with pytest.raises(ValidationError):
        ShellArgs(argv=["echo", "a\x00b"])
