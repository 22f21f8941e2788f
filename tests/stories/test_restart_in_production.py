"""The main job: asked in chat, decided by quorum, run, and told."""

from pathlib import Path

from core.approvals import records as approvals
from core.approvals.request import Status
from core.runbooks import records as runs
from core.store import events
from tests.stories.house import audited, running, settings
from tests.stories.seats import said, seats


async def test_a_restart_in_production_is_asked_for_decided_run_and_told(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house, seats(house.url, "dev", "ana", "chi") as (dev, ana, chi):
        await dev.says("restart checkout in production")
        card = await dev.sees("Approval needed", "Still needed: 2 of")
        assert "Change to production" in card["text"]
        await dev.presses(card, "Approve")
        await dev.sees("You asked for AP-1, so you cannot vote on it.")
        await ana.presses(await ana.sees("Approval needed"), "Approve")
        await ana.sees("You approved AP-1.", "Chi Okafor (security)")
        await dev.sees("Ana Ruiz approved AP-1 (1 of 2).")
        await ana.presses(await ana.sees("Approval needed"), "Approve")
        await ana.sees("You already approved AP-1", "it counts once")
        await chi.presses(await chi.sees("Approval needed"), "Approve")
        await dev.sees("AP-1 is approved by Ana Ruiz and Chi Okafor.")
        await dev.sees("Approved and done")
        request = await house.store.read(approvals.get, "AP-1")
        assert request.status is Status.EXECUTED
        execution = await house.store.read(runs.get, "RUN-1")
        assert str(execution.state) == "COMPLETED"
        told = [event["kind"] for event in await house.store.read(events.history, "AP-1")]
        assert told.count("approval.decided") == 2
        assert told.count("approval.closed") == 1
        await dev.sees("@Dev Patel RUN-1 (restart-service) is done.")
        await dev.sees("AP-1 is done. RUN-1 (restart-service) is done.")
        assert "@Dev Patel AP-1 is done." not in "\n".join(said(one) for one in dev.messages.values())
        await audited(house)


async def test_words_that_change_things_are_approved_by_somebody_else_also_where_no_policy_speaks(
    tmp_path: Path,
) -> None:
    async with running(settings(tmp_path)) as house, seats(house.url, "dev", "ana") as (dev, ana):
        await dev.says("restart cart in staging")
        card = await dev.sees("Approval needed", "was said in words, and no policy speaks about it")
        await dev.presses(card, "Approve")
        await dev.sees("You asked for AP-1, so you cannot vote on it.")
        assert (await house.store.read(runs.get, "RUN-1")).started_at is None
        await ana.presses(await ana.sees("Approval needed"), "Approve")
        await dev.sees("restart-service of checkout in staging: done")


async def test_what_is_missing_is_asked_in_the_thread_and_outlives_a_restart(tmp_path: Path) -> None:
    given = settings(tmp_path)
    async with running(given) as house, seats(house.url, "dev") as (dev,):
        await dev.says("deploy checkout")
        card = await dev.sees("Choose, or answer in this thread.", "for @Dev Patel")
        thread = card["thread"]
    async with running(given) as house, seats(house.url, "dev", "ana") as (dev, ana):
        card = await dev.sees("Choose, or answer in this thread.")
        form = await dev.presses(card, "Answer")
        await dev.fills(form, {"said": "1.4.2"}, card)
        await ana.sees("Approval needed", "deploy of checkout in staging")
        await dev.says("no, I meant payments", thread=thread)
        await ana.sees("Approval needed", "deploy of payments in staging")
        await dev.sees("deploy of checkout in staging: cancelled")
        await audited(house)
