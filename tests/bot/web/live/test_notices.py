"""A channel that leads to people's own programs: told when one of them took it, and by the fallback otherwise."""

import asyncio
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.workers import pause
from core.notify import units as notices
from tests.bot.web.api.house import QUESTION, World, serving
from tests.bot.web.live.socket import Line, line

CHANNEL = "desk: {websocket: {}}"
POLICY = "{name: by-desk, applies_to: deploy, ask: [{role: sre}], approvals: 1, notify: [desk]}"
ASKED = {name: value for name, value in QUESTION.items() if name not in ("ask", "approvals")}


async def _ask(world: World, **more: Any) -> dict[str, Any]:
    status, made = await (await world.program("rex")).post("/approvals", ASKED | more)
    assert 201 == status, made
    return dict(made)


async def _notice(live: Line) -> dict[str, Any]:
    while (frame := await live.hear())["op"] != "notice":
        pass
    return frame


async def _state(world: World, who: str, state: str, detail: str = "") -> None:
    """Wait until the ledger says this of a person's notice."""
    async with asyncio.timeout(20):
        while True:
            entries = await world.house.store.read(notices.ledger, "AP-1")
            mine = [one for one in entries if (one.person, one.channel) == (who, "desk")]
            if any(one.state == state and detail in one.detail for one in mine):
                break
            await pause(asyncio.Event(), 0.05)


async def test_a_notice_counts_as_told_once_a_program_of_that_person_took_it(tmp_path: Path) -> None:
    async with serving(tmp_path, channel=CHANNEL, policy=POLICY) as world:
        ana = await world.program("ana")
        async with line(ana) as live:
            assert "snapshot" == (await live.follow("approver:ana"))["op"]
            made = await _ask(world)
            told = await _notice(live)
            assert ("approval.requested", "approver:ana") == (told["event"], told["topic"])
            assert "Approval needed: Deploy checkout 1.4.2 (AP-1)" == told["title"]
            # What the channel does not list does not leave by it.
            listed = {"id", "kind", "title", "status", "priority", "digest", "created", "expires"}
            assert listed == told["data"].keys()
            assert made["digest"] == told["data"]["digest"]
            await live.say(op="ack", id=told["id"])
            await _state(world, "ana", "ACCEPTED")
            # Bo is asked too and has nothing connected: not told, tried again.
            await _state(world, "bo", "QUEUED", "none of their programs is connected")


async def test_what_was_missed_comes_when_the_program_connects_and_only_once(tmp_path: Path) -> None:
    async with serving(tmp_path, channel=CHANNEL, policy=POLICY) as world:
        ana = await world.program("ana")
        await _ask(world)
        await _state(world, "ana", "QUEUED")
        async with line(ana) as live:
            await live.follow("approver:ana")
            told = await _notice(live)
            assert "AP-1" == told["data"]["id"]
            await live.say(op="ack", id=told["id"])
            await _state(world, "ana", "ACCEPTED")
            await live.say(op="ack", id=told["id"])  # again: nothing to say against it
            assert {"op": "pong"} == await live.ask(op="ping")
        async with line(ana) as live:
            await live.follow("approver:ana")
            assert {"op": "pong"} == await live.ask(op="ping")


async def test_nobody_takes_what_is_for_another_person(tmp_path: Path) -> None:
    async with serving(tmp_path, channel=CHANNEL, policy=POLICY) as world:
        ana, chi = await world.program("ana"), await world.program("chi")
        async with line(ana) as mine, line(chi) as other:
            await mine.follow("approver:ana")
            await other.follow("approver:ana")  # chi may list all requests
            await _ask(world)
            told = await _notice(mine)
            refused = await other.ask(op="ack", id=told["id"])
            while refused["op"] == "event":
                refused = await other.hear()
            assert ("error", "NOT_FOUND") == (refused["op"], refused["code"])
            await _state(world, "ana", "QUEUED", "none of their programs is connected")


async def test_a_program_connected_to_another_process_is_told(tmp_path: Path, postgres_url: str) -> None:
    more = {"database_url": SecretStr(postgres_url)}
    given: dict[str, Any] = {"channel": CHANNEL, "policy": POLICY, "more": more}
    async with serving(tmp_path / "one", **given) as one, serving(tmp_path / "two", **given) as two:
        lines = [await two.program("ana"), await one.program("bo")]
        async with line(lines[0]) as ana, line(lines[1]) as bo:
            await ana.follow("approver:ana")
            await bo.follow("approver:bo")
            await _ask(one)
            for live in (ana, bo):
                await live.say(op="ack", id=(await _notice(live))["id"])
            for who in ("ana", "bo"):
                await _state(one, who, "ACCEPTED")
