"""What stories on a chat ask for: a workspace and a server in which nothing goes against the platforms' rules."""

from collections.abc import AsyncIterator

import pytest

from tests.platforms.discord import FakeDiscord
from tests.platforms.slack import FakeSlack


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """A workspace of Slack's."""
    workspace = FakeSlack()
    await workspace.start()
    yield workspace
    await workspace.stop()
    assert workspace.faults == []


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    """A server of Discord's."""
    server = FakeDiscord()
    server.state.add_user("1005", "Eve Martin")
    await server.start()
    yield server
    await server.stop()
    assert server.problems == []
