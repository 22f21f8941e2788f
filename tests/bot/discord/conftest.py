"""A running imitation of Discord, a house, and an adapter between them."""

from collections.abc import AsyncIterator

import pytest

from bot.discord.adapter import DiscordAdapter
from tests.bot.discord.house import House, connected
from tests.platforms.discord import FakeDiscord


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    server = FakeDiscord()
    await server.start()
    yield server
    await server.stop()
    assert [] == server.problems


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
async def adapter(discord: FakeDiscord, house: House) -> AsyncIterator[DiscordAdapter]:
    async with connected(discord, house) as made:
        yield made
