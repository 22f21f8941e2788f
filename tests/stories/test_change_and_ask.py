"""Approve with changes, and questions: on the page, on Slack and on Discord, with what runs in the end."""

from pathlib import Path

from core.approvals import records as approvals
from core.approvals.request import Status
from core.runbooks import records as runs
from core.store import events
from tests.platforms.discord import FakeDiscord
from tests.platforms.slack import FakeSlack
from tests.stories.house import audited, running, settings
from tests.stories.seats import seats
from tests.stories.test_on_discord import ANA as D_ANA
from tests.stories.test_on_discord import ASKED, OPS, SLOW, confirms, on_discord, shows, told
from tests.stories.test_on_discord import CHI as D_CHI
from tests.stories.test_on_discord import DEV as D_DEV
from tests.stories.test_on_slack import ANA, BO, CHI, DEV, on_slack


async def test_what_runs_is_what_was_approved_after_a_change(tmp_path: Path) -> None:
    async with (
        running(settings(tmp_path)) as house,
        seats(house.url, "dev", "ana", "bo", "chi") as (dev, ana, bo, chi),
    ):
        await dev.says("restart checkout in production")
        await chi.presses(await chi.sees("Approval needed"), "Approve")
        await chi.sees("You approved AP-1.")
        card = await ana.sees("Approval needed", "1 of 2")
        form = await ana.presses(card, "Change")
        fields = {one["name"]: one for one in form["form"]["fields"]}
        assert ["params.service", "params.environment"] == [fields[v]["label"] for v in ("v1", "v2")]
        assert "checkout" == fields["v1"]["default"]
        filled = {"v1": "payments", "v2": "production", "reason": "checkout is fine <!channel>"}
        await ana.fills(form, filled, card)
        await ana.sees("You changed AP-1. Everybody is asked anew.")
        await dev.sees("Ana Ruiz changed AP-1: params.service checkout → payments.", "Chi Okafor")
        fresh = await chi.sees("Approval needed: restart-service of payments", "0 of 2", "Changed: ")
        await ana.presses(fresh, "Approve")
        await ana.sees("You changed AP-1, so you cannot vote on it.")
        await bo.presses(fresh, "Approve")
        await bo.sees("You approved AP-1.")
        await chi.presses(fresh, "Approve")
        await dev.sees("restart-service of payments in production: done")
        run = await house.store.read(runs.get, "RUN-1")
        request = await house.store.read(approvals.get, "AP-1")
        assert ("payments", "COMPLETED") == (run.params["service"], str(run.state))
        assert (Status.EXECUTED, run.digest) == (request.status, request.subject["plan"])
        assert "payments" == run.plan["params"]["service"]
        await audited(house)


async def test_a_change_that_a_file_does_not_allow_is_said_in_its_words(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house, seats(house.url, "dev", "ana") as (dev, ana):
        await dev.says("restart checkout in production")
        await dev.sees("Approval needed")
        await ana.says("/approvals change AP-1 service=nothing-like-it why not")
        await ana.sees("nothing-like-it")
        await ana.says("/approvals change AP-1 colour=red why not")
        await ana.sees("“colour” may not be changed.", "params.service")
        await ana.says("/approvals change AP-1 service=payments")
        await ana.sees("A change needs a reason.")
        assert (await house.store.read(approvals.get, "AP-1")).amended is None


async def test_a_question_stays_on_the_card_until_it_is_answered(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house, seats(house.url, "dev", "ana") as (dev, ana):
        await dev.says("restart checkout in production")
        card = await ana.sees("Approval needed")
        form = await ana.presses(card, "Ask")
        await ana.fills(form, {"text": "who tested it? @everyone"}, card)
        await dev.sees("Ana Ruiz asks about AP-1: “who tested it?")
        open_card = await dev.sees("Approval needed", "Open question #1, asked by Ana Ruiz")
        form = await dev.presses(open_card, "Answer")
        await dev.fills(form, {"text": "Bo did"}, open_card)
        await ana.sees("Dev Patel answers Ana Ruiz about AP-1: “Bo did”")
        answered = await ana.sees_one(
            lambda one: one["id"] == card["id"] and "Open question" not in one["text"], "an answered card"
        )
        assert "Answer…" not in [control["label"] for control in answered["controls"]]
        request = await house.store.read(approvals.get, "AP-1")
        assert (Status.PENDING, ()) == (request.status, request.votes)
        log = [event["kind"] for event in await house.store.read(events.history, "AP-1")]
        assert ["approval.asked", "approval.answered"] == [
            one for one in log if one.endswith(("asked", "answered"))
        ]


async def test_on_slack_what_is_rare_stands_in_a_menu(tmp_path: Path, slack: FakeSlack) -> None:
    async with on_slack(tmp_path, slack) as house:
        await slack.mentions(DEV, "restart checkout in production")
        card = await slack.sees(DEV, "Approval needed")
        shown = [one["text"]["text"] for one in card.controls() if one["type"] == "button"]
        assert ["Approve", "Reject…", "Details", "Ask…"] == shown
        await slack.clicks(ANA, card, "Change…")
        modal = await slack.modal(ANA)
        await slack.submits(ANA, modal, {"v1": "payments", "reason": "checkout <!channel> is fine"})
        await slack.sees(DEV, "Ana Ruiz changed AP-1")
        assert all("<!channel>" not in one.words() for one in slack.said if one.user == "U0BOT")
        await slack.clicks(CHI, card, "Ask…")
        await slack.submits(CHI, await slack.modal(CHI), {"text": "since when?"})
        await slack.sees(DEV, "Open question #1, asked by Chi Okafor")
        await slack.clicks(DEV, card, "Abstain")
        await slack.sees(DEV, "You asked for AP-1, so you cannot vote on it.")
        for who in (BO, CHI):
            await slack.clicks(who, card, "Approve")
        await slack.sees(DEV, "restart-service of payments in production: done")
        await audited(house)


async def test_on_discord_a_change_is_a_modal_with_the_values_of_now(
    tmp_path: Path, discord: FakeDiscord
) -> None:
    async with on_discord(tmp_path, discord) as house:
        await discord.command(D_DEV, OPS, "runbook run", ASKED)
        card = await shows(discord, "Approval needed")
        asked = await discord.clicks(D_ANA, card, "Change…")
        await discord.until(lambda: asked.modal, SLOW)
        await discord.submits(
            D_ANA,
            asked,
            {"params.service": "payments", "params.environment": "production", "Why?": "it is fine"},
        )
        await shows(discord, "Ana Ruiz changed AP-1")
        await confirms(discord, D_CHI, card)
        await told(discord, D_CHI, "AP-1 has changed since that card.")
        assert (await house.store.read(approvals.get, "AP-1")).votes == ()
        await confirms(discord, D_CHI, await shows(discord, "restart-service of payments"))
        await told(discord, D_CHI, "You approved AP-1.")
        await discord.command(D_CHI, OPS, "approvals ask", {"id": "AP-1", "text": "why on a Friday?"})
        await shows(discord, "Open question #1, asked by Chi Okafor")
        await confirms(discord, "1002", await shows(discord, "Approval needed"))
        await shows(discord, "Approved and done")
        assert "payments" == (await house.store.read(runs.get, "RUN-1")).params["service"]
