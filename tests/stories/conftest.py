"""What stories on a chat ask for beside the servers."""

import pytest

from tests.platforms.discord import FakeDiscord


@pytest.fixture
def discord(discord: FakeDiscord) -> FakeDiscord:
    """A server of Discord's with two people more in it; nobody has said who Zed is."""
    discord.state.add_user("1005", "Eve Martin")
    discord.state.add_user("1009", "Zed")
    return discord
