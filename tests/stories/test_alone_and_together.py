"""Approving alone in an emergency, and many small ones together, through the front doors."""

from pathlib import Path

from core.approvals import records as approvals
from core.approvals.request import Status
from core.store import events
from tests.bot.web.api.house import serving
from tests.platforms.discord import FakeDiscord
from tests.platforms.slack import FakeSlack
from tests.stories.house import audited
from tests.stories.seats import seats
from tests.stories.test_on_discord import ASKED, OPS, SLOW, on_discord, shows
from tests.stories.test_on_slack import ANA, BO, CHI, DEV, on_slack

_SMALL = {"kind": "note", "title": "Tidy up", "subject": {"n": 1}}
_POLICY = "{name: small, applies_to: note, severity: LOW, ask: [{role: sre}]}"
_BREAKS = "manager: {permissions: ["


async def test_one_approves_alone_everybody_hears_of_it_and_others_review(
    tmp_path: Path, slack: FakeSlack
) -> None:
    def lets_managers(text: str) -> str:
        return text.replace(_BREAKS, f"{_BREAKS}approval.break_glass, ")

    async with on_slack(tmp_path, slack, change=lets_managers) as house:
        await slack.mentions(DEV, "restart checkout in production")
        card = await slack.sees(DEV, "Approval needed")
        await slack.clicks(ANA, card, "Details")
        assert "Break the glass" not in str((await slack.sees(ANA, "Digest:")).blocks)
        await slack.command(ANA, "/approvals", "breakglass AP-1 I am in a hurry")
        await slack.sees(ANA, "it needs the permission", "approval.break_glass")
        await slack.clicks("U0EVE", card, "Details")
        mine = await slack.sees("U0EVE", "Digest:")
        await slack.clicks("U0EVE", mine, "Break the glass…")
        await slack.submits("U0EVE", await slack.modal("U0EVE"), {"reason": "checkout is down <!here>"})
        await slack.sees("U0EVE", "You approved AP-1 alone.", "AP-2 reviews it.")
        loud = await slack.sees(DEV, "⚠ AP-1 is approved by Eve Martin alone", "AP-2 asks whether")
        assert loud.thread is None
        assert all("<!here>" not in one.words() for one in slack.said if one.user == "U0BOT")
        await slack.sees(DEV, "restart-service of checkout in production: done")
        review = await slack.sees(CHI, "Review needed", "AP-1", "What came of it: AP-1 is executed")
        assert ["Justified…", "Not justified…"] == [one["text"]["text"] for one in review.controls()[:2]]
        # In words, not as the names of what is frozen.
        assert "Approved alone by" in review.text
        assert "Digest" not in review.text
        for who in (BO, CHI):
            await slack.clicks(who, review, "Justified…")
            await slack.submits(who, await slack.modal(who), {"reason": "we were all asleep"})
        await slack.sees(CHI, "AP-2: Bo Lindqvist and Chi Okafor found it justified.")
        await slack.until(lambda: "Result: It was justified." in review.text, "how it ended")
        assert (await house.store.read(approvals.get, "AP-2")).status is Status.EXECUTED
        await audited(house)


async def test_a_review_is_a_modal_on_discord_too(tmp_path: Path, discord: FakeDiscord) -> None:
    def lets_managers(text: str) -> str:
        return text.replace(_BREAKS, f"{_BREAKS}approval.break_glass, ")

    async with on_discord(tmp_path, discord, change=lets_managers) as house:
        await discord.command("1004", OPS, "runbook run", ASKED)
        await shows(discord, "Approval needed")
        await discord.command("1005", OPS, "approvals breakglass", {"id": "AP-1", "reason": "it burns"})
        await shows(discord, "AP-1 is approved by Eve Martin alone")
        review = await shows(discord, "Review needed")
        asked = await discord.clicks("1003", review, "Not justified…")
        await discord.until(lambda: asked.modal, SLOW)
        assert asked.modal is not None
        assert "Not justified" == asked.modal["title"]
        await discord.submits("1003", asked, {"Why not?": "I sat next to you"})
        await shows(discord, "did not find it justified")
        assert (await house.store.read(approvals.get, "AP-2")).status is Status.REJECTED


async def test_many_small_ones_are_shown_and_then_decided_one_by_one(tmp_path: Path) -> None:
    async with serving(tmp_path, policy=_POLICY) as world, seats(world.house.url, "ana", "bo") as (ana, bo):
        rex = await world.program("rex")
        grave = {"kind": "note", "title": "Burn it", "subject": {"n": 9}, "priority": "HIGH"}
        for number in range(3):
            await rex.post("/approvals", _SMALL | {"subject": {"n": number}})
        await rex.post("/approvals", grave)
        await ana.says("/approvals list waiting")
        listed = await ana.sees("Waiting for me", "AP-4")
        await ana.presses(listed, "Approve all 3")
        shown = await ana.sees("Approve all 3?", "AP-1", "AP-2", "AP-3")
        assert "AP-4" not in shown["text"]
        await rex.post("/approvals", _SMALL | {"subject": {"n": 3}})
        await ana.presses(shown, "Approve these 3")
        fresh = await ana.sees("What waits for you has changed, so nothing was decided.", "AP-5")
        assert (await world.house.store.read(approvals.get, "AP-1")).is_pending
        await ana.presses(fresh, "Approve these 4")
        await ana.sees("4 of 4 approved.")
        for number in (1, 2, 3, 5):
            request = await world.house.store.read(approvals.get, f"AP-{number}")
            log = await world.house.store.read(events.history, request.id)
            cast = [one for one in log if one["kind"] == "approval.decided"]
            assert (Status.APPROVED, 1, "ana", request.digest) == (
                request.status,
                len(cast),
                cast[0]["actor"],
                cast[0]["data"]["digest"],
            )
        assert (await world.house.store.read(approvals.get, "AP-4")).is_pending
        await bo.presses(await bo.sees("Approval needed", "AP-4"), "Details")
        await audited(world.house)


async def test_the_home_on_slack_leads_to_the_list(tmp_path: Path, slack: FakeSlack) -> None:
    small = (
        "  - {name: small, applies_to: runbook, severity: LOW, ask: [{role: sre}], notify: [ops]}\nrunbooks:"
    )

    def only_small(text: str) -> str:
        start, end = text.index("  - name: production-change"), text.index("\nrunbooks: [") + 1
        return text[:start] + small + text[end + len("runbooks:") :]

    async with on_slack(tmp_path, slack, change=only_small) as house:
        for service in ("checkout", "payments"):
            await slack.command(
                DEV, "/runbook", f"run restart-service service={service} environment=production"
            )
            await slack.sees(DEV, f"Approval needed: restart-service of {service}")
        await slack.opens_home(ANA)
        await slack.until(lambda: "Approve all 2…" in str(slack.homes.get(ANA)), "a home")
        await slack.command(ANA, "/approvals", "approveall")
        shown = await slack.sees(ANA, "Approve all 2?")
        await slack.clicks(ANA, shown, "Approve these 2")
        await slack.sees(ANA, "2 of 2 approved.")
        assert (await house.store.read(approvals.get, "AP-2")).status is not Status.PENDING
