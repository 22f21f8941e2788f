"""The main job on Slack, through real slack-bolt: Socket Mode and signed HTTP, with all that goes wrong there."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.app import House
from core.approvals import records as approvals
from core.approvals.request import Status
from core.runbooks import records as runs
from core.store import events
from tests.platforms.slack import SIGNING_SECRET, FakeSlack
from tests.platforms.slack_api import APP_TOKEN, BOT_TOKEN
from tests.stories.house import audited, running, settings
from tests.stories.world import write_world

ANA, BO, CHI, DEV, ZED = "U0ANA", "U0BO", "U0CHI", "U0DEV", "U0ZED"


@asynccontextmanager
async def on_slack(
    folder: Path,
    slack: FakeSlack,
    *,
    http: bool = False,
    extra: str = "",
    change: Callable[[str], str] = str,
    **given: Any,
) -> AsyncIterator[House]:
    """A house on Slack alone, with `extra` lines in its configuration, which `change` may change, and what is `given`."""
    config = write_world(folder, channels=("slack",))
    config.write_text(f"{change(config.read_text())}\n{extra}\n")
    more: dict[str, Any] = given | {
        "config": config,
        "local": False,
        "demo": False,
        "slack_bot_token": SecretStr(BOT_TOKEN),
        "slack_api_url": slack.api_url,
        "slack_signing_secret": SecretStr(SIGNING_SECRET),
    }
    if not http:
        more["slack_app_token"] = SecretStr(APP_TOKEN)
    async with running(settings(folder, **more)) as house:
        slack.events_url = f"{house.url}/slack/events"
        if not http:
            await slack.connected()
        yield house


async def ended(house: House) -> None:
    """The request is executed once, the run completed, and the audit is whole."""
    assert (await house.store.read(approvals.get, "AP-1")).status is Status.EXECUTED
    assert str((await house.store.read(runs.get, "RUN-1")).state) == "COMPLETED"
    told = [event["kind"] for event in await house.store.read(events.history, "AP-1")]
    assert told.count("approval.decided") == 2
    assert told.count("approval.closed") == 1
    await audited(house)


@pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
async def test_a_restart_is_asked_for_decided_run_and_told(
    tmp_path: Path, slack: FakeSlack, http: bool
) -> None:
    async with on_slack(tmp_path, slack, http=http) as house:
        asked = await slack.mentions(DEV, "restart checkout in production")
        card = await slack.sees(DEV, "Approval needed", "Change to production")
        assert card.thread == asked.ts
        await slack.clicks(DEV, card, "Approve")
        await slack.sees(DEV, "You asked for AP-1, so you cannot vote on it.")
        await slack.clicks(ANA, card, "Approve")
        await slack.sees(ANA, "You approved AP-1.", "Chi Okafor")
        await slack.clicks(ANA, card, "Approve")
        await slack.sees(ANA, "You already approved AP-1")
        await slack.clicks(CHI, card, "Approve")
        await slack.sees(DEV, "AP-1 is approved by Ana Ruiz and Chi Okafor.")
        done = await slack.sees(DEV, "Approved and done")
        assert done is card
        assert ["Details"] == [one["text"]["text"] for one in card.controls()]
        await slack.sees(DEV, "restart-service of checkout in production: done")
        await ended(house)


async def test_a_rejection_asks_for_its_reason_in_a_modal(tmp_path: Path, slack: FakeSlack) -> None:
    async with on_slack(tmp_path, slack) as house:
        await slack.command(DEV, "/runbook", "run restart-service service=checkout environment=production")
        card = await slack.sees(DEV, "Approval needed")
        await slack.clicks(CHI, card, "Reject")
        modal = await slack.modal(CHI)
        await slack.submits(CHI, modal, {"reason": "not on a Friday <!channel>"})
        await slack.sees(DEV, "AP-1 was vetoed by Chi Okafor.")
        assert all("<!channel>" not in one.words() for one in slack.said if one.user == "U0BOT")
        assert (await house.store.read(approvals.get, "AP-1")).status is Status.REJECTED


async def test_everything_delivered_twice_has_one_effect(tmp_path: Path, slack: FakeSlack) -> None:
    async with on_slack(tmp_path, slack) as house:
        await slack.mentions(DEV, "restart checkout in production")
        await slack.again()
        await slack.again(0)
        card = await slack.sees(DEV, "Approval needed")
        for user in (ANA, CHI):
            await slack.clicks(user, card, "Approve")
            await slack.again()
        await slack.sees(DEV, "Approved and done")
        for words in ("Ana Ruiz approved AP-1 (1 of 2)", "AP-1 is approved by", "checkout is back"):
            await slack.sees(DEV, words)
        assert 1 == sum("Approval" in one.text or "Approved and done" in one.text for one in slack.messages())
        assert 1 == sum("Ana Ruiz approved AP-1" in one.words() for one in slack.messages())
        await ended(house)


async def test_limits_and_faults_delay_and_lose_nothing(tmp_path: Path, slack: FakeSlack) -> None:
    async with on_slack(tmp_path, slack) as house:
        slow = (429, {"ok": False, "error": "ratelimited", "retry_after": 1})
        slack.refuse_next["chat.postMessage"] = [slow, (500, {"ok": False, "error": "internal_error"})]
        slack.refuse_next["chat.update"] = [slow]
        await slack.mentions(DEV, "restart checkout in production")
        card = await slack.sees(DEV, "Approval needed")
        await slack.clicks(ANA, card, "Approve")
        await slack.disconnect()
        await slack.until(lambda: not house.health()["slack"].ok, "a socket that is seen to be lost")
        assert "lost" in house.health()["slack"].detail
        await slack.connected()
        await slack.clicks(CHI, card, "Approve")
        await slack.sees(DEV, "Approved and done")
        await slack.sees(DEV, "checkout is back")
        assert 1 == sum("checkout is back" in one.words() for one in slack.messages())
        await ended(house)


async def test_an_old_button_works_after_a_restart(tmp_path: Path, slack: FakeSlack) -> None:
    async with on_slack(tmp_path, slack):
        await slack.mentions(DEV, "restart checkout in production")
        card = await slack.sees(DEV, "Approval needed")
        await slack.clicks(ANA, card, "Approve")
        await slack.sees(DEV, "Ana Ruiz approved AP-1 (1 of 2).")
    async with on_slack(tmp_path, slack) as house:
        await slack.clicks(CHI, card, "Approve")
        await slack.sees(DEV, "Approved and done")
        await ended(house)


async def test_a_stranger_is_told_how_to_get_in_and_can_do_nothing(tmp_path: Path, slack: FakeSlack) -> None:
    async with on_slack(tmp_path, slack) as house:
        await slack.mentions(ZED, "restart checkout in production")
        await slack.sees(ZED, "I do not know you yet")
        await slack.mentions(DEV, "restart checkout in production")
        card = await slack.sees(DEV, "Approval needed")
        await slack.clicks(ZED, card, "Approve")
        await slack.until(lambda: sum("I do not know you yet" in one.words() for one in slack.said) >= 2)
        assert (await house.store.read(approvals.get, "AP-1")).votes == ()


async def test_a_command_with_another_name_is_still_ours(tmp_path: Path, slack: FakeSlack) -> None:
    async with on_slack(tmp_path, slack, extra="slack: {commands: {runbook: rb}}"):
        await slack.command(DEV, "/rb", "list")
        await slack.sees(DEV, "restart-service")


async def test_home_shows_what_waits_for_me(tmp_path: Path, slack: FakeSlack) -> None:
    async with on_slack(tmp_path, slack):
        await slack.mentions(DEV, "restart checkout in production")
        await slack.sees(DEV, "Approval needed")
        await slack.opens_home(ANA)
        await slack.until(lambda: ANA in slack.homes, "a home")
        assert "AP-1" in str(slack.homes[ANA])
        await slack.clicks(ANA, await slack.sees(ANA, "Approval needed"), "Approve")
        await slack.until(
            lambda: "Nobody waits for you" in str(slack.homes[ANA]), "a home that is true again"
        )


async def test_an_incident_is_started_from_a_message(tmp_path: Path, slack: FakeSlack) -> None:
    async with on_slack(tmp_path, slack):
        said = await slack.says(ANA, "checkout answers 500 to everybody & nobody knows why")
        await slack.shortcut(ANA, said, "incident.declare")
        modal = await slack.modal(ANA)
        assert "checkout answers 500" in str(modal)
        await slack.submits(ANA, modal, {"title": "Checkout fails", "severity": "1"})
        card = await slack.sees(ANA, "INC-1", "Checkout fails")
        await slack.clicks(ANA, card, "Acknowledge")
        await slack.sees(ANA, "Ana Ruiz acknowledged")


@pytest.mark.parametrize(
    ("forged", "status"), [({"secret": "x" * 32}, 401), ({"age": 3_600.0}, 401)], ids=["forged", "stale"]
)
async def test_a_delivery_that_is_not_slacks_is_refused(
    tmp_path: Path, slack: FakeSlack, forged: dict[str, Any], status: int
) -> None:
    async with on_slack(tmp_path, slack, http=True):
        body = {"command": "/runbook", "text": "run restart-service", "team_id": "T0ACME", "user_id": DEV}
        more = {"channel_id": "C0OPS", "channel_name": "ops", "trigger_id": "1:x:y", "response_url": ""}
        answer = await slack.over_http("slash_commands", body | more, **forged)
        assert answer["status"] == status
        assert slack.messages() == []


async def test_hostile_and_endless_words_change_nothing(tmp_path: Path, slack: FakeSlack) -> None:
    async with on_slack(tmp_path, slack):
        await slack.mentions(DEV, "x" * 40_000)
        await slack.sees(DEV, "That message has 40,000 characters")
        await slack.mentions(DEV, "\u202eexplode\u202c <!channel> \x00\x07 @everyone *bold*")
        refused = await slack.sees(DEV, "I did not understand")
        assert "<!channel>" not in refused.words()
        assert "\u202e" not in refused.words()
