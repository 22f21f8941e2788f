"""The main job on Discord, through real discord.py, with all that goes wrong there."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.app import House
from core.approvals import records as approvals
from core.approvals.request import Status
from core.place import Place
from core.runbooks import records as runs
from core.store import events, outbox
from tests.platforms.discord import FakeDiscord
from tests.platforms.discord_state import Interaction, labels
from tests.stories.house import audited, running, settings
from tests.stories.world import write_world

OPS = "2001"
ANA, CHI, DEV, ZED = "1001", "1003", "1004", "1009"
SLOW = 15
ASKED = {"runbook": "restart-service", "params": "service=checkout environment=production"}


@asynccontextmanager
async def on_discord(
    folder: Path, discord: FakeDiscord, *, change: Callable[[str], str] = str
) -> AsyncIterator[House]:
    """A house on Discord alone, with a configuration that `change` may change."""
    config = write_world(folder, channels=("discord",))
    config.write_text(change(config.read_text()))
    more: dict[str, Any] = {
        "config": config,
        "local": False,
        "demo": False,
        "discord_token": SecretStr(discord.token),
        "discord_api_url": discord.api_url,
        "discord_gateway_url": discord.gateway_url,
    }
    async with running(settings(folder, **more)) as house:
        yield house


def everything(discord: FakeDiscord) -> str:
    """All words of the channel and its threads."""
    return "\n".join(discord.read(place) for place in (OPS, *discord.threads()))


async def shows(discord: FakeDiscord, words: str) -> dict[str, Any]:
    """The message with these words, in the channel or in one of its threads."""
    await discord.until(lambda: words in everything(discord), SLOW, words)
    for place in (OPS, *discord.threads()):
        if words in discord.read(place):
            return await discord.sees(place, words)
    raise AssertionError(words)


async def confirms(discord: FakeDiscord, user: str, card: dict[str, Any]) -> Interaction:
    """Press Approve, and once more on the question whether it is meant."""
    asked = await discord.clicks(user, card, "Approve")
    await discord.until(lambda: asked.private, SLOW)
    return await discord.clicks(user, asked.private[-1], "Approve")


async def told(discord: FakeDiscord, user: str, words: str) -> None:
    """This person alone is told these words."""
    await discord.until(lambda: any(words in one for one in discord.whispers(user)), SLOW, words)


async def ended(house: House, discord: FakeDiscord) -> None:
    """The request is executed once, the run completed, each line told once, and the audit is whole."""
    await shows(discord, "Approved and done")
    await shows(discord, "checkout is back")
    assert (await house.store.read(approvals.get, "AP-1")).status is Status.EXECUTED
    assert str((await house.store.read(runs.get, "RUN-1")).state) == "COMPLETED"
    kinds = [event["kind"] for event in await house.store.read(events.history, "AP-1")]
    assert (kinds.count("approval.decided"), kinds.count("approval.closed")) == (2, 1)
    assert everything(discord).count("checkout is back") == 1
    assert everything(discord).count("Approved and done") == 1
    await audited(house)


async def test_a_restart_is_asked_for_decided_run_and_told(tmp_path: Path, discord: FakeDiscord) -> None:
    async with on_discord(tmp_path, discord) as house:
        await discord.mentions(DEV, OPS, "restart checkout in production")
        card = await shows(discord, "Approval needed")
        assert card["channel_id"] in discord.threads()
        await confirms(discord, DEV, card)
        await told(discord, DEV, "You asked for AP-1, so you cannot vote on it.")
        await confirms(discord, ANA, card)
        await told(discord, ANA, "You approved AP-1.")
        await confirms(discord, ANA, card)
        await told(discord, ANA, "You already approved AP-1")
        await confirms(discord, CHI, card)
        await ended(house, discord)
        assert "Approve" not in labels(await shows(discord, "Approved and done"))


async def test_a_slash_command_asks_and_a_modal_takes_the_reason(
    tmp_path: Path, discord: FakeDiscord
) -> None:
    async with on_discord(tmp_path, discord) as house:
        await discord.command(DEV, OPS, "runbook run", ASKED)
        card = await shows(discord, "Approval needed")
        asked = await discord.clicks(CHI, card, "Reject…")
        await discord.until(lambda: asked.modal, SLOW)
        await discord.submits(CHI, asked, {"Why not?": "not on a Friday @everyone"})
        await shows(discord, "AP-1 was vetoed by Chi Okafor.")
        assert "@everyone" not in everything(discord)
        assert (await house.store.read(approvals.get, "AP-1")).status is Status.REJECTED


async def test_everything_delivered_twice_has_one_effect(tmp_path: Path, discord: FakeDiscord) -> None:
    async with on_discord(tmp_path, discord) as house:
        said = await discord.mentions(DEV, OPS, "restart checkout in production")
        await discord.redeliver(said)
        card = await shows(discord, "Approval needed")
        for user in (ANA, CHI):
            await discord.redeliver(await confirms(discord, user, card))
        await ended(house, discord)
        await shows(discord, "Ana Ruiz approved AP-1 (1 of 2)")
        assert everything(discord).count("Ana Ruiz approved AP-1 (1 of 2)") == 1


async def test_limits_and_a_lost_gateway_delay_and_lose_nothing(tmp_path: Path, discord: FakeDiscord) -> None:
    async with on_discord(tmp_path, discord) as house:
        discord.limit("/messages", 0.4, times=2)
        await discord.mentions(DEV, OPS, "restart checkout in production")
        card = await shows(discord, "Approval needed")
        await confirms(discord, ANA, card)
        await told(discord, ANA, "You approved AP-1.")
        await discord.disconnect()
        await confirms(discord, CHI, card)
        await ended(house, discord)


async def test_an_old_button_works_after_a_restart(tmp_path: Path, discord: FakeDiscord) -> None:
    async with on_discord(tmp_path, discord):
        await discord.mentions(DEV, OPS, "restart checkout in production")
        card = await shows(discord, "Approval needed")
        await confirms(discord, ANA, card)
        await shows(discord, "Ana Ruiz approved AP-1 (1 of 2)")
    async with on_discord(tmp_path, discord) as house:
        await confirms(discord, CHI, card)
        await ended(house, discord)


async def test_what_waits_when_the_house_stops_is_still_said(
    tmp_path: Path, discord: FakeDiscord, capsys: pytest.CaptureFixture[str]
) -> None:
    async with on_discord(tmp_path, discord) as house:
        for number in range(5):
            place = Place(platform="discord", channel=OPS)
            await house.store.transact(outbox.say, place, f"Last words {number}")
    said = discord.read(OPS)
    assert [True] * 5 == [f"Last words {number}" in said for number in range(5)]
    assert "Traceback" not in capsys.readouterr().out


async def test_a_stranger_is_told_how_to_get_in_and_can_do_nothing(
    tmp_path: Path, discord: FakeDiscord
) -> None:
    async with on_discord(tmp_path, discord) as house:
        await discord.command(DEV, OPS, "runbook run", ASKED)
        card = await shows(discord, "Approval needed")
        await confirms(discord, ZED, card)
        await told(discord, ZED, "I do not know you yet")
        assert (await house.store.read(approvals.get, "AP-1")).votes == ()


async def test_an_incident_is_declared_taken_on_and_resolved(tmp_path: Path, discord: FakeDiscord) -> None:
    async with on_discord(tmp_path, discord):
        await discord.command(ANA, OPS, "incident declare", {"title": "Checkout fails", "severity": "1"})
        card = await shows(discord, "Checkout fails")
        await discord.clicks(ANA, card, "Acknowledge")
        await shows(discord, "Ana Ruiz acknowledged")
        asked = await discord.clicks(ANA, await shows(discord, "Checkout fails"), "Resolve…")
        await discord.until(lambda: asked.modal, SLOW)
        await discord.submits(ANA, asked, {"cause": "a full disk"})
        await shows(discord, "a full disk")
