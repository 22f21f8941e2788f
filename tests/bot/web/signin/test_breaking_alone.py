"""Breaking the glass where a policy asks for a second factor: a stolen chat session alone cannot do that either."""

from datetime import timedelta
from pathlib import Path

from core.approvals.request import Status
from core.store import events
from tests.bot.web.signin.house import link_in, street


async def test_breaking_the_glass_waits_for_the_second_factor_too(tmp_path: Path) -> None:
    async with street(tmp_path, "dev", "ana") as (place, (dev, ana)):
        secret, _ = await place.enrolled("ana")
        await dev.says("restart checkout in production")
        await ana.sees("Approval needed")
        await ana.fills(await ana.says("/approvals breakglass AP-1"), {"reason": "nobody answers"})
        told = await ana.sees("AP-1 asks for your second factor, so nothing is recorded yet.")
        assert Status.PENDING is (await place.request()).status
        page = place.browser()
        await page.opens(link_in(told, "Confirm it"))
        assert "Approve alone AP-1, Ana Ruiz?" in page.words
        assert "nobody answers" in page.words
        assert 422 == await page.sends(code="000000")
        assert Status.PENDING is (await place.request()).status
        place.clock.advance(timedelta(seconds=30))
        assert 200 == await page.sends(code=place.code(secret))
        assert "You approved AP-1 alone." in page.words
        history = await place.store.read(events.history, "AP-1")
        assert ["chat+totp"] == [
            e["data"]["strength"] for e in history if e["kind"] == "approval.glass_broken"
        ]
