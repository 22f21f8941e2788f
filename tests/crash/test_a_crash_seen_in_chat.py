"""The house dies in the middle of steps and of a rollback; people in the chat say what became of it, and all goes on."""

import asyncio
import multiprocessing
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from bot.app import build
from bot.demo.seed import free_port
from core.store import audit
from tests.crash.program import answers, settings
from tests.stores import opened, sqlite_url
from tests.stories.seats import Seat, seats
from tests.stories.world import write_world

pytestmark = pytest.mark.crash

_FORKS = multiprocessing.get_context("forkserver")
_LIMIT = 40
_UNTIL = "while ! test -f $1; do sleep 0.1; done"
_LOST = """
name: lost
params: {tag: {type: string, required: true}}
steps:
  - id: work
    name: Work
    action: shell
    with: {argv: [sh, -c, "echo $2 >> $0; UNTIL", FOLDER/work, FOLDER/flag, "${{ params.tag }}"]}
    destructive: false
  - {id: say, needs: [work], action: chat.post, with: {text: "${{ params.tag }} goes on"}}
"""
_BACK = """
name: back
steps:
  - id: one
    name: One
    action: shell
    with: {argv: [sh, -c, "echo one >> $0", FOLDER/back]}
    destructive: false
    rollback: {action: shell, with: {argv: [sh, -c, "echo undo >> $0; UNTIL; echo undone >> $0", FOLDER/back, FOLDER/flag]}, nature: idempotent}
  - {id: two, needs: [one], action: shell, with: {argv: [sh, -c, exit 1]}, destructive: false, on_failure: rollback}
"""
_ANSWERS = {"done": "It was done", "again": "Run again", "skip": "Skip", "fail": "It failed"}


def live(folder: Path, port: int) -> None:
    """Serve until told to stop, or killed."""
    asyncio.run(build(settings(folder, port)).run(lambda _url: None))


def written(folder: Path, name: str) -> list[str]:
    path = folder / name
    return path.read_text().split() if path.exists() else []


def a_house(folder: Path, port: int) -> ForkServerProcess:
    process: ForkServerProcess = _FORKS.Process(target=live, args=(folder, port))
    process.start()
    answers(port)
    return process


async def test_people_answer_in_four_ways_and_a_rollback_goes_on(tmp_path: Path) -> None:
    config = write_world(tmp_path, channels=("local",))
    for name, text in (("lost", _LOST), ("back", _BACK)):
        filled = text.replace("UNTIL", _UNTIL).replace("FOLDER", str(tmp_path))
        (config.parent / "runbooks" / f"{name}.yaml").write_text(filled)
    config = config.rename(tmp_path / "wardroom.yaml")
    (config.parent / "world" / "runbooks").rename(tmp_path / "runbooks")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    house = await asyncio.to_thread(a_house, tmp_path, port)
    async with seats(url, "dev") as (dev,):
        for tag in _ANSWERS:
            await dev.says(f"run lost tag={tag}")
        await dev.says("run back")
        await dev.sees("back: rolling back")
        async with asyncio.timeout(_LIMIT):
            while not _is_in_the_middle(tmp_path):
                await asyncio.to_thread(house.join, 0.05)
    house.kill()
    house.join()
    house = await asyncio.to_thread(a_house, tmp_path, port)
    (tmp_path / "flag").touch()
    async with seats(url, "dev", "ana") as (dev, ana):
        await _answer(dev, ana)
        await dev.sees("back: failed", "One", "Nothing that was changed still stands.")
    house.terminate()
    house.join()
    assert house.exitcode == 0
    assert sorted(written(tmp_path, "work")) == ["again", "again", "done", "fail", "skip"]
    assert written(tmp_path, "back").count("undone") >= 1
    async with opened(sqlite_url(tmp_path)) as store:
        await store.transact(audit.seal)
        assert (await store.read(audit.verify)).findings == ()


def _is_in_the_middle(folder: Path) -> bool:
    return written(folder, "back") == ["one", "undo"] and len(written(folder, "work")) == len(_ANSWERS)


async def _answer(dev: Seat, ana: Seat) -> None:
    for number, (tag, label) in enumerate(_ANSWERS.items(), start=1):
        stuck = await ana.sees("lost: needs somebody", f"RUN-{number} ·", "Look what became of it")
        labels = [control["label"] for control in stuck["controls"]]
        assert [*_ANSWERS.values()] == labels[:4]
        await ana.presses(stuck, label)
        if tag == "fail":
            await dev.sees("lost: failed", f"RUN-{number} ·")
        else:
            await dev.sees(f"{tag} goes on")
            await dev.sees("lost: done", f"RUN-{number} ·")
