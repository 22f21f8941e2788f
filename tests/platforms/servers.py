"""The servers that a test can ask for, listening; whoever speaks to a chat against its rules fails the test at its end."""

from collections.abc import AsyncIterator

import pytest

from bot.discord.adapter import DiscordAdapter
from bot.slack.adapter import SlackAdapter
from tests.platforms.discord import FakeDiscord
from tests.platforms.receiver import SECRET, Receiver
from tests.platforms.slack import FakeSlack
from tests.platforms.smtp import MailServer
from tests.platforms.twilio import Twilio

_EDITS = 0.3  # seconds between two edits of one message, of which tests wait for many; real processes keep the real ones


@pytest.fixture
async def slack(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeSlack]:
    """A workspace of Slack's."""
    monkeypatch.setattr(SlackAdapter, "edit_interval", _EDITS)
    workspace = FakeSlack()
    await workspace.start()
    yield workspace
    await workspace.stop()
    assert workspace.faults == []


@pytest.fixture
async def discord(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeDiscord]:
    """A server of Discord's; a test that wants more people or places in it adds them to its `state`."""
    monkeypatch.setattr(DiscordAdapter, "edit_interval", _EDITS)
    server = FakeDiscord()
    await server.start()
    yield server
    await server.stop()
    assert server.problems == []


@pytest.fixture
async def smtp() -> AsyncIterator[MailServer]:
    """A server that takes mail."""
    server = MailServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def twilio() -> AsyncIterator[Twilio]:
    """A service that sends text messages."""
    server = Twilio()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A program that takes signed webhooks, and knows the secret."""
    program = Receiver(SECRET)
    await program.start()
    yield program
    await program.stop()
