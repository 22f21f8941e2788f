"""What is said when a house starts, and where the terminal looks for one."""

import pytest
from pydantic import SecretStr

from bot.cli.run import greeting
from bot.settings import load_settings
from tests.bot.cli.conftest import Wardroom


def test_a_house_without_a_chat_says_so_when_it_runs() -> None:
    alone = greeting(load_settings(), "http://127.0.0.1:8080")
    assert "NO CHAT IS CONNECTED: only the doors for programs and the pages work" in alone
    assert "SLACK_BOT_TOKEN" in alone
    both = load_settings(slack_bot_token=SecretStr("xoxb-1"), discord_token=SecretStr("d"))
    assert "Wardroom runs, in Slack and Discord. Pages: http://x/" == greeting(both, "http://x")


def test_chat_looks_for_the_workspace_where_the_demo_is(
    wardroom: Wardroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARDROOM_HTTP_PORT", "9")
    assert "There is no simulated workspace at http://127.0.0.1:9." in wardroom("chat")[2]
    assert "at http://127.0.0.1:7." in wardroom("chat", "--url", "http://127.0.0.1:7")[2]
