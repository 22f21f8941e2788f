"""The action `python`, with functions of a package that is installed, in real processes."""

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.actions import process
from bot.actions.python import GROUP, Python, PythonArgs
from core.runbooks.action import ActionFailed
from core.runbooks.config import PythonRules
from tests.bot.actions.test_calls import context

FUNCTIONS = """
import os, signal, sys, time

def double(number):
    print("doubling", number)
    return {"double": number * 2, "home": os.environ["HOME"], "names": sorted(os.environ)}

def refuse():
    raise ValueError("no such thing: <!channel>")

def cannot_reach():
    raise ConnectionRefusedError("nobody there")

def too_much():
    return "x" * 100_000

def no_json():
    return object()

def hungry():
    return len(bytearray(4_000_000_000))

def busy():
    while True:
        pass

def killed():
    os.kill(os.getpid(), signal.SIGKILL)

def leave():
    sys.exit(3)

def stubborn(note):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with open(note, "w") as file:
        file.write(str(os.getpid()))
    time.sleep(60)
"""
NAMES = (
    *("double", "refuse", "cannot_reach", "too_much", "no_json", "hungry", "busy", "killed", "leave"),
    *("stubborn", "absent"),
)


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_functions.py").write_text(FUNCTIONS, encoding="utf-8")
    info = tmp_path / "own_functions-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own-functions\nVersion: 1.0\n")
    lines = "".join(f"own.{name} = own_functions:{name}\n" for name in NAMES if name != "absent")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{lines}")
    monkeypatch.syspath_prepend(str(tmp_path))


def rules(**more: Any) -> PythonRules:
    return PythonRules(allow=tuple(f"own.{name}" for name in NAMES), **more)


async def call(name: str, limits: PythonRules | None = None, **args: Any) -> dict[str, Any]:
    """What a step gets."""
    action = Python(limits or rules())
    return await action.run(PythonArgs(function=f"own.{name}", args=args), context())


async def test_a_listed_function_is_called_with_its_arguments_in_an_environment_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    result = await call("double", number=21)
    assert (result["value"]["double"], result["stdout"]) == (42, "doubling 21")
    assert "SLACK_BOT_TOKEN" not in result["value"]["names"]
    assert result["value"]["home"].startswith(f"{tempfile.gettempdir()}/wardroom-")


@pytest.mark.parametrize(
    ("name", "words", "retriable"),
    [
        ("refuse", "own.refuse: ValueError: no such thing: <!channel>", False),
        ("cannot_reach", "own.cannot_reach: ConnectionRefusedError: nobody there", True),
        ("too_much", "own.too_much: it gave back 97 KiB; 64 KiB is the most", False),
        ("no_json", "TypeError: Object of type object is not JSON serializable", False),
        ("hungry", "MemoryError", False),
        ("leave", "SystemExit: 3", False),
        ("killed", "own.killed ended by signal 9 without an answer", False),
        ("absent", "No installed package brings a function “own.absent”", False),
    ],
)
async def test_what_goes_wrong_is_told_in_words(name: str, words: str, retriable: bool) -> None:
    with pytest.raises(ActionFailed) as failed:
        await call(name)
    assert words in failed.value.why
    assert failed.value.retriable == retriable


async def test_what_a_function_raised_is_kept_with_its_lines() -> None:
    with pytest.raises(ActionFailed) as failed:
        await call("refuse")
    assert "own_functions.py" in failed.value.log


async def test_a_function_that_uses_more_time_than_it_may_is_ended() -> None:
    with pytest.raises(ActionFailed, match="more memory or time"):
        await call("busy", rules(cpu=timedelta(seconds=1)))


async def test_a_function_that_is_not_listed_is_not_called() -> None:
    with pytest.raises(ActionFailed, match="not among the functions"):
        await Python(PythonRules()).run(PythonArgs(function="own.double", args={"number": 1}), context())


async def test_a_function_that_is_told_too_much_is_not_called() -> None:
    with pytest.raises(ActionFailed, match="more than 64 KiB"):
        await call("double", number="x" * 70_000)


async def test_a_stopped_function_ends_though_it_does_not_listen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "PATIENCE", 0.2)
    stop, note = asyncio.Event(), tmp_path / "pid"
    args = PythonArgs(function="own.stubborn", args={"note": str(note)})
    running = asyncio.ensure_future(Python(rules()).run(args, context(stop)))
    async with asyncio.timeout(10):
        while not note.exists() or not note.read_text():
            await asyncio.wait({running}, timeout=0.02)
        stop.set()
        with pytest.raises(ActionFailed, match=r"own\.stubborn was stopped"):
            await running
    left = Path(f"/proc/{int(note.read_text())}/stat")
    assert not left.exists() or left.read_text().rsplit(")", 1)[1].split()[0] == "Z"
