"""A step's question, answered half on Slack and half on Discord."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from core.runbooks import records
from tests.platforms.discord import FakeDiscord
from tests.platforms.slack import FakeSlack
from tests.platforms.slack_api import APP_TOKEN, BOT_TOKEN
from tests.stories.house import running, settings
from tests.stories.world import write_world

ASK = """
name: release
steps:
  - id: what
    action: chat.ask
    with:
      text: What is to be released?
      channel: ops
      ask: [{role: sre}]
      answers: 2
      fields:
        - {name: version, label: Version}
        - {name: ring, label: Ring, type: choice, choices: [inner, outer]}
    outputs: {answers: "${{ result.answers }}"}
  - id: go
    needs: [what]
    action: chat.ask
    with: {text: Go?, channel: ops, ask: [{role: sre}], choices: [go, wait]}
    outputs: {choice: "${{ result.values.choice }}"}
"""


async def test_a_form_and_buttons_are_answered_on_either_platform(
    tmp_path: Path, slack: FakeSlack, discord: FakeDiscord
) -> None:
    config = write_world(tmp_path, channels=("slack", "discord"))
    (config.parent / "runbooks" / "release.yaml").write_text(ASK, encoding="utf-8")
    given: dict[str, Any] = {
        "config": config,
        "local": False,
        "demo": False,
        "slack_bot_token": SecretStr(BOT_TOKEN),
        "slack_app_token": SecretStr(APP_TOKEN),
        "slack_api_url": slack.api_url,
        "discord_token": SecretStr(discord.token),
        "discord_api_url": discord.api_url,
        "discord_gateway_url": discord.gateway_url,
    }
    async with running(settings(tmp_path, **given)) as house:
        await slack.connected()
        await slack.says("U0DEV", "<@U0BOT> /runbook run release")
        card = await slack.sees("U0ANA", "A question: What is to be released?", "0 of 2")
        await slack.clicks("U0ANA", card, "Answer")
        await slack.submits("U0ANA", await slack.modal("U0ANA"), {"a1": "1.4.2 <!channel>", "a2": "outer"})
        await slack.sees("U0ANA", "1 more answer is wanted.")
        shown = await discord.sees("2001", "1 of 2")
        asked = await discord.clicks("1002", shown, "Answer…")
        await discord.until(lambda: asked.modal, 15)
        await discord.submits("1002", asked, {"Version": "1.4.3 @everyone", "Ring": "inner"})
        await discord.sees("2001", "Answered: What is to be released?")
        go = await discord.sees("2001", "A question: Go?")
        await discord.clicks("1001", go, "go")
        await slack.sees("U0ANA", "Answered: Go?")
        run = await house.store.read(records.get, "RUN-1")
        assert run.steps["go"].outputs == {"choice": "go"}
        assert [one["values"] for one in run.steps["what"].outputs["answers"]] == [
            {"version": "1.4.2 <!channel>", "ring": "outer"},
            {"version": "1.4.3 @everyone", "ring": "inner"},
        ]
