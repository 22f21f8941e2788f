"""What a person asks in their own words: asked, decided, done by hand once, and reported on; on the page and on Slack."""

from pathlib import Path

from core.approvals import records as approvals
from core.approvals.request import Status
from tests.platforms.slack import FakeSlack
from tests.stories.house import audited, running, settings
from tests.stories.seats import seats
from tests.stories.test_on_slack import ANA, DEV, on_slack

WISH = "/approvals request of=sre within=2h Restart the old mail server by hand"


async def test_what_is_asked_in_words_is_approved_done_once_and_reported(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house, seats(house.url, "dev", "ana") as (dev, ana):
        await dev.says(WISH, key="once")
        card = await ana.sees("Approval needed: Restart the old mail server by hand", "0 of 1")
        await dev.presses(card, "Approve")
        await dev.sees("You asked for AP-1, so you cannot vote on it.")
        await ana.presses(card, "Approve")
        await dev.sees("AP-1 is approved by Ana Ruiz.", "Dev Patel may use it once")
        card = await dev.sees("Approved: Restart the old mail server by hand")
        await ana.presses(card, "Do it now")
        await ana.sees("AP-1 was asked for by somebody else.")
        await dev.presses(card, "Do it now")
        await dev.sees("AP-1 is used: do it now.")
        running_card = await dev.sees("Approved, running", "Dev Patel does it")
        await dev.presses(running_card, "Done")
        await dev.sees("AP-1 is done.")
        done = await ana.sees("Approved and done: Restart the old mail server by hand")
        assert ["Details"] == [one["label"] for one in done["controls"]]
        assert Status.EXECUTED is (await house.store.read(approvals.get, "AP-1")).status
        await audited(house)


async def test_on_slack_a_modal_asks_for_what_is_missing(tmp_path: Path, slack: FakeSlack) -> None:
    async with on_slack(tmp_path, slack) as house:
        await slack.command(DEV, "/approvals", "request of=ana")
        modal = await slack.modal(DEV)
        assert "ana" in str(modal)
        fields = {"title": "Cut the old DNS over <!channel>", "reason": "it ends today", "of": "ana"}
        await slack.submits(DEV, modal, fields)
        card = await slack.sees(ANA, "Approval needed: Cut the old DNS over", "it ends today")
        await slack.clicks(ANA, card, "Approve")
        card = await slack.sees(DEV, "Approved: Cut the old DNS over")
        await slack.clicks(DEV, card, "Do it now")
        card = await slack.sees(DEV, "Approved, running")
        await slack.clicks(DEV, card, "It failed")
        await slack.submits(DEV, await slack.modal(DEV), {"reason": "the zone was locked"})
        await slack.sees(ANA, "AP-1 was approved and failed. the zone was locked")
        assert all("<!channel>" not in one.text for one in slack.said if one.user == "U0BOT")
        assert Status.EXECUTION_FAILED is (await house.store.read(approvals.get, "AP-1")).status
